// SPDX-License-Identifier: MIT
#include "testbench/scenario/journal_tail.h"

#include <string.h>

#include "sim/assert.h"

static _Thread_local const struct journal_tail *current;

void journal_tail_add(struct journal_tail *tail, const char *line, size_t length)
{
        static const char cut[] = "...";
        char *to = tail->lines[tail->next];

        if (length < RUN_LINE_SIZE) {
                memcpy(to, line, length);
                to[length] = '\0';
        } else {
                memcpy(to, line, RUN_LINE_SIZE - sizeof cut);
                memcpy(to + RUN_LINE_SIZE - sizeof cut, cut, sizeof cut);
        }
        tail->next = (tail->next + 1) % RUN_TAIL_LINES;
        if (tail->count < RUN_TAIL_LINES)
                tail->count++;
}

unsigned journal_tail_count(const struct journal_tail *tail)
{
        return tail->count;
}

const char *journal_tail_line(const struct journal_tail *tail, unsigned index)
{
        sim_assert(index < tail->count);
        return tail->lines[(tail->next + RUN_TAIL_LINES - tail->count + index) % RUN_TAIL_LINES];
}

void journal_tail_set_current(const struct journal_tail *tail)
{
        current = tail;
}

const struct journal_tail *journal_tail_current(void)
{
        return current;
}
