// SPDX-License-Identifier: MIT
/*
 * The reports that machines read: JUnit XML and TAP 14.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/scenario/report.h"
#include "testbench/text.h"

/*
 * Length of the UTF-8 sequence at text that XML 1.0 allows (its section 2.2), 0 if there is none.
 */
static size_t xml_char(const unsigned char *text)
{
        static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
        size_t length = text[0] < 0x80           ? 1
                        : (text[0] >> 5) == 0x06 ? 2
                        : (text[0] >> 4) == 0x0e ? 3
                        : (text[0] >> 3) == 0x1e ? 4
                                                 : 0;
        uint32_t code;

        if (length <= 1)
                return text[0] >= 0x20 || text[0] == '\t' || text[0] == '\n' ? length : 0;
        code = text[0] & (0xffU >> (length + 1));
        for (size_t i = 1; i < length; i++) {
                if ((text[i] & 0xc0) != 0x80)
                        return 0;
                code = code << 6 | (text[i] & 0x3fU);
        }
        if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ||
            code == 0xfffe || code == 0xffff)
                return 0;
        return length;
}

void report_xml_text(FILE *to, const char *text)
{
        const unsigned char *at = (const unsigned char *)text;

        while (*at != '\0') {
                size_t length = xml_char(at);

                if (length == 0) {
                        fputs("\xef\xbf\xbd", to); /* U+FFFD */
                        length = 1;
                } else if (*at == '<') {
                        fputs("&lt;", to);
                } else if (*at == '>') {
                        fputs("&gt;", to);
                } else if (*at == '&') {
                        fputs("&amp;", to);
                } else if (*at == '"') {
                        fputs("&quot;", to);
                } else if (*at == '\n' || *at == '\t') {
                        fprintf(to, "&#%u;", *at);
                } else {
                        fwrite(at, 1, length, to);
                }
                at += length;
        }
}

static char *text_of(const struct report_case *one)
{
        char *text = NULL;
        size_t size;
        FILE *memory = open_memstream(&text, &size);

        sim_assert(memory != NULL);
        report_text(memory, one, false);
        fclose(memory);
        sim_assert(text != NULL);
        return text;
}

static void junit_case(FILE *to, const struct report_case *one)
{
        const char *path = one->scenario->path;
        const char *slash = strrchr(path, '/');
        char *folder = slash != NULL ? strndup(path, (size_t)(slash - path)) : strdup(".");
        char ended[TEXT_TIME_SIZE];

        sim_assert(folder != NULL);
        fputs("    <testcase classname=\"", to);
        report_xml_text(to, folder);
        fputs("\" name=\"", to);
        report_xml_text(to, one->scenario->name);
        fputs("\" file=\"", to);
        report_xml_text(to, path);
        fprintf(to, "\" time=\"%.6f\">\n", one->wall_s);
        free(folder);
        fprintf(to,
                "      <properties>\n"
                "        <property name=\"virtual-time\" value=\"%s\"/>\n"
                "        <property name=\"events\" value=\"%" PRIu64 "\"/>\n"
                "        <property name=\"journal-xxh3\" value=\"%016" PRIx64 "\"/>\n"
                "      </properties>\n",
                text_time(ended, one->result.ended_at), one->result.events, one->result.digest);
        if (one->result.verdict == RUN_FAILED) {
                char *text = text_of(one);

                fputs("      <failure message=\"expected ", to);
                report_xml_text(to, one->result.expected);
                fputs(", got ", to);
                report_xml_text(to, one->result.got);
                fputs("\">", to);
                report_xml_text(to, text);
                fputs("</failure>\n", to);
                free(text);
        } else if (one->result.verdict == RUN_INTERRUPTED) {
                fputs("      <skipped message=\"interrupted\"/>\n", to);
        } else if (one->result.verdict == RUN_SKIPPED) {
                fputs("      <skipped message=\"", to);
                report_xml_text(to, one->result.why);
                fputs("\"/>\n", to);
        }
        fputs("    </testcase>\n", to);
}

void report_junit(FILE *to, const struct report_case *cases, size_t count)
{
        size_t failed = 0, skipped = 0;
        double wall_s = 0;

        for (size_t i = 0; i < count; i++) {
                failed += cases[i].result.verdict == RUN_FAILED;
                skipped += cases[i].result.verdict == RUN_INTERRUPTED ||
                           cases[i].result.verdict == RUN_SKIPPED;
                wall_s += cases[i].wall_s;
        }
        fprintf(to,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                "<testsuites>\n"
                "  <testsuite name=\"ballast\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
                "skipped=\"%zu\" time=\"%.6f\">\n",
                count, failed, skipped, wall_s);
        for (size_t i = 0; i < count; i++)
                junit_case(to, &cases[i]);
        fputs("  </testsuite>\n</testsuites>\n", to);
}

/* A description: one line, and '#' would begin a directive. */
static void tap_text(FILE *to, const char *text)
{
        for (; *text != '\0'; text++) {
                if (*text == '#' || *text == '\\')
                        putc('\\', to);
                putc((unsigned char)*text < 0x20 ? ' ' : *text, to);
        }
}

/* A double-quoted YAML scalar. */
static void tap_quoted(FILE *to, const char *key, const char *text)
{
        fprintf(to, "  %s: \"", key);
        for (; *text != '\0'; text++) {
                if (*text == '"' || *text == '\\')
                        fprintf(to, "\\%c", *text);
                else if ((unsigned char)*text < 0x20)
                        fprintf(to, "\\x%02x", (unsigned char)*text);
                else
                        putc(*text, to);
        }
        fputs("\"\n", to);
}

static void tap_failure(FILE *to, const struct report_case *one)
{
        char at[TEXT_TIME_SIZE];
        char *text = text_of(one);

        fputs("  ---\n", to);
        tap_quoted(to, "file", one->scenario->path);
        fprintf(to, "  line: %u\n", one->result.line);
        tap_quoted(to, "at", text_time(at, one->result.failed_at));
        tap_quoted(to, "expected", one->result.expected);
        tap_quoted(to, "got", one->result.got);
        tap_quoted(to, "report", text);
        fputs("  ...\n", to);
        free(text);
}

void report_tap(FILE *to, const struct report_case *cases, size_t count)
{
        fprintf(to, "TAP version 14\n1..%zu\n", count);
        for (size_t i = 0; i < count; i++) {
                if (cases[i].result.verdict == RUN_INTERRUPTED) {
                        fputs("Bail out! interrupted\n", to);
                        return;
                }
                fprintf(to, "%s %zu - ", cases[i].result.verdict == RUN_FAILED ? "not ok" : "ok",
                        i + 1);
                tap_text(to, cases[i].scenario->name);
                fputs(" (", to);
                tap_text(to, cases[i].scenario->path);
                putc(')', to);
                if (cases[i].result.verdict == RUN_SKIPPED) {
                        fputs(" # SKIP ", to);
                        tap_text(to, cases[i].result.why);
                }
                putc('\n', to);
                if (cases[i].result.verdict == RUN_FAILED)
                        tap_failure(to, &cases[i]);
        }
}
