// SPDX-License-Identifier: MIT
/*
 * A text that gets smaller, try by try: what shrink.c (lines), shrink_entries.c (braces),
 * shrink_number.c and shrink_time.c share. Each of the functions below tells whether anything
 * got smaller.
 */
#ifndef TESTBENCH_SHRINK_SHRINK_PRIV_H
#define TESTBENCH_SHRINK_SHRINK_PRIV_H

#include <stdbool.h>
#include <stddef.h>

#include "testbench/shrink/shrink.h"

struct shrink {
        char *text; /* the smallest so far; owned */
        unsigned tries;
        shrink_holds_fn *holds;
        void *owner;
};

/* Tries the text with [from, to) replaced, and keeps it where it holds. */
bool shrink_try(struct shrink *shrink, size_t from, size_t to, const char *by);

/* ---- shrink_entries.c ---- */

/* Entries of mappings and lists in braces, the outer ones first. */
bool shrink_entries(struct shrink *shrink);

/* ---- shrink_number.c ---- */

bool shrink_numbers(struct shrink *shrink);

/* ---- shrink_time.c ---- */

/* A time with its unit at `at`: its end; else at. */
size_t shrink_time_end(const char *text, size_t at);
bool shrink_time(struct shrink *shrink, size_t from, size_t to);

#endif
