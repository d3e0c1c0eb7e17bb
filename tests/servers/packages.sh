# shellcheck shell=bash disable=SC2034,SC2154 # parts of one script share their variables
# Where server programs are found, and how missing ones are installed.

find_or_install_servers() {
  local missing
  missing=$(missing_packages)
  if [[ -n $missing ]]; then
    # shellcheck disable=SC2086 # a list of words
    install_packages $missing
    missing=$(missing_packages)
  fi
  # shellcheck disable=SC2086
  [[ -z $missing ]] || explain_missing $missing
  find_postgres
  find_mysql
  find_pgbouncer
}

# The Debian names of what is not here.
missing_packages() {
  find_postgres || echo postgresql
  find_mysql || echo mariadb-server
  find_pgbouncer || echo pgbouncer
}

explain_missing() {
  fail 2 "these server programs are missing and could not be installed from here: $*" \
    "  Debian, Ubuntu:  apt-get install postgresql mariadb-server pgbouncer" \
    "  Fedora:          dnf install postgresql-server mariadb-server pgbouncer" \
    "  Arch:            pacman -S postgresql mariadb pgbouncer" \
    "  macOS:           brew install postgresql mariadb pgbouncer" \
    "No service needs to run: tests/run starts private servers of its own."
}

install_packages() {
  command -v apt-get >/dev/null || return 0
  local as_root=(env)
  if [[ $EUID -ne 0 ]]; then
    sudo -n true 2>/dev/null || return 0
    as_root=(sudo -n env)
  fi
  echo "tests/run: installing $*" >&2
  "${as_root[@]}" bash -c "$(declare -f apt_install); apt_install \"\$@\"" bash "$@" >&2 || true
}

# Runs as root. The packages' services must stay down: `policy-rc.d` is how Debian
# is told so. One that is there already is its owner's decision and stays.
apt_install() {
  local policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || true # the lists at hand may do
  apt-get install -qq -y --no-install-recommends "$@"
}

# first_program NAME…: the first of these programs, also in the directories
# that only root's PATH holds.
first_program() {
  local name found
  for name in "$@"; do
    found=$(PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/libexec command -v "$name") || continue
    echo "$found"
    return 0
  done
  return 1
}
