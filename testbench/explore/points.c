// SPDX-License-Identifier: MIT
#include "testbench/explore/points.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"

#define TEXT_SIZE 64

/* What a point that needs keys is explored with when none are given. */
static const char *const keys[FAULT_POINTS] = {
        [FAULT_LATE_INTERRUPT] = "by: 1 ms",    [FAULT_DOUBLE_INTERRUPT] = "by: 1 ms",
        [FAULT_LATE_NOTIFICATION] = "by: 1 ms", [FAULT_TEAR_DMA_READ] = "bytes: 1",
        [FAULT_TEAR_DMA_WRITE] = "bytes: 1",    [FAULT_FLIP_DMA_READ] = "bit: 0",
        [FAULT_FLIP_DMA_WRITE] = "bit: 0",      [FAULT_LATE_DMA_WRITE] = "by: 1 ms",
        [FAULT_EARLY_TIMER] = "by: 1 ms",       [FAULT_LATE_TIMER] = "by: 1 ms",
        [FAULT_LATE_DMA_READ] = "by: 1 ms",     [FAULT_SPURIOUS_INTERRUPT] = "behind: both",
        [FAULT_STEP_CLOCK] = "by: 1 h",
};

static bool has(const struct explore_points *points, enum fault_point point)
{
        for (size_t i = 0; i < points->count; i++)
                if (points->orders[i].point == point)
                        return true;
        return false;
}

static int check(const struct explore_points *points, const struct fault_order *order,
                 const char *what, struct diag *diag)
{
        const struct sim_fault_rule *rule = &order->rule;
        const char *name = fault_points[order->point].name;

        if (order->point == FAULT_SPURIOUS_INTERRUPT && order->behind == 0)
                return diag_set(diag, what, 0, 0,
                                "'%s' by time is no crossing of anything: it needs a 'behind'",
                                name);
        if (rule->nth[0] != 0 || rule->every != 0 || rule->times != 0 || rule->uncertain)
                return diag_set(diag, what, 0, 0,
                                "exploring tries every time: of a rule, only 'from', 'until' and "
                                "'while'");
        if (has(points, order->point))
                return diag_set(diag, what, 0, 0, "'%s' is named twice", name);
        return 0;
}

int explore_points_add(struct explore_points *points, const char *text, const char *what,
                       struct diag *diag)
{
        struct scenario *scenario;
        struct fault_order order;
        size_t size;
        char *document = NULL;
        FILE *to = open_memstream(&document, &size);
        int result;

        sim_assert(to != NULL);
        fprintf(to, strchr(text, ':') != NULL ? "faults: [{%s}]\n" : "faults: [%s]\n", text);
        fclose(to);
        result = scenario_parse_text(document, size, what, &scenario, diag);
        free(document);
        if (result < 0)
                return -1;
        if (scenario->fault_count != 1) {
                scenario_free(scenario);
                return diag_set(diag, what, 0, 0, "one fault at a time");
        }
        order = scenario->faults[0];
        scenario_free(scenario);
        if (check(points, &order, what, diag) < 0)
                return -1;
        order.asked = true;
        points->orders[points->count] = order;
        points->optional[points->count] = false;
        points->texts[points->count] = strdup(text);
        sim_assert(points->texts[points->count] != NULL);
        points->count++;
        return 0;
}

static int add_name(struct explore_points *points, const char *name, const char *what,
                    struct diag *diag)
{
        char text[TEXT_SIZE];

        for (unsigned i = 0; i < FAULT_POINTS; i++)
                if (keys[i] != NULL && strcmp(fault_points[i].name, name) == 0) {
                        snprintf(text, sizeof text, "%s: {%s}", name, keys[i]);
                        name = text;
                        break;
                }
        return explore_points_add(points, name, what, diag);
}

/* Those that are there already stay as they are. */
static void add_optional(struct explore_points *points, enum fault_point point)
{
        struct diag diag = { .line = 0 };

        if (has(points, point))
                return;
        if (add_name(points, fault_points[point].name, "", &diag) < 0)
                sim_assert(false);
        points->optional[points->count - 1] = true;
}

void explore_points_add_lost(struct explore_points *points)
{
        add_optional(points, FAULT_LOSE_INTERRUPT);
        add_optional(points, FAULT_LOSE_NOTIFICATION);
        add_optional(points, FAULT_LOSE_TIMER);
}

int explore_points_add_names(struct explore_points *points, const char *names, const char *what,
                             struct diag *diag)
{
        char *copy = strdup(names), *rest = copy, *name;
        int result = 0;

        sim_assert(copy != NULL);
        while (result == 0 && (name = strsep(&rest, ",")) != NULL) {
                if (strcmp(name, "all") != 0) {
                        result = add_name(points, name, what, diag);
                        continue;
                }
                for (unsigned i = 0; i < FAULT_POINTS; i++)
                        add_optional(points, (enum fault_point)i);
        }
        free(copy);
        return result;
}

static bool arms(const struct scenario *scenario, enum fault_point point)
{
        for (size_t i = 0; i < scenario->fault_count; i++)
                if (scenario->faults[i].point == point)
                        return true;
        for (size_t i = 0; i < scenario->step_count; i++)
                if (scenario->steps[i].verb == SCENARIO_FAULT &&
                    scenario->steps[i].fault.point == point)
                        return true;
        return false;
}

int explore_points_fit(struct explore_points *points, const struct scenario *scenario,
                       struct diag *diag)
{
        size_t kept = 0;

        for (size_t i = 0; i < points->count; i++)
                if (!points->optional[i] && arms(scenario, points->orders[i].point))
                        return diag_set(diag, scenario->path, 0, 0,
                                        "it arms '%s' itself, so this cannot be explored",
                                        fault_points[points->orders[i].point].name);
        for (size_t i = 0; i < points->count; i++) {
                if (arms(scenario, points->orders[i].point)) {
                        free(points->texts[i]);
                        continue;
                }
                points->orders[kept] = points->orders[i];
                points->optional[kept] = points->optional[i];
                points->texts[kept++] = points->texts[i];
        }
        points->count = kept;
        return 0;
}

void explore_points_fini(struct explore_points *points)
{
        for (size_t i = 0; i < points->count; i++)
                free(points->texts[i]);
}

char *explore_points_entry(const struct explore_points *points, size_t index, const char *nth)
{
        const char *text = points->texts[index], *end = strrchr(text, '}');
        size_t size;
        char *entry = NULL;
        FILE *to = open_memstream(&entry, &size);

        sim_assert(to != NULL);
        if (end != NULL)
                fprintf(to, "{%.*s%snth: [%s]}}", (int)(end - text), text,
                        strchr("{ ", end[-1]) != NULL ? "" : ", ", nth);
        else
                fprintf(to, "{%s: {nth: [%s]}}", text, nth);
        fclose(to);
        return entry;
}
