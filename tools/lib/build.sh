# How Swift is built. Sourced.
# shellcheck shell=bash

# SwiftPM orders compiler flags by Swift's hashes. Unless these are the same in each run, it compiles again for nothing.
# shellcheck disable=SC2034 # used by the scripts that source this
swift_build=(env SWIFT_DETERMINISTIC_HASHING=1 swift build)

# Says how to build. Release builds hold Swift's own libraries, which makes a small RPC call 9 % cheaper.
build_as() {
    swift_build+=(--configuration "$1")
    [[ $1 == debug ]] || swift_build+=(--static-swift-stdlib)
}
