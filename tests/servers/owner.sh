# shellcheck shell=bash disable=SC2034,SC2154 # parts of one script share their variables
# Database servers refuse to run as root. As root, this finds another user for them.

# choose_owner USER…: leaves in `as_owner` the words before a command that run it
# as the first of these users that works, and in `owner` that user, or nothing
# where the caller's own files will do.
choose_owner() {
  owner=
  as_owner=(env)
  [[ $EUID -eq 0 ]] || return 0
  local user
  for user in "$@" nobody; do
    id "$user" >/dev/null 2>&1 || continue
    find_user_switch "$user" || continue
    owner=$user
    return 0
  done
  # A container's root may lack the right to become somebody else. In a user
  # namespace it only seems to; Postgres wants the user to have a name.
  for user in "$@" nobody; do
    as_owner=(unshare --user "--map-user=$(id -u "$user" 2>/dev/null || echo 65534)" --)
    ! "${as_owner[@]}" true 2>/dev/null || return 0
  done
  fail 2 "root cannot run database servers, and no other user can be had here:" \
    "run tests/run as an ordinary user"
}

find_user_switch() {
  as_owner=(setpriv "--reuid=$1" "--regid=$(id -g "$1")" --clear-groups --)
  ! "${as_owner[@]}" true 2>/dev/null || return 0
  as_owner=(runuser -u "$1" --)
  ! "${as_owner[@]}" true 2>/dev/null || return 0
  # shellcheck disable=SC2016 # the inner shell expands it
  as_owner=(su -s /bin/sh "$1" -c 'exec "$0" "$@"' --)
  "${as_owner[@]}" true 2>/dev/null
}

# make_owned_directory NAME: a directory for one server's data and socket.
make_owned_directory() {
  mkdir "$run_directory/$1"
  [[ -z $owner ]] || chown "$owner" "$run_directory/$1"
}
