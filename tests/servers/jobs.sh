# shellcheck shell=bash disable=SC2034,SC2154 # parts of one script share their variables
# Background processes of tests/run, each a process group of its own, so that
# one signal reaches it and everything it started.

# fail CODE MESSAGE…
fail() {
  local code=$1
  printf 'tests/run: %s\n' "${@:2}" >&2
  exit "$code"
}

# start_job COMMAND…; its process id is left in `job`.
start_job() {
  # Job control gives the group, keeps standard input, and keeps SIGINT from
  # being ignored in it.
  set -m
  "$@" &
  set +m
  job=$!
  echo "$job" >>"$run_directory/jobs"
}

# Returns the job's exit code. Its group stays known: a command that ends may
# leave children behind.
await_job() {
  # Bash's own notice about a killed job goes to standard error.
  wait "$1" 2>/dev/null
}

job_runs() {
  kill -0 "$1" 2>/dev/null
}

group_runs() {
  kill -0 -- "-$1" 2>/dev/null
}

# start_server NAME COMMAND…; its output goes to NAME.log.
start_server() {
  local log=$run_directory/$1.log
  start_job "${@:2}" </dev/null >"$log" 2>&1
}

# await_success NAME JOB: the job of NAME.log must end well.
await_success() {
  await_job "$2" || server_failed "$1" "ended with code $?"
}

# await_ready NAME JOB CONDITION…: bounded by 60 s, ended early by the job's death.
await_ready() {
  local name=$1 job=$2 tries=0
  shift 2
  until "$@"; do
    job_runs "$job" || server_failed "$name" "stopped before it was ready"
    ((tries += 1))
    ((tries < 1200)) || server_failed "$name" "was not ready after 60 s"
    sleep 0.05
  done
}

server_failed() {
  [[ ! -s $run_directory/$1.log ]] || tail -n 20 "$run_directory/$1.log" >&2
  fail 3 "$1 $2; the end of its log is above"
}

# Cleans up in place of this script, should it be killed so that no trap runs.
start_guard() {
  set -m
  guard </dev/null >/dev/null 2>&1 &
  set +m
  guard_job=$!
}

guard() {
  trap - EXIT
  while job_runs $$; do # `$$` is the script, here too
    sleep 1
  done
  stop_jobs
  rm -rf "$run_directory"
}

stop_guard() {
  kill -KILL -- "-$guard_job" 2>/dev/null || true
  wait "$guard_job" 2>/dev/null || true
}

# Ends all jobs, the last one first: the command before the servers.
stop_jobs() {
  local groups=() group index
  while read -r group; do
    groups+=("$group")
  done <"$run_directory/jobs"
  for ((index = ${#groups[@]} - 1; index >= 0; index--)); do
    stop_group "${groups[index]}"
  done
}

# Waits at most two seconds: what is left then is not worth saving.
stop_group() {
  local tries=0
  group_runs "$1" || return 0
  # Postgres takes SIGINT as "disconnect everybody and stop", SIGTERM as "wait for
  # them"; MariaDB and MySQL know only SIGTERM.
  kill -INT -- "-$1" 2>/dev/null || true
  kill -TERM -- "-$1" 2>/dev/null || true
  while group_runs "$1" && ((tries < 100)); do
    ((tries += 1))
    sleep 0.02
  done
  kill -KILL -- "-$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}
