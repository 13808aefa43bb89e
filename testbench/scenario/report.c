// SPDX-License-Identifier: MIT
#include "testbench/scenario/report.h"

#include <inttypes.h>
#include <string.h>

#include "testbench/check/names.h"
#include "testbench/text.h"

#define RED "\033[1;31m"
#define GREEN "\033[32m"
#define PLAIN "\033[0m"

static void word(FILE *to, const char *text, const char *style, bool color)
{
        if (color)
                fprintf(to, "%s%s" PLAIN, style, text);
        else
                fputs(text, to);
}

/* As one word of a POSIX shell. */
void report_shell_word(FILE *to, const char *text)
{
        static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "0123456789_-+=./:,@%";

        if (text[0] != '\0' && text[0] != '-' && strspn(text, plain) == strlen(text)) {
                fputs(text, to);
                return;
        }
        /* A path that begins like an option is a path. */
        fputs(text[0] == '-' ? "./'" : "'", to);
        for (; *text != '\0'; text++) {
                if (*text == '\'')
                        fputs("'\\''", to);
                else
                        putc(*text, to);
        }
        putc('\'', to);
}

static void rules(FILE *to, uint32_t ignored)
{
        fputs(" --rules", to);
        for (unsigned i = 0; i < CHECK_RULE_COUNT && ignored != 0; i++) {
                if (!(ignored >> i & 1))
                        fprintf(to, "=%s", check_names[i]);
        }
}

/* The command that ends shortly after the failure. */
static void again(FILE *to, const struct report_case *one)
{
        static const struct run_options defaults;
        const struct run_options *options = one->options != NULL ? one->options : &defaults;
        const struct run_result *result = &one->result;
        sim_time_t last =
                result->ended_at > result->failed_at ? result->ended_at : result->failed_at;
        char until[TEXT_TIME_SIZE];

        text_seconds(until, last / SIM_MS(100) * SIM_MS(100) + SIM_MS(100));
        fputs("  again        ", to);
        report_shell_word(to, one->program != NULL ? one->program : "ballast");
        fprintf(to, " run --until=%s --journal=-", until);
        if (options->device == MACHINE_QEMU) {
                fputs(" --device=qemu", to);
                if (options->qemu_binary != NULL) {
                        putc(':', to);
                        report_shell_word(to, options->qemu_binary);
                }
        }
        if (options->seed_given)
                fprintf(to, " --seed=%" PRIu64, options->seed);
        if (options->shuffle_ties)
                fprintf(to, " --ties=shuffle:%" PRIu64, options->ties_seed);
        if (options->doc_names)
                fputs(" --doc-names", to);
        if (options->rules_only)
                rules(to, options->rules_ignored);
        putc(' ', to);
        report_shell_word(to, one->scenario->path);
        putc('\n', to);
}

static void tail(FILE *to, const struct run_result *result)
{
        int widest = 0;

        /* Times end in one column. */
        for (unsigned i = 0; i < result->tail_count; i++) {
                int width = (int)strcspn(result->tail[i], " ");

                widest = width > widest ? width : widest;
        }
        for (unsigned i = 0; i < result->tail_count; i++) {
                int pad = widest - (int)strcspn(result->tail[i], " ");

                fprintf(to, "  %-13s%*s%s\n", i == 0 ? "journal" : "", pad, "", result->tail[i]);
        }
}

static void failure(FILE *to, const struct report_case *one, bool color)
{
        const struct run_result *result = &one->result;
        char at[TEXT_TIME_SIZE];

        word(to, "FAIL", RED, color);
        fprintf(to, " %s   %s", one->scenario->name, one->scenario->path);
        if (result->line > 0)
                fprintf(to, ":%u", result->line);
        text_time(at, result->failed_at);
        fprintf(to, "\n  at %-13s expected  %s\n", at, result->expected);
        fprintf(to, "     %*s got       %s\n", (int)(strlen(at) > 13 ? strlen(at) : 13), "",
                result->got);
        tail(to, result);
        if (result->hint[0] != '\0')
                fprintf(to, "  hint         %s\n", result->hint);
        again(to, one);
}

void report_text(FILE *to, const struct report_case *one, bool color)
{
        char span[TEXT_TIME_SIZE];

        switch (one->result.verdict) {
        case RUN_FAILED:
                failure(to, one, color);
                return;
        case RUN_PASSED:
                word(to, "pass", GREEN, color);
                fprintf(to, "  %s  %s  (%s, %" PRIu64 " events", one->scenario->name,
                        one->scenario->path, text_span(span, one->result.ended_at),
                        one->result.events);
                if (one->result.checks_not_visible > 0)
                        fprintf(to, ", %" PRIu64 " of %" PRIu64 " checks not visible",
                                one->result.checks_not_visible, one->result.checks);
                fputs(")\n", to);
                return;
        case RUN_SKIPPED:
                fprintf(to, "skip  %s  %s  (%s)\n", one->scenario->name, one->scenario->path,
                        one->result.why);
                return;
        case RUN_INTERRUPTED:
                fprintf(to, "interrupted  %s  %s  (at %s)\n", one->scenario->name,
                        one->scenario->path, text_span(span, one->result.ended_at));
                return;
        }
}

void report_summary(FILE *to, size_t passed, size_t failed, size_t skipped, bool color)
{
        word(to, failed > 0 ? "FAIL" : "pass", failed > 0 ? RED : GREEN, color);
        fprintf(to, "  %zu of %zu passed", passed, passed + failed);
        if (failed > 0)
                fprintf(to, ", %zu failed", failed);
        if (skipped > 0)
                fprintf(to, ", %zu skipped", skipped);
        putc('\n', to);
}
