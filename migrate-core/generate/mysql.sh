#!/usr/bin/env bash
# Writes the names of the functions that a MariaDB or MySQL server brings.
#
# usage: generate/mysql.sh CLIENT…      (for example: generate/mysql.sh mariadb -S /run/mysqld.sock)
#
# Keywords are among them: many are functions with a grammar of their own.
set -euo pipefail
out=$(dirname "$0")/../src/replay/builtins/mysql
ask() { "$@" 2>/dev/null || true; }
{
    ask "$@" -NBe "SELECT lower(function) FROM information_schema.sql_functions"
    ask "$@" -NBe "SELECT lower(word) FROM information_schema.keywords"
    ask "$@" -NBe "SELECT lower(name) FROM mysql.help_topic"
} | grep -E '^[a-z_][a-z0-9_]*$' | LC_ALL=C sort -u >"$out/functions.txt"
