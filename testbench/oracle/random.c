// SPDX-License-Identifier: MIT
#include "testbench/oracle/random.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "sim/assert.h"
#include "testbench/oracle/generate.h"
#include "testbench/oracle/random_coverage.h"
#include "testbench/scenario/report.h"
#include "testbench/scenario/run.h"
#include "testbench/shrink/shrink.h"
#include "testbench/workers.h"

/* Kinds of divergence that are shrunk and shown; more are only counted. */
#define SHOWN_MAX 16U
#define KIND_SIZE (2 * ORACLE_LINE_SIZE + 2)
#define EXIT_SKIPPED 77

/* What a worker says of one scenario. */
struct finding {
        struct oracle_result result;
        struct random_coverage coverage;
};

struct sweep {
        const struct random_options *options;
        struct random_summary *summary;
        struct random_coverage coverage;
        struct workers workers;
        char kinds[SHOWN_MAX][KIND_SIZE];
        unsigned kind_count;
        char why[ORACLE_LINE_SIZE]; /* something could not be compared */
};

/* What is no run at all. False: it is one. */
static bool is_unavailable(const struct run_result *run, struct oracle_result *result)
{
        if (run->verdict == RUN_SKIPPED)
                snprintf(result->why, sizeof result->why, "%.200s", run->why);
        else if (run->file_wrong)
                snprintf(result->why, sizeof result->why, "expected %.200s, got %.200s",
                         run->expected, run->got);
        else
                return false;
        result->verdict = ORACLE_UNAVAILABLE;
        result->environment = true;
        return true;
}

static void compare_twice(const struct scenario *scenario, bool has_to_pass,
                          struct oracle_result *result)
{
        struct run_options options = { .unchecked = true };
        struct run_result first, second;

        run_scenario(scenario, &options, &first);
        run_scenario(scenario, &options, &second);
        *result = (struct oracle_result){ .verdict = ORACLE_EQUAL, .records = first.events };
        if (!has_to_pass && is_unavailable(&first, result))
                return;
        if (first.verdict == second.verdict && first.digest == second.digest &&
            (first.verdict == RUN_PASSED || !has_to_pass))
                return;
        result->verdict = ORACLE_DIVERGED;
        result->at = first.ended_at;
        snprintf(result->ours, ORACLE_LINE_SIZE, "digest %016" PRIx64 " %.200s", first.digest,
                 first.got);
        snprintf(result->theirs, ORACLE_LINE_SIZE, "digest %016" PRIx64 " %.200s", second.digest,
                 second.got);
}

void random_compare_itself(void *owner, const struct scenario *scenario,
                           struct oracle_result *result)
{
        (void)owner;
        compare_twice(scenario, true, result);
}

void random_compare_twice(void *owner, const struct scenario *scenario,
                          struct oracle_result *result)
{
        (void)owner;
        compare_twice(scenario, false, result);
}

void random_compare_qemu(void *owner, const struct scenario *scenario, struct oracle_result *result)
{
        oracle_compare(scenario, owner, result);
}

/* False: the text is no scenario. */
static bool compare_text(const struct random_options *options, const char *text,
                         struct oracle_result *result, struct random_coverage *coverage)
{
        struct scenario *scenario;
        struct diag diag = { 0 };

        if (scenario_parse_text(text, strlen(text), "random.yaml", &scenario, &diag) < 0) {
                *result = (struct oracle_result){ .verdict = ORACLE_DIVERGED };
                snprintf(result->ours, ORACLE_LINE_SIZE, "parse error in line %u: %.200s",
                         diag.line, diag.text);
                return false;
        }
        options->compare(options->owner, scenario, result);
        if (coverage != NULL)
                random_coverage_add(coverage, scenario, result->end);
        scenario_free(scenario);
        return true;
}

/* ---- workers ---- */

static bool work(void *owner, uint64_t index, int to)
{
        const struct random_options *options = owner;
        struct finding finding = { .coverage = { .statuses = { 0 } } };
        char *text = generate_scenario(options->seed, index, &finding.coverage.operations);

        compare_text(options, text, &finding.result, &finding.coverage);
        free(text);
        return workers_write(to, &finding, sizeof finding);
}

/* ---- divergences ---- */

/*
 * Where QEMU aborts there is nothing to follow: no guest stops a process of ours.
 * Each line is a finding of docs/qemu-findings.md.
 */
static const char *const known_ends[] = {
        /* queue_size raised after queue_enable */
        "memory_ldst_cached.h.inc",
        /* an indirect table of no size on a packed ring */
        "address_space_cache_init: Assertion",
};

static bool known_end(const struct oracle_result *result)
{
        for (size_t i = 0; i < sizeof known_ends / sizeof known_ends[0]; i++)
                if (strstr(result->theirs, known_ends[i]) != NULL)
                        return true;
        return false;
}

/* What a line of the monitor is about: an error's text, an event's name, a reply's first key. */
static const char *monitor_topic(const char *line)
{
        static const char *const topics[] = { "\"desc\": ", "\"event\": ", "\"return\": {" };

        for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
                const char *found = strstr(line, topics[i]);

                if (found != NULL)
                        return found + strlen(topics[i]);
        }
        return "";
}

static bool interrupted(const struct random_options *options)
{
        return options->interrupted != NULL && *options->interrupted != 0;
}

/* A record without its time, and without what two findings of one cause differ in. */
static size_t kind_of_line(const char *line, char *to, size_t size)
{
        const char *value, *topic;

        line += strspn(line, " 0123456789.");
        value = strstr(line, " value ");
        if (strncmp(line, "device-error ", 13) == 0)
                return (size_t)snprintf(to, size, "%s", line);
        if (value != NULL)
                return (size_t)snprintf(to, size, "%.*s", (int)(value - line), line);
        topic = strncmp(line, "monitor ", 8) == 0 ? monitor_topic(line) : "";
        return (size_t)snprintf(to, size, "%.*s %.*s", (int)strcspn(line, " "), line,
                                (int)strcspn(topic, "0123456789,:"), topic);
}

static void kind_of(const struct oracle_result *result, char kind[KIND_SIZE])
{
        size_t used = kind_of_line(result->ours, kind, ORACLE_LINE_SIZE);

        memcpy(kind + used, "| ", 2);
        used += 2;
        kind_of_line(result->theirs, kind + used, KIND_SIZE - used);
}

struct hunt {
        const struct random_options *options;
        const char *kind;
        struct oracle_result *last; /* of the smallest text so far */
};

static bool still_diverges(void *owner, const char *text)
{
        struct hunt *hunt = owner;
        struct oracle_result result;
        char kind[KIND_SIZE];

        if (interrupted(hunt->options) || !compare_text(hunt->options, text, &result, NULL) ||
            result.verdict != ORACLE_DIVERGED || known_end(&result))
                return false;
        kind_of(&result, kind);
        if (strcmp(kind, hunt->kind) != 0)
                return false;
        *hunt->last = result;
        return true;
}

static void keep(const struct random_options *options, const char *text, uint64_t index)
{
        char path[4096];
        FILE *file;

        snprintf(path, sizeof path, "%s/random-%" PRIu64 "-%" PRIu64 ".yaml", options->keep,
                 options->seed, index);
        file = fopen(path, "w");
        if (file == NULL) {
                fprintf(stderr, "%s cannot be written\n", path);
                return;
        }
        fputs(text, file);
        fclose(file);
        fputs("  again    ", options->out);
        report_shell_word(options->out, options->program);
        fputs(" diff ", options->out);
        report_shell_word(options->out, path);
        putc('\n', options->out);
}

static void show(const struct sweep *sweep, uint64_t index, const struct oracle_result *found,
                 const char *kind)
{
        const struct random_options *options = sweep->options;
        struct oracle_result result = *found;
        struct hunt hunt = { options, kind, &result };
        struct generate_counts counts = { { 0 } };
        char *drawn = generate_scenario(options->seed, index, &counts);
        char *text = shrink_scenario(drawn, options->tries, still_diverges, &hunt);

        fprintf(options->out, "DIVERGED  scenario %" PRIu64 " of seed %" PRIu64 "\n", index,
                options->seed);
        for (unsigned i = 0; i < result.tail_count; i++)
                fprintf(options->out, "           %s\n", result.tail[i]);
        fprintf(options->out, "  ours     %s\n  theirs   %s\n", result.ours, result.theirs);
        if (options->keep != NULL)
                keep(options, text, index);
        fprintf(options->out, "---\n%s---\n", text);
        fflush(options->out); /* a sweep takes long, and somebody may watch a file */
        free(drawn);
        free(text);
}

static void judge(struct sweep *sweep, uint64_t index, const struct oracle_result *result)
{
        char kind[KIND_SIZE];

        if (result->verdict == ORACLE_UNAVAILABLE) {
                sweep->summary->unavailable++;
                memcpy(sweep->why, result->why, sizeof sweep->why);
                return;
        }
        sweep->summary->records += result->records;
        if (result->verdict == ORACLE_EQUAL)
                return;
        if (known_end(result)) {
                sweep->summary->known++;
                return;
        }
        sweep->summary->divergences++;
        kind_of(result, kind);
        for (unsigned i = 0; i < sweep->kind_count; i++)
                if (strcmp(sweep->kinds[i], kind) == 0) {
                        fprintf(sweep->options->out, "scenario %" PRIu64 " too: %s\n", index, kind);
                        return;
                }
        if (sweep->kind_count == SHOWN_MAX) {
                fprintf(sweep->options->out, "scenario %" PRIu64 ": %s\n", index, kind);
                return;
        }
        memcpy(sweep->kinds[sweep->kind_count++], kind, KIND_SIZE);
        show(sweep, index, result, kind);
}

static void crashed(struct sweep *sweep, uint64_t index)
{
        int status = workers_restart(&sweep->workers, index);

        sweep->summary->crashes++;
        fprintf(sweep->options->out,
                "CRASHED   scenario %" PRIu64 " of seed %" PRIu64 " ended the process, signal %d\n",
                index, sweep->options->seed, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

static void tell_progress(const struct sweep *sweep, uint64_t done)
{
        if (!sweep->options->progress)
                return;
        fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " scenarios, %" PRIu64 " diverged ", done,
                sweep->options->count, sweep->summary->divergences + sweep->summary->crashes);
        if (done == sweep->options->count)
                fputc('\n', stderr);
}

static void print_summary(const struct sweep *sweep)
{
        const struct random_summary *summary = sweep->summary;
        FILE *out = sweep->options->out;

        if (interrupted(sweep->options))
                fprintf(out, "interrupted  %" PRIu64 " of %" PRIu64 " scenarios were compared\n",
                        summary->scenarios, sweep->options->count);
        fprintf(out,
                "%" PRIu64 " scenarios, %" PRIu64 " records compared, %" PRIu64
                " diverged, %" PRIu64 " crashed, %" PRIu64 " ended QEMU in a known way, %" PRIu64
                " not compared%s%s\n",
                summary->scenarios, summary->records, summary->divergences, summary->crashes,
                summary->known, summary->unavailable, summary->unavailable > 0 ? ": " : "",
                sweep->why);
        random_coverage_print(&sweep->coverage, out);
}

int random_sweep(const struct random_options *options, struct random_summary *summary)
{
        struct sweep *sweep = calloc(1, sizeof *sweep);
        struct finding *finding = malloc(sizeof *finding);

        sim_assert(sweep != NULL && finding != NULL);
        *summary = (struct random_summary){ .scenarios = 0 };
        sweep->options = options;
        sweep->summary = summary;
        sweep->workers = (struct workers){
                .work = work,
                .owner = (void *)options,
                .first = options->first,
                .end = options->first + options->count,
                .count = workers_count(options->jobs),
        };
        workers_start(&sweep->workers);
        for (uint64_t i = 0; i < options->count; i++) {
                uint64_t index = options->first + i;
                bool found = workers_read(&sweep->workers, index, finding, sizeof *finding);

                /* On a terminal it reached the workers and their QEMU, too. */
                if (interrupted(options))
                        break;
                summary->scenarios++;
                if (found) {
                        random_coverage_merge(&sweep->coverage, &finding->coverage);
                        judge(sweep, index, &finding->result);
                } else {
                        crashed(sweep, index);
                }
                tell_progress(sweep, i + 1);
        }
        workers_end(&sweep->workers, interrupted(options));
        print_summary(sweep);
        free(finding);
        free(sweep);
        if (summary->divergences + summary->crashes > 0)
                return 1;
        return summary->unavailable == summary->scenarios && summary->scenarios > 0 ? EXIT_SKIPPED
                                                                                    : 0;
}
