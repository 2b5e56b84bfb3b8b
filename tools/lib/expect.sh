# Tests of shell scripts. Sourced after output.sh.
# shellcheck shell=bash

passed=0
failed=0

# Runs a command in this shell, silent unless it fails.
#   expect SENTENCE COMMAND …
expect() {
    local sentence=$1 output
    output="$(mktemp)"
    shift
    if "$@" >"$output" 2>&1; then
        passed=$((passed + 1))
        say "ok    $sentence"
    else
        failed=$((failed + 1))
        say "FAIL  $sentence"
        cat "$output"
    fi
    rm "$output"
}

summarize() {
    say "$passed passed, $failed failed"
    ((failed == 0))
}
