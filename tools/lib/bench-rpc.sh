# The benchmark `rpc`. Sourced by tools/bench after output.sh, children.sh, build.sh and debian.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154 # tools/bench sets: state logs results configuration quick pattern runs seconds …_core

# Each case as the load generator's options.
declare -A rpc_load=(
    [unary-small-1x1]="--connections 1 --depth 1"
    [unary-small-1x64]="--connections 1 --depth 64"
    [unary-small-8x32]="--connections 8 --depth 32"
    [unary-4k-1x64]="--connections 1 --depth 64 --blob 4096"
    [unary-64k-1x16]="--connections 1 --depth 16 --blob 65536"
    [stream-1000]="--connections 1 --depth 8 --stream"
    [idle-connection]="--idle 1000"
    [stalled-stream]="--connections 1 --depth 64 --stalled"
)
rpc_cases=(
    unary-small-1x1 unary-small-1x64 unary-small-8x32 unary-4k-1x64 unary-64k-1x16 stream-1000 idle-connection
    stalled-stream
)
rpc_quick_cases=(unary-small-8x32 unary-64k-1x16 stream-1000 idle-connection stalled-stream)

declare -A rpc_protocol=([hub]=ttrpc [nio-echo]=frames [go-ttrpc]=ttrpc [grpc-swift-2]=grpc)
declare -A rpc_program=() rpc_port=()
rpc_subjects=()

bench_rpc() {
    local cases=("${rpc_cases[@]}") chosen=() name
    [[ -z $quick || $pattern != "*" ]] || cases=("${rpc_quick_cases[@]}")
    for name in "${cases[@]}" "${cases[@]/%/-tls}"; do
        # shellcheck disable=SC2053 # a pattern is meant
        [[ $name != $pattern ]] || chosen+=("$name")
    done
    ((${#chosen[@]} > 0)) || fail "no case is named like '$pattern'; there are: ${cases[*]}, each also with -tls"

    rpc_build
    local began=$SECONDS
    [[ -z $quick ]] || rpc_load[idle-connection]="--idle 200"
    [[ $configuration == release ]] || say "Our part is a debug build: this shows that it works, not how fast it is."
    rpc_certificate
    for name in "${chosen[@]}"; do rpc_compare "$name"; done
    for name in "${chosen[@]}"; do rpc_measure "$name"; done
    say "Compared and measured in $((SECONDS - began)) s."
}

# ---- Building

rpc_build() {
    local packages=("${build_packages[@]}" libnghttp2-dev openssl python3)
    [[ -n $quick ]] || packages+=(golang-go golang-github-containerd-ttrpc-dev)
    require_packages "$logs/packages.log" "${packages[@]}"
    command -v swift >/dev/null || fail "swift is not on the PATH; install the Swift 6.3 toolchain first"
    rpc_program=(
        [hub]="$(rpc_bin_path) hub" [nio-echo]="$(rpc_bin_path) nio-echo" [go-ttrpc]="$state/go-echo"
        [grpc-swift-2]="Benchmarks/GRPC/.build/$configuration/grpc-echo"
    )
    rpc_build_one "the load generator" gcc -std=c11 -O2 -Wall -Wextra -Werror -o "$state/load" Benchmarks/Load/*.c \
        -lssl -lcrypto -lnghttp2
    build_as "$configuration"
    rpc_build_one "our server" env HUB_BENCHMARKS=1 "${swift_build[@]}" --product rpc-subject
    if [[ -z $quick ]]; then
        rpc_build_one "Go ttrpc" env GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$PWD/$state/go-cache" \
            go build -o "$state/go-echo" Benchmarks/Go/main.go Benchmarks/Go/messages.go
        require_space . 2048
        rpc_build_one "grpc-swift-2" "${swift_build[@]}" --package-path Benchmarks/GRPC
    fi
    local subject
    for subject in hub nio-echo go-ttrpc grpc-swift-2; do
        [[ ! -x ${rpc_program[$subject]%% *} ]] || rpc_subjects+=("$subject")
    done
}

rpc_bin_path() {
    echo ".build/$configuration/rpc-subject"
}

rpc_build_one() {
    local name=$1 log="$logs/build-${1// /-}.log"
    shift
    run_logged "building $name" "$log" timeout --kill-after=30 60m "$@" || fail_with_log "$name does not build" "$log"
}

# A certificate for this machine, made anew.
rpc_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$state/key.pem" -out "$state/certificate.pem" \
        >"$logs/certificate.log" 2>&1 || fail_with_log "openssl makes no certificate" "$logs/certificate.log"
}

# ---- Running

# Whether a subject can do a case at all: the echo knows no streams but one, Debian's Go version unary calls only.
rpc_can() {
    case "$1 ${2%-tls}" in
        "nio-echo stalled-stream" | "go-ttrpc stalled-stream" | "go-ttrpc stream-1000") return 1 ;;
    esac
}

rpc_able() {
    local subject
    for subject in "${rpc_subjects[@]}"; do
        ! rpc_can "$subject" "$1" || echo "$subject"
    done
}

# Starts subjects, each on the server's core, and learns their ports.
rpc_start() {
    local name=$1 subject log command certificate=()
    shift
    [[ $name != *-tls ]] || certificate=("$state/certificate.pem" "$state/key.pem")
    for subject in "$@"; do
        log="$logs/$subject.log"
        read -ra command <<<"${rpc_program[$subject]}"
        start_child "$subject" "$log" KILL -- taskset --cpu-list "$server_core" "${command[@]}" "${certificate[@]}"
        await_child "$subject" grep --quiet '^ready [1-9]' "$log"
        rpc_port[$subject]="$(sed --quiet 's/^ready //p' "$log")"
    done
}
rpc_stop() {
    while ((${#children[@]} > 0)); do
        stop_child "${children[-1]}" 2>/dev/null # the shell would say that it was killed
        unset 'children[-1]'
    done
}

# Runs the load generator and prints what it found out.
#   rpc_run CASE SUBJECT OPTION …
rpc_run() {
    local name=$1 subject=$2 options log="$logs/load.log"
    shift 2
    read -ra options <<<"${rpc_load[${name%-tls}]}"
    [[ $name != *-tls ]] || options+=(--tls)
    timeout --kill-after=5 120 taskset --cpu-list "$load_core" "$state/load" --port "${rpc_port[$subject]}" \
        --server "${child_pid[$subject]}" --protocol "${rpc_protocol[$subject]}" "${options[@]}" "$@" 2>"$log" ||
        fail_with_log "$name with $subject" "$log"
}

# The load generator compares each answer with the one it expects, the same for all subjects; here before it counts.
rpc_compare() {
    local name=$1 subject able
    mapfile -t able < <(rpc_able "$name")
    ((${#able[@]} > 0)) || return 0
    rpc_start "$name" "${able[@]}"
    for subject in "${able[@]}"; do rpc_run "$name" "$subject" --seconds 0.1 --warm-up 0 >/dev/null; done
    rpc_stop
    say "answers are equal: $name (${able[*]})"
}

rpc_measure() {
    local name=$1 round subject able figures calm
    mapfile -t able < <(rpc_able "$name")
    ((${#able[@]} > 0)) || return 0
    for ((round = 1; round <= runs; round++)); do
        # Memory that connections have used once is there for others, so those who count it start anew.
        if ((round == 1)) || [[ $name == idle-connection* ]]; then
            rpc_stop
            rpc_start "$name" "${able[@]}"
        fi
        for subject in "${able[@]}"; do
            calm=null
            [[ $name != stalled-stream* ]] ||
                calm="$(rpc_run "${name/stalled-stream/unary-small-1x64}" "$subject" --seconds "$seconds")"
            figures="$(rpc_run "$name" "$subject" --seconds "$seconds")"
            printf '{"case": "%s", "subject": "%s", "round": %d, "figures": %s, "calm": %s}\n' \
                "$name" "$subject" "$round" "$figures" "$calm" >>"$results"
        done
    done
    rpc_stop
    say "measured: $name"
}
