// SPDX-License-Identifier: MIT
/*
 * What a person and a CI system read of finished runs: text, JUnit XML, TAP.
 */
#ifndef TESTBENCH_SCENARIO_REPORT_H
#define TESTBENCH_SCENARIO_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "testbench/scenario/run.h"

struct report_case {
        const struct scenario *scenario;
        const struct run_options *options; /* with which it ran; NULL: all defaults */
        const char *program;               /* as the user called it; NULL: "ballast" */
        struct run_result result;
        double wall_s; /* for JUnit's time attribute; never compared */
};

/* "pass NAME" or the failure as docs/testing.md shows it. */
void report_text(FILE *to, const struct report_case *one, bool color);
void report_summary(FILE *to, size_t passed, size_t failed, size_t skipped, bool color);
/* As one word of a POSIX shell. */
void report_shell_word(FILE *to, const char *text);
/* As text of XML, in an element or an attribute. */
void report_xml_text(FILE *to, const char *text);
void report_junit(FILE *to, const struct report_case *cases, size_t count);
void report_tap(FILE *to, const struct report_case *cases, size_t count);

#endif
