# shellcheck shell=bash disable=SC2034,SC2154 # parts of one script share their variables
# A private Postgres server on a socket.

# The newest version under Debian's directories comes after what PATH says.
find_postgres() {
  local directory
  while read -r directory; do
    postgres_programs=$directory
    [[ ! -x $directory/postgres || ! -x $directory/initdb ]] || return 0
  done < <(postgres_directories)
  return 1
}

postgres_directories() {
  local program
  ! program=$(command -v postgres) || dirname "$program"
  printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin |
    sort -rV
  pg_config --bindir 2>/dev/null || true
}

create_postgres_cluster() {
  choose_owner postgres
  postgres_owner=("${as_owner[@]}")
  "$postgres_programs/postgres" --version
  make_owned_directory postgres
  start_server initdb "${postgres_owner[@]}" "$postgres_programs/initdb" \
    --pgdata "$run_directory/postgres/data" --username postgres --auth trust \
    --encoding UTF8 --no-locale --no-sync
  initdb_job=$job
}

# Everything that only protects data from a crash is off. What changes behaviour
# (connections, locks per transaction) stays at the server's default.
start_postgres() {
  await_success initdb "$initdb_job"
  start_server postgres "${postgres_owner[@]}" "$postgres_programs/postgres" \
    -D "$run_directory/postgres/data" -k "$run_directory/postgres" -c listen_addresses= \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
    -c autovacuum=off -c jit=off
  postgres_job=$job
}

await_postgres() {
  await_ready postgres "$postgres_job" postgres_ready
  export DATABASE_URL_POSTGRES="postgres://postgres@localhost/postgres?host=$run_directory/postgres"
}

# The last line of the server's own pid file; a client program need not be installed.
postgres_ready() {
  grep -q '^ready' "$run_directory/postgres/data/postmaster.pid" 2>/dev/null
}
