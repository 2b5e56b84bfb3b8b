# Installs Debian packages. Sourced after output.sh and children.sh.
# shellcheck shell=bash

# What running needs, and what building needs beside the Swift toolchain itself.
# shellcheck disable=SC2034 # used by the scripts that source this
run_packages=(curl postgresql procps redis-server)
# shellcheck disable=SC2034
build_packages=(
    binutils gcc git libc6-dev libcrypt-dev libgcc-12-dev libhiredis-dev libpq-dev libssl-dev libstdc++-12-dev zlib1g-dev
)

# Installs those that are missing; when that takes rights the caller does not have, fails with one line.
#   require_packages LOG PACKAGE …
require_packages() {
    local log=$1 missing=() as_root=() package
    shift
    command -v dpkg-query >/dev/null || fail "this is not Debian; install what these packages hold: $*"
    for package in "$@"; do
        [[ $(dpkg-query --show --showformat=' ${db:Status-Status} ' "$package" 2>/dev/null) == *" installed "* ]] ||
            missing+=("$package")
    done
    ((${#missing[@]} > 0)) || return 0

    if (($(id -u) != 0)); then
        setsid --wait sudo -n true </dev/null >/dev/null 2>&1 ||
            fail "Debian packages are missing and installing them takes root: sudo apt-get install ${missing[*]}"
        as_root=(sudo -n)
    fi
    say "Installing Debian packages: ${missing[*]}"
    local stop_signal=INT # lets dpkg finish what it is at
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --yes)
    local install=("${apt[@]}" install --no-install-recommends "${missing[@]}")
    # The lists of packages may be absent or too old.
    run_logged "apt-get install" "$log" "${install[@]}" ||
        { run_logged "apt-get update" "$log" "${apt[@]}" update && run_logged "apt-get install" "$log" "${install[@]}"; } ||
        fail_with_log "the packages could not be installed" "$log"
}
