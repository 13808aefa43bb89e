# SPDX-License-Identifier: MIT
# Sourced by the import's tests: what passed, what failed, a folder to work in.
# shellcheck shell=bash
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

ok() {
        passed=$((passed + 1))
}

bad() {
        echo "FAIL $1" >&2
        failed=$((failed + 1))
}

# The verdict, as the script's last command.
count() {
        echo "$passed passed, $failed failed"
        [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}
