// SPDX-License-Identifier: MIT
#include "models/guest/tests/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void hear(void *owner, const struct sim_record *record)
{
        struct fixture *fixture = owner;

        if (strcmp(record->kind->name, "guest-error") != 0)
                return;
        fixture->errors++;
        snprintf(fixture->last_error, sizeof fixture->last_error, "%s", record->values[0].text);
}

void fixture_init(struct fixture *fixture)
{
        memset(fixture, 0, sizeof *fixture);
        fake_init(&fixture->fake);
        fixture->kernel = sim_kernel_new(NULL);
        fixture->clock = sim_clock_new(fixture->kernel);
        sim_journal_init(&fixture->journal, fixture->kernel);
        fixture->listener = (struct sim_listener){ .record = hear, .owner = fixture };
        sim_journal_subscribe(&fixture->journal, &fixture->listener);
        fixture->port = fake_port(&fixture->fake);
        fixture->options = (struct guest_options){
                .driver = GUEST_DRIVER_LINUX,
                .port = &fixture->port,
                .kernel = fixture->kernel,
                .clock = fixture->clock,
                .journal = &fixture->journal,
                .ram_bytes = FAKE_RAM_BYTES,
                .ram_low_bytes = FAKE_RAM_BYTES,
                .answer_after = SIM_US(100),
        };
        for (unsigned tag = 0; tag <= VIRTIO_BALLOON_S_HTLB_PGFAIL; tag++) {
                fixture->options.stats.reported[tag] = true;
                fixture->options.stats.values[tag] = 1000 + tag;
        }
}

void fixture_power_on(struct fixture *fixture)
{
        fixture->guest = guest_new(&fixture->options);
        fixture_run(fixture, sim_kernel_now(fixture->kernel));
}

void fixture_run(struct fixture *fixture, sim_time_t until)
{
        if (sim_kernel_run_until(fixture->kernel, until) != SIM_RUN_DONE)
                abort();
}

void fixture_fini(struct fixture *fixture)
{
        guest_free(fixture->guest);
        sim_journal_unsubscribe(&fixture->journal, &fixture->listener);
        sim_clock_free(fixture->clock);
        sim_kernel_free(fixture->kernel);
        fake_fini(&fixture->fake);
}
