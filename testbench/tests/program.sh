# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # ballast is of the one that sources it
# What the tests of the program from outside share; sourced by them, with $ballast set. Each works
# in a folder of its own, which goes with it, and ends with `verdict NAME`.
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work" || exit 2
failures=0
subcommand=() # what stands before the arguments of run and exits: (campaign)

bad() { # bad WHAT
        failures=$((failures + 1))
        printf 'FAIL  %s\n' "$1"
        sed 's/^/  out| /' out
        sed 's/^/  err| /' err
}

run() { # run ARGUMENT...: fills out, err and $status
        "$ballast" "${subcommand[@]}" "$@" >out 2>err </dev/null
        status=$?
}

exits() { # exits STATUS ARGUMENT...
        local wanted=$1
        shift
        run "$@"
        [ "$status" = "$wanted" ] ||
                bad "ballast ${subcommand[*]}${subcommand:+ }$*: exit $status, not $wanted"
}

has() { # has FILE TEXT
        grep -qF -- "$2" "$1" || bad "$1 lacks: $2"
}

lacks() { # lacks FILE TEXT
        ! grep -qF -- "$2" "$1" || bad "$1 has: $2"
}

verdict() { # verdict NAME
        [ "$failures" = 0 ] && echo "$1: all as it should be"
        [ "$failures" = 0 ]
}
