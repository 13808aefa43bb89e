// SPDX-License-Identifier: MIT
/*
 * The scenarios of docs/scenario-format.md and docs/faults.md are scenarios: each
 * ```yaml block is read. A block marked ```yaml fragment is the inside of a timeline.
 */
#include <stdlib.h>
#include <string.h>

#include "testbench/scenario/tests/parsed.h"
#include "testbench/scenario/tests/suites.h"

static char *read_document(const char *path)
{
        FILE *from = fopen(path, "rb");
        char *text = calloc(1, 1 << 20);

        ck_assert_msg(from != NULL, "%s", path);
        ck_assert_uint_gt(fread(text, 1, (1 << 20) - 1, from), 0);
        fclose(from);
        return text;
}

static void read_blocks(const char *path, unsigned wholes_min, unsigned fragments_min)
{
        char *text = read_document(path);
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
        ck_assert_uint_ge(wholes, wholes_min);
        ck_assert_uint_ge(fragments, fragments_min);
        free(text);
}

START_TEST(every_scenario_of_the_documents_reads)
{
        read_blocks(DOCUMENT, 5, 2);
        read_blocks(FAULTS_DOCUMENT, 1, 1);
}
END_TEST

/* What the schema knows, the document names. */
START_TEST(every_event_is_in_the_document)
{
        char *text = read_document(DOCUMENT);
        char quoted[64];

        for (size_t i = 0; scenario_event_kinds[i] != NULL; i++) {
                snprintf(quoted, sizeof quoted, "`%s`", scenario_event_kinds[i]);
                ck_assert_msg(strstr(text, quoted) != NULL, "%s", quoted);
        }
        free(text);
}
END_TEST

/* Of a row, which is taken apart: how many scenarios its last cell names that are there. */
static unsigned count_scenarios(char *row)
{
        unsigned scenarios = 0;
        char path[512], *cell;

        *strrchr(row, '|') = '\0';
        cell = strrchr(row, '|') + 1;
        for (char *name = strtok(cell, "`, "); name != NULL; name = strtok(NULL, "`, ")) {
                FILE *file;

                snprintf(path, sizeof path, "%s/%s.yaml", FAULTS_FOLDER, name);
                file = fopen(path, "rb");
                ck_assert_msg(file != NULL, "%s", path);
                fclose(file);
                scenarios++;
        }
        return scenarios;
}

/* A row for each, with a scenario in which it fires and one in which it does not. */
START_TEST(every_fault_point_is_in_its_document)
{
        char *text = read_document(FAULTS_DOCUMENT);
        char start[64];

        for (unsigned point = 0; point < FAULT_POINTS; point++) {
                char *row, *copy;

                snprintf(start, sizeof start, "\n| `%s` |", fault_points[point].name);
                row = strstr(text, start);
                ck_assert_msg(row != NULL, "%s", fault_points[point].name);
                copy = strndup(row + 1, strcspn(row + 1, "\n"));
                ck_assert_msg(count_scenarios(copy) >= 2, "%s", fault_points[point].name);
                free(copy);
        }
        free(text);
}
END_TEST

/* In the section on states: its row has each word. */
START_TEST(every_state_is_in_the_document_of_faults)
{
        char *text = read_document(FAULTS_DOCUMENT);
        const char *section = strstr(text, "\n## In a state\n");
        char quoted[64];

        ck_assert_ptr_nonnull(section);
        for (unsigned of = 0; of < FAULT_STATES; of++) {
                char *row;

                snprintf(quoted, sizeof quoted, "\n| `%s` |", fault_states[of].name);
                ck_assert_msg(strstr(section, quoted) != NULL, "%s", quoted);
                row = strstr(section, quoted) + 1;
                row = strndup(row, strcspn(row, "\n"));
                for (unsigned word = 0; word < fault_states[of].count; word++) {
                        snprintf(quoted, sizeof quoted, "`%s`", fault_states[of].words[word]);
                        ck_assert_msg(strstr(row, quoted) != NULL, "%s", quoted);
                }
                free(row);
        }
        free(text);
}
END_TEST

TCase *document_case(void)
{
        TCase *tcase = tcase_create("document");

        tcase_add_test(tcase, every_scenario_of_the_documents_reads);
        tcase_add_test(tcase, every_event_is_in_the_document);
        tcase_add_test(tcase, every_fault_point_is_in_its_document);
        tcase_add_test(tcase, every_state_is_in_the_document_of_faults);
        return tcase;
}
