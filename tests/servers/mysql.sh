# shellcheck shell=bash disable=SC2034,SC2154 # parts of one script share their variables
# A private MariaDB server on a socket; MySQL where that is what is installed.

find_mysql() {
  mysql_server=$(first_program mariadbd mysqld) || return 1
  mysql_flavour=$("$mysql_server" --version 2>/dev/null)
  [[ $mysql_flavour != *MariaDB* ]] ||
    mysql_installer=$(first_program mariadb-install-db mysql_install_db)
}

# `root` without a password, from any user: the tests may run as anybody.
create_mysql_cluster() {
  choose_owner mysql
  mysql_owner=("${as_owner[@]}")
  echo "$mysql_flavour"
  make_owned_directory mysql
  local options=(--no-defaults "--datadir=$run_directory/mysql/data" --innodb-flush-method=nosync)
  if [[ $mysql_flavour == *MariaDB* ]]; then
    start_server mysql-install "${mysql_owner[@]}" "$mysql_installer" "${options[@]}" \
      --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve
  else
    start_server mysql-install "${mysql_owner[@]}" "$mysql_server" "${options[@]}" \
      --initialize-insecure
  fi
  mysql_install_job=$job
}

# `loose`: only MySQL has the X protocol, which would listen on the network.
start_mysql() {
  await_success mysql-install "$mysql_install_job"
  start_server mysql "${mysql_owner[@]}" "$mysql_server" --no-defaults \
    "--datadir=$run_directory/mysql/data" "--socket=$run_directory/mysql/socket" \
    "--pid-file=$run_directory/mysql/pid" --skip-networking --loose-mysqlx=0 --skip-log-bin \
    --innodb-flush-method=nosync --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 \
    --innodb-buffer-pool-size=64M
  mysql_job=$job
}

await_mysql() {
  await_ready mysql "$mysql_job" mysql_ready
  export DATABASE_URL_MYSQL="mysql://root@localhost/mysql?socket=$run_directory/mysql/socket"
}

mysql_ready() {
  grep -q 'ready for connections' "$run_directory/mysql.log" && [[ -S $run_directory/mysql/socket ]]
}
