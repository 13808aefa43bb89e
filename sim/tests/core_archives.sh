#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The core has no state of its own and no operating system in it. Holds the
# built archives to both: no member has writable data, and together they need
# nothing from outside but the functions below.
#
# usage: core_archives.sh [--sanitized] ARCHIVE...
#
# --sanitized: the build carries sanitizers, whose calls are then allowed and
# whose writable tables hide ours, so that only the symbols are held.
set -euo pipefail
export LC_ALL=C

allowed='calloc|free|malloc|realloc'
allowed+='|mem(chr|cmp|cpy|move|set)|bcmp' # clang's, for a memcmp that asks for equal or not
allowed+='|str(chr|cmp|cspn|len|ncmp|nlen|rchr|spn|str)'
# What a compiler inserts by itself: stack protector, _FORTIFY_SOURCE, i386 code for shared objects.
allowed+='|__stack_chk_fail|__mem(cpy|move|set)_chk|_GLOBAL_OFFSET_TABLE_'

sanitized=false
if [ "${1-}" = --sanitized ]; then
        sanitized=true
        allowed+='|__(a|ub|l|m|t)san_.*|__sanitizer_.*'
        shift
fi
[ $# -gt 0 ] || {
        echo "core-archives: no archive given" >&2
        exit 2
}

# Lines "MEMBER SECTION SIZE" for writable sections that are not empty, commons included.
writable_data() {
        readelf -SW "$1" | awk '
                /^File: / { member = $2 }
                /^ *\[ *[0-9]+\]/ {
                        sub(/^ *\[ *[0-9]+\] */, "")
                        if ($1 ~ /^\.(data|bss|tdata|tbss)(\.|$)/ && $1 !~ /^\.data\.rel\.ro/ &&
                            $5 !~ /^0+$/)
                                print member, $1, "0x" $5
                }'
        nm -A --defined-only "$1" | awk '$2 == "C" || $3 == "C" { print $1, "common", $NF }'
}

# The two steps are apart so that a tool that fails ends the script.
needed=$(nm -u "$@" | awk 'NF == 2 && $1 == "U" { print $2 }' | sort -u)
offered=$(nm -g --defined-only "$@" | awk 'NF == 3 { print $3 }' | sort -u)
[ -n "$offered" ] || {
        echo "core-archives: the archives define nothing" >&2
        exit 2
}
foreign=$(comm -23 <(echo "$needed") <(echo "$offered") | grep -vxE "$allowed" || true)

bad=false
for symbol in $foreign; do
        bad=true
        echo "core-archives: $symbol is not for the core; needed by:" >&2
        nm -A -u "$@" | awk -v symbol="$symbol" '$NF == symbol { print "        " $1 }' >&2
done
if ! $sanitized; then
        for archive in "$@"; do
                found=$(writable_data "$archive")
                [ -z "$found" ] || {
                        bad=true
                        echo "core-archives: writable data (member, section, size):" >&2
                        echo "        ${found//$'\n'/$'\n'        }" >&2
                }
        done
fi
! $bad
