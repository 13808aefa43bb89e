// SPDX-License-Identifier: MIT
/* A controller's own test: a machine in the process, polled through its monitor. */
#include <stdio.h>
#include <string.h>

#include "testbench/machine/machine.h"

static void print_line(void *owner, const char *bytes, size_t size)
{
        (void)owner;
        fwrite(bytes, 1, size, stdout);
}

static void send(struct machine *machine, const char *command)
{
        machine_qmp(machine, command, strlen(command));
}

int main(void)
{
        struct machine_options options = {
                .epoch_us = 1358529857000000,
                .ram_bytes = UINT64_C(1) << 30,
                .balloon_id = "balloon0",
                .properties = balloon_properties_default,
                .guest = { .answer_after = SIM_US(300) },
                .qmp_output = print_line,
        };
        struct machine *machine;

        options.guest.stats.reported[VIRTIO_BALLOON_S_MEMFREE] = true;
        options.guest.stats.values[VIRTIO_BALLOON_S_MEMFREE] = 844943360;
        machine = machine_new(&options);
        machine_power_on(machine);
        send(machine, "{\"execute\": \"qom-set\", \"arguments\": {\"path\": "
                      "\"/machine/peripheral/balloon0\", \"property\": "
                      "\"guest-stats-polling-interval\", \"value\": 2}}");
        sim_kernel_run_until(machine_kernel(machine), SIM_S(5));
        send(machine, "{\"execute\": \"qom-get\", \"arguments\": {\"path\": "
                      "\"/machine/peripheral/balloon0\", \"property\": \"guest-stats\"}}");
        machine_free(machine);
        return 0;
}
