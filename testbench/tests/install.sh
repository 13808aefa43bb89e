#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: install.sh BUILD CC
# Installs a build below a temporary prefix, and uses it: the program, CMake's package, pkg-config.
set -euo pipefail
build=$1
cc=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

holds() { # holds WHAT COMMAND...
        if "${@:2}" >"$work/out" 2>&1; then passed=$((passed + 1)); else
                echo "FAIL $1" >&2
                cat "$work/out" >&2
                failed=$((failed + 1))
        fi
}

answers() { # answers PROGRAM: it prints what the guest reported
        "$1" | grep -F '"stat-free-memory": 844943360' | grep -F '"last-update": 1358529861'
}

fails() {
        ! "$@"
}

DESTDIR='' cmake --install "$build" --prefix "$work/usr" >/dev/null
holds 'the program runs' "$work/usr/bin/ballast" run "$work/usr/share/ballast/scenarios/documents"
holds 'the recipes are there' test -s "$work/usr/share/ballast/recipes/shard.sbatch"
holds 'the manual page is there' test -s "$work/usr/share/man/man1/ballast.1"
holds 'CMake finds the package' cmake -S "$here/consumer" -B "$work/consumer" -G Ninja \
        -DCMAKE_PREFIX_PATH="$work/usr" -DCMAKE_C_COMPILER="$cc"
holds 'a consumer builds with CMake' cmake --build "$work/consumer"
holds 'and polls' answers "$work/consumer/consumer"

# With modules cut short nothing can be compared: they are the installed ones.
polled=$work/usr/share/ballast/scenarios/documents/all-stats-missing-for-a-while-7.2.yaml
modules=$(find "$work/usr" -name qemu-modules)
if [ -n "$modules" ]; then
        holds 'a real QEMU is there' "$work/usr/bin/ballast" diff "$polled"
        for module in "$modules"/*; do : >"$module"; done
        holds 'by the installed modules' fails "$work/usr/bin/ballast" diff "$polled"
fi

pc=$(dirname "$(find "$work/usr" -name ballast.pc)")
flags() {
        PKG_CONFIG_PATH="$pc" pkg-config "$@" ballast
}
# shellcheck disable=SC2046 # flags are words
holds 'a consumer builds with pkg-config' "$cc" -std=c11 -o "$work/plain" "$here/consumer/main.c" \
        $(flags --cflags) $(flags --libs)
holds 'and polls' answers "$work/plain"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
