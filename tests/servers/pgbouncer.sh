# shellcheck shell=bash disable=SC2034,SC2154 # parts of one script share their variables
# PgBouncer in front of the private Postgres server, pooling by transaction:
# the setting under which session state and session locks do not survive.

find_pgbouncer() {
  pgbouncer=$(first_program pgbouncer)
}

start_pgbouncer() {
  choose_owner postgres
  "$pgbouncer" --version | head -n 1
  make_owned_directory pgbouncer
  local settings=$run_directory/pgbouncer/pgbouncer.ini
  cat >"$settings" <<INI
[databases]
* = host=$run_directory/postgres user=postgres
[pgbouncer]
unix_socket_dir = $run_directory/pgbouncer
listen_addr =
listen_port = 6432
auth_type = any
pool_mode = transaction
default_pool_size = 4
ignore_startup_parameters = extra_float_digits
INI
  start_server pgbouncer "${as_owner[@]}" "$pgbouncer" "$settings"
  pgbouncer_job=$job
}

await_pgbouncer() {
  await_ready pgbouncer "$pgbouncer_job" test -S "$run_directory/pgbouncer/.s.PGSQL.6432"
  export DATABASE_URL_PGBOUNCER="postgres://postgres@localhost:6432/postgres?host=$run_directory/pgbouncer"
}
