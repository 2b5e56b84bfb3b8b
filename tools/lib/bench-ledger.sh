# The benchmark `ledger`. Sourced by tools/bench after output.sh, children.sh, build.sh, debian.sh and storage.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154 # tools/bench sets: state logs results configuration quick pattern runs seconds

ledger_workloads=(hold-uniform hold-zipf hold-hot hold-settle-uniform hold-mixed)
ledger_callers=(1 32 256 1024)
ledger_quick_cases=(hold-uniform-32 hold-hot-32 hold-settle-uniform-32 hold-mixed-32)
ledger_accounts=10000
ledger_warm_up=0.5
# So many clients pgbench has at most: with more it was slower, in both forms. Of 16, 32, 64, 128 and 200 clients on 10,000
# accounts 64 did most where accounts are met evenly (function 12,600 holds a second, against 11,400 with 32 and 9,400 with
# 128), 16 where clients wait for each other (hot: 2,650, against 1,850 with 32 and 1,450 with 64).
declare -A ledger_most_clients=([hold-uniform]=64 [hold-settle-uniform]=64 [hold-mixed]=64 [hold-zipf]=16 [hold-hot]=16)
declare -A ledger_template=([pgbench-function]=baseline [pgbench-cte]=baseline [direct]=ours [rpc]=ours)

bench_ledger() {
    local cases=() chosen=() name callers
    for callers in "${ledger_callers[@]}"; do cases+=("${ledger_workloads[@]/%/-$callers}"); done
    [[ -z $quick || $pattern != "*" ]] || cases=("${ledger_quick_cases[@]}")
    for name in "${cases[@]}"; do
        if ledger_wants "$name" || ledger_wants "$name-rpc"; then chosen+=("$name"); fi
    done
    ((${#chosen[@]} > 0)) || fail "no case is named like '$pattern'; there are: ${cases[*]}, each also with -rpc"

    ledger_build
    # shellcheck disable=SC2034 # `owner` is for storage.sh
    local began=$SECONDS data owner server
    [[ $configuration == release ]] || say "Our part is a debug build: this shows that it works, not how fast it is."
    [[ -z $quick ]] || ledger_accounts=1000 ledger_warm_up=0.2
    ledger_start_postgres
    ledger_prepare
    for name in "${chosen[@]}"; do ledger_measure "$name"; done
    say "Measured and verified in $((SECONDS - began)) s."
}

ledger_wants() {
    # shellcheck disable=SC2053 # a pattern is meant
    [[ $1 == $pattern ]]
}

ledger_build() {
    local log="$logs/build-ledger.log"
    require_packages "$logs/packages.log" "${build_packages[@]}" postgresql procps python3
    command -v swift >/dev/null || fail "swift is not on the PATH; install the Swift 6.3 toolchain first"
    build_as "$configuration"
    run_logged "building our ledger" "$log" timeout --kill-after=30 60m \
        env HUB_BENCHMARKS=1 "${swift_build[@]}" --product ledger-subject || fail_with_log "our ledger does not build" "$log"
    ledger_subject=".build/$configuration/ledger-subject"
}

# ---- The databases

# A cluster of this run's own that waits for the disk at each commit. Checkpoints are for us to say, so that none falls
# into a turn, and each connection that the largest case wants is to be had.
ledger_start_postgres() {
    local folder
    folder="$(realpath "$state")/ledger"
    install --directory --mode=711 "$folder"
    choose_places "$folder"
    require_space "$data" 4096
    rm -rf "$data/postgres"
    temporary_folders+=("$data")
    # shellcheck disable=SC2034 # used by start_postgres
    postgres_options=(
        -c synchronous_commit=on -c full_page_writes=on -c max_connections=300 -c shared_buffers=512MB
        -c checkpoint_timeout=1h -c max_wal_size=16GB
    )
    start_postgres "$data/postgres"
}

#   ledger_psql DATABASE OPTION …
ledger_psql() {
    local name=$1
    shift
    "$server/psql" "host=$sockets user=hub dbname=$name" --no-psqlrc --quiet --tuples-only --no-align \
        --set=ON_ERROR_STOP=1 "$@" 2>>"$logs/psql.log" || fail_with_log "a statement failed in $name" "$logs/psql.log"
}

# Makes what each case gets a copy of.
ledger_prepare() {
    ledger_psql hub --command="CREATE DATABASE baseline" --command="CREATE DATABASE ours"
    ledger_psql baseline --set=accounts="$ledger_accounts" --file=Benchmarks/Pgbench/schema.sql
    run_logged "opening accounts" "$logs/prepare.log" \
        "$ledger_subject" prepare "host=$sockets user=hub dbname=ours" "$ledger_accounts" ||
        fail_with_log "no accounts could be opened" "$logs/prepare.log"
    ledger_analyze baseline
    ledger_analyze ours
    say "$ledger_accounts accounts are open."
}

# Lets the planner know what there is. An empty table is left out: known to be empty it would be read as a whole for each
# row that is looked up, by plans that are kept while it grows.
ledger_analyze() {
    ledger_psql "$1" >>"$logs/psql.log" <<'SQL'
SELECT format('VACUUM ANALYZE %s', oid::regclass) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0
\gexec
SQL
}

# Gives each subject a database of its own.
ledger_renew() {
    local subject
    for subject in "${!ledger_template[@]}"; do
        ledger_psql hub --command="DROP DATABASE IF EXISTS \"$subject\"" \
            --command="CREATE DATABASE \"$subject\" TEMPLATE ${ledger_template[$subject]}"
    done
    ledger_psql hub --command=CHECKPOINT
}

# ---- Running

# Each subject has a turn in each round. Those of pgbench count for both of ours, in this process and by RPC.
ledger_measure() {
    local name=$1 wanted=() round form case figures
    ! ledger_wants "$name" || wanted+=("$name")
    ! ledger_wants "$name-rpc" || wanted+=("$name-rpc")
    ledger_renew
    for form in function cte; do ledger_script "${name%-*}" "$form" >"$logs/$name-$form.pgbench"; done
    for ((round = 1; round <= runs; round++)); do
        for form in function cte; do
            ledger_run_pgbench "$name" "$form"
            for case in "${wanted[@]}"; do ledger_note "$case" "pgbench-$form"; done
        done
        for case in "${wanted[@]}"; do
            if [[ $case == *-rpc ]]; then ledger_run_rpc "$name"; else ledger_run_direct "$name"; fi
            ledger_note "$case" hub
        done
    done
    say "measured and verified: ${wanted[*]}"
}

#   ledger_note CASE SUBJECT
ledger_note() {
    printf '{"case": "%s", "subject": "%s", "round": %d, "figures": %s}\n' "$1" "$2" "$round" "$figures" >>"$results"
}

# Sets `figures` to those of one turn.
#   ledger_turn CASE SUBJECT [OPTION …] -- COMMAND …
ledger_turn() {
    local name=$1 subject=$2 log="$logs/$1-$2.log"
    shift 2
    figures="$(PATH="$server:$PATH" timeout --kill-after=5 300 Benchmarks/ledger-turn \
        --postgres "${child_pid[postgres]}" --database "$owner_database" --seconds "$seconds" --warm-up "$ledger_warm_up" \
        "$@" 2>"$log")" || fail_with_log "$name with $subject" "$log"
}

ledger_run_direct() {
    local command
    ledger_command "$1" direct
    ledger_turn "$1" direct -- "${command[@]}"
}

ledger_run_rpc() {
    local command log="$logs/ledger-server.log" socket="$sockets/ledger"
    start_child ledger "$log" TERM -- "$ledger_subject" serve "host=$sockets user=hub dbname=rpc" "$socket"
    await_child ledger grep --quiet '^ready$' "$log"
    ledger_command "$1" rpc
    ledger_turn "$1" rpc --program "${child_pid[ledger]}" -- "${command[@]}" --server "$socket"
    stop_child ledger 2>/dev/null # the shell would say that it was stopped
    unset 'children[-1]'
}

# Sets `command` to what puts load on ours.
#   ledger_command CASE DATABASE
ledger_command() {
    command=(
        "$ledger_subject" run "${1%-*}" --database "host=$sockets user=hub dbname=$2" --accounts "$ledger_accounts"
        --callers "${1##*-}" --seconds "$seconds" --warm-up "$ledger_warm_up"
    )
}

#   ledger_run_pgbench CASE FORM
ledger_run_pgbench() {
    local name=$1 form=$2 clients=${1##*-} most=${ledger_most_clients[${1%-*}]} unsound
    ((clients <= most)) || clients=$most
    ledger_turn "$name" "pgbench-$form" --pgbench "$logs/transactions" -- "$server/pgbench" --no-vacuum \
        --protocol=prepared --client="$clients" --jobs=2 --define=key=0 --file="$logs/$name-$form.pgbench" \
        "host=$sockets user=hub dbname=pgbench-$form"
    unsound="$(ledger_psql "pgbench-$form" --file=Benchmarks/Pgbench/check.sql)"
    [[ -z $unsound ]] || fail "$name with pgbench-$form: these accounts are not the sum of their changes: $unsound"
}

# Prints what a client of pgbench does again and again.
#   ledger_script WORKLOAD FORM
ledger_script() {
    local workload=$1 form=$2 account
    case "$workload" in
        *-zipf) account="random_zipfian(1, $ledger_accounts, 1.001)" ;; # lower exponents it cannot do
        *-hot) account=1 ;;
        *) account="random(1, $ledger_accounts)" ;;
    esac
    if [[ $workload == hold-mixed ]]; then
        # One of a hundred is the client's previous command, five ask for more than there is.
        printf '%s\n' '\set chance random(1, 100)' '\if :chance > 1 or :key = 0'
    fi
    printf '%s\n' "\\set account $account" '\set key random(1, 4611686018427387904)'
    if [[ $workload == hold-mixed ]]; then
        printf '%s\n' '\set amount case when :chance > 95 then 1000000000000000 else 1 end' '\endif'
    else
        printf '%s\n' '\set amount 1'
    fi
    cat "Benchmarks/Pgbench/hold-$form.sql"
    [[ $workload != hold-settle-* ]] || cat "Benchmarks/Pgbench/settle-$form.sql"
}
