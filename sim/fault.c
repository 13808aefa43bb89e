// SPDX-License-Identifier: MIT
#include "sim/fault.h"

#include <stddef.h>

#include "sim/assert.h"

/* Each looks at one part of the rule; a part that is not given holds. crossed counts this one. */
typedef bool condition_fn(struct sim_fault *fault);

static bool is_nth(struct sim_fault *fault)
{
        const uint64_t *nth = fault->rule.nth;
        unsigned i = 0;

        while (i < SIM_FAULT_NTH_MAX && nth[i] != 0 && nth[i] < fault->crossed)
                i++;
        return nth[0] == 0 || (i < SIM_FAULT_NTH_MAX && nth[i] == fault->crossed);
}

static bool is_every(struct sim_fault *fault)
{
        return fault->rule.every == 0 || fault->crossed % fault->rule.every == 0;
}

static bool is_left(struct sim_fault *fault)
{
        return fault->rule.times == 0 || fault->fired < fault->rule.times;
}

static bool is_drawn(struct sim_fault *fault)
{
        return !fault->rule.uncertain ||
               sim_rng_below(&fault->rng, SIM_FAULT_CERTAIN) < fault->rule.per_billion;
}

/* In this order: the draw is the last, so that a crossing that cannot fire leaves the stream alone.
 */
static condition_fn *const conditions[] = { is_nth, is_every, is_left, is_drawn };

void sim_fault_init(struct sim_fault *fault, const struct sim_fault_rule *rule,
                    const struct sim_rng *rng)
{
        sim_assert(rule->per_billion <= SIM_FAULT_CERTAIN);
        *fault = (struct sim_fault){ .rule = *rule, .rng = *rng };
}

bool sim_fault_crosses(struct sim_fault *fault, sim_time_t now)
{
        if (now < fault->rule.from || (fault->rule.until != 0 && now >= fault->rule.until))
                return false;
        fault->crossed++;
        for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++)
                if (!conditions[i](fault))
                        return false;
        fault->fired++;
        return true;
}

static uint64_t last_nth(const struct sim_fault_rule *rule)
{
        unsigned last = SIM_FAULT_NTH_MAX - 1;

        while (last > 0 && rule->nth[last] == 0)
                last--;
        return rule->nth[last];
}

bool sim_fault_spent(const struct sim_fault *fault, sim_time_t now)
{
        const struct sim_fault_rule *rule = &fault->rule;

        return (rule->until != 0 && now >= rule->until) ||
               (rule->nth[0] != 0 && fault->crossed >= last_nth(rule)) ||
               (rule->times != 0 && fault->fired >= rule->times);
}
