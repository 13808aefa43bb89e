// SPDX-License-Identifier: MIT
#include "testbench/campaign/junit.h"

#include <inttypes.h>

#include "sim/assert.h"
#include "testbench/scenario/report.h"

void junit_init(struct junit *junit)
{
        *junit = (struct junit){ .cases = tmpfile() };
        sim_assert(junit->cases != NULL);
}

static void put_string(FILE *to, const json_object *line, const char *key)
{
        const json_object *value = json_object_object_get(line, key);

        report_xml_text(to, value != NULL ? json_object_get_string((json_object *)value) : "");
}

void junit_add(struct junit *junit, const struct campaign_line *line, const char *text)
{
        json_object *object = json_tokener_parse(text);
        FILE *to = junit->cases;

        junit->count++;
        fputs("    <testcase classname=\"", to);
        put_string(to, object, "scenario");
        fprintf(to, "\" name=\"run %" PRIu64 ": %s\"", line->number,
                campaign_class_name(line->class));
        if (campaign_class_fails(line->class)) {
                junit->failures++;
                fputs(">\n      <failure message=\"", to);
                put_string(to, object, "why");
                fputs("\">", to);
                report_xml_text(to, text);
                fputs("</failure>\n    </testcase>\n", to);
        } else {
                fputs("/>\n", to);
        }
        json_object_put(object);
}

void junit_fini(struct junit *junit, const char *campaign, FILE *to)
{
        if (to != NULL) {
                int c;

                fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                      "  <testsuite name=\"",
                      to);
                report_xml_text(to, campaign);
                fprintf(to, "\" tests=\"%" PRIu64 "\" failures=\"%" PRIu64 "\">\n", junit->count,
                        junit->failures);
                rewind(junit->cases);
                while ((c = getc(junit->cases)) != EOF)
                        putc(c, to);
                fputs("  </testsuite>\n</testsuites>\n", to);
        }
        fclose(junit->cases);
}
