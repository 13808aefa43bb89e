// SPDX-License-Identifier: MIT
/*
 * The scenarios of docs/scenario-format.md are scenarios: each ```yaml block is
 * read. A block marked ```yaml fragment is the inside of a timeline.
 */
#include <stdlib.h>
#include <string.h>

#include "testbench/scenario/tests/parsed.h"
#include "testbench/scenario/tests/suites.h"

static char *read_document(void)
{
        FILE *from = fopen(DOCUMENT, "rb");
        char *text = calloc(1, 1 << 20);

        ck_assert_msg(from != NULL, "%s", DOCUMENT);
        ck_assert_uint_gt(fread(text, 1, (1 << 20) - 1, from), 0);
        fclose(from);
        return text;
}

START_TEST(every_scenario_of_the_document_reads)
{
        char *text = read_document();
        unsigned wholes = 0, fragments = 0;
        char *block = text;

        while ((block = strstr(block, "\n```yaml")) != NULL) {
                char *body = strchr(block + 1, '\n') + 1;
                bool fragment = strncmp(block, "\n```yaml fragment\n", 18) == 0;
                char *end = strstr(body, "\n```");
                char *whole;

                ck_assert(fragment || strncmp(block, "\n```yaml\n", 9) == 0);
                ck_assert_ptr_nonnull(end);
                whole = malloc((size_t)(end - body) + 32);
                sprintf(whole, "%s%.*s\n", fragment ? "timeline:\n" : "", (int)(end - body), body);
                scenario_free(parsed(whole));
                free(whole);
                *(fragment ? &fragments : &wholes) += 1;
                block = end + 1;
        }
        ck_assert_uint_ge(wholes, 5);
        ck_assert_uint_ge(fragments, 2);
        free(text);
}
END_TEST

/* What the schema knows, the document names. */
START_TEST(every_event_is_in_the_document)
{
        char *text = read_document();
        char quoted[64];

        for (size_t i = 0; scenario_event_kinds[i] != NULL; i++) {
                snprintf(quoted, sizeof quoted, "`%s`", scenario_event_kinds[i]);
                ck_assert_msg(strstr(text, quoted) != NULL, "%s", quoted);
        }
        free(text);
}
END_TEST

TCase *document_case(void)
{
        TCase *tcase = tcase_create("document");

        tcase_add_test(tcase, every_scenario_of_the_document_reads);
        tcase_add_test(tcase, every_event_is_in_the_document);
        return tcase;
}
