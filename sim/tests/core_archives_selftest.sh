#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# core_archives.sh must refuse what it is there to refuse, and say why, and accept the rest.
#
# usage: core_archives_selftest.sh COMPILER
set -euo pipefail

compiler=$1
check=$(dirname "$0")/core_archives.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

archive() { # archive NAME, C on standard input
        "$compiler" -x c -O1 -c -o "$work/$1.o" -
        ar rc "$work/$1.a" "$work/$1.o"
}

accepts() { # accepts ARGUMENTS...
        "$check" "$@" || {
                echo "selftest: refused: $*" >&2
                exit 1
        }
}

refuses() { # refuses WORD ARGUMENTS...
        local word=$1
        shift
        if "$check" "$@" 2>"$work/why"; then
                echo "selftest: accepted: $*" >&2
                exit 1
        fi
        grep -q -- "$word" "$work/why" || {
                echo "selftest: '$word' is missing from:" >&2
                cat "$work/why" >&2
                exit 1
        }
}

archive clean <<'C'
#include <stdlib.h>
static const int table[] = { 1, 2, 3 };
static const char *const names[] = { "a", "b" };
int clean(int i);
int clean(int i)
{
        char *memory = malloc(2);
        free(memory);
        return table[i] + names[i & 1][0];
}
C
archive uses_clean <<'C'
int clean(int i);
int uses_clean(void);
int uses_clean(void)
{
        return clean(1);
}
C
archive counter <<'C'
int counter(void);
int counter(void)
{
        static int count = 7;
        return count++;
}
C
archive zeroed <<'C'
int zeroed(void);
int zeroed(void)
{
        static int count;
        return count++;
}
C
archive threaded <<'C'
int threaded(void);
int threaded(void)
{
        static _Thread_local int count;
        return count++;
}
C
archive clocked <<'C'
#include <time.h>
long clocked(void);
long clocked(void)
{
        return (long)time(0);
}
C
archive sanitized <<'C'
void __asan_init(void);
void sanitized(void);
void sanitized(void)
{
        __asan_init();
}
C

accepts "$work/clean.a"
accepts "$work/clean.a" "$work/uses_clean.a"
refuses clean "$work/uses_clean.a" # nobody defines what it needs
refuses '\.data' "$work/clean.a" "$work/counter.a"
refuses '\.bss' "$work/zeroed.a"
refuses '\.tbss' "$work/threaded.a"
refuses time "$work/clocked.a" "$work/clean.a"
refuses time --sanitized "$work/clocked.a"
refuses __asan_init "$work/sanitized.a"
accepts --sanitized "$work/sanitized.a"
refuses 'no archive'
refuses '' "$work/missing.a"
