# Child processes: started in order, stopped in reverse order, none left behind. Sourced after output.sh.
# shellcheck shell=bash

children=() # names, in the order of their start
declare -A child_pid child_log child_signal
temporary_folders=() # removed when the children have stopped

# Starts a program in a session of its own: a Ctrl-C in the terminal reaches this script only, which then stops the
# children in order. Should this script be killed, the kernel sends each child its stop signal.
#   [child_output=FILE] start_child NAME LOG SIGNAL [OPTION of setpriv …] -- COMMAND …
start_child() {
    local name=$1 log=$2 signal=$3
    shift 3
    : >"$log"
    setsid env --default-signal=INT setpriv --pdeathsig "$signal" "$@" \
        </dev/null >>"${child_output:-$log}" 2>>"$log" &
    children+=("$name")
    child_pid[$name]=$!
    child_log[$name]=$log
    child_signal[$name]=$signal
}

child_runs() {
    kill -0 "${child_pid[$1]}" 2>/dev/null
}

# Waits, at most a minute, until a command succeeds: the child is ready.
#   await_child NAME COMMAND …
await_child() {
    local name=$1 deadline=$((SECONDS + 60))
    shift
    until "$@" >/dev/null 2>&1; do
        child_runs "$name" || fail_with_log "$name ended while it started" "${child_log[$name]}"
        ((SECONDS < deadline)) || fail_with_log "$name is not ready after 60 s" "${child_log[$name]}"
        sleep 0.1
    done
}

# Runs a command to its end, its output in a log; says every five seconds how long it has taken and what it is at.
#   [stop_signal=SIGNAL] run_logged NAME LOG COMMAND …
run_logged() {
    local name=$1 log=$2 began=$SECONDS told=$SECONDS status=0
    shift 2
    start_child "$name" "$log" "${stop_signal:-TERM}" -- "$@"
    while child_runs "$name"; do
        sleep 0.2
        ((SECONDS - told >= 5)) || continue
        told=$SECONDS
        say "  $name  $(duration $((SECONDS - began)))  $(tail --lines=1 "$log" | cut --characters=1-80)"
    done
    wait "${child_pid[$name]}" || status=$?
    unset 'children[-1]'
    return "$status"
}

# Runs a command to its end, its output in a log and at once shown.
#   run_shown NAME LOG COMMAND …
run_shown() {
    local name=$1 log=$2 status=0
    shift 2
    start_child "$name" "$log" TERM -- "$@"
    tail --pid="${child_pid[$name]}" --sleep-interval=0.2 --lines=+1 --follow "$log"
    wait "${child_pid[$name]}" || status=$?
    unset 'children[-1]'
    return "$status"
}

# Runs until a child ends, which is a failure: each of them should run until this script stops it.
watch_children() {
    local pids=() name ended status=0
    for name in "${children[@]}"; do pids+=("${child_pid[$name]}"); done
    wait -n -p ended "${pids[@]}" || status=$?
    for name in "${children[@]}"; do
        [[ ${child_pid[$name]} != "$ended" ]] || fail_with_log "$name ended with status $status" "${child_log[$name]}"
    done
}

stop_children() {
    local index
    trap '' INT TERM HUP
    for ((index = ${#children[@]} - 1; index >= 0; index--)); do stop_child "${children[index]}"; done
    children=()
    rm -rf "${temporary_folders[@]}"
}

# Asks a child to stop; after 20 seconds kills it. What it started and left in its session is killed in any case.
stop_child() {
    local name=$1 deadline=$((SECONDS + 20)) pid=${child_pid[$1]}
    kill -s "${child_signal[$name]}" "$pid" 2>/dev/null || true
    while child_runs "$name" && ((SECONDS < deadline)); do sleep 0.05; done
    ! child_runs "$name" || say "$name does not stop by itself and is killed"
    while pkill -KILL --session "$pid" && ((SECONDS < deadline + 5)); do sleep 0.05; done
    wait "$pid" 2>/dev/null || true
}

# Stops the children however the script ends.
stop_children_at_exit() {
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
    trap stop_children EXIT
}
