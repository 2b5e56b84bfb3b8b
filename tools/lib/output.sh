# What the scripts say, and how they fail. Sourced.
# shellcheck shell=bash

say() {
    printf '%s\n' "$*"
}

fail() {
    printf 'tools/%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Fails with one line when the log tells of a full disk; otherwise with the log's errors, or without any its last lines.
fail_with_log() {
    local message=$1 log=$2
    if grep --quiet --ignore-case 'no space left on device' "$log"; then
        fail "the disk is full: $(free_mebibytes "$log") MiB free for $log"
    fi
    { grep --max-count=20 'error: ' "$log" || tail --lines=20 "$log"; } >&2
    fail "$message; the whole log is $log"
}

# 65 → 1m05s
duration() {
    if (($1 < 60)); then printf '%ds' "$1"; else printf '%dm%02ds' $(($1 / 60)) $(($1 % 60)); fi
}

free_mebibytes() {
    df --output=avail --block-size=1M "$1" | tail --lines=1 | tr --delete ' '
}

require_space() {
    local folder=$1 needed=$2 free
    free="$(free_mebibytes "$folder")"
    ((free >= needed)) || fail "the disk is nearly full: $free MiB free for $folder, $needed MiB needed"
}
