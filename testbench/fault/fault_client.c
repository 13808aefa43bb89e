// SPDX-License-Identifier: MIT
#include "testbench/fault/fault_client.h"

#include <stdio.h>

#define DETAIL_SIZE 64

static void come_back(void *owner)
{
        struct fault_client *client = owner;

        client->away = false;
        client->options.connect(client->options.owner);
}

void fault_client_init(struct fault_client *client, const struct fault_client_options *options)
{
        *client = (struct fault_client){ .options = *options };
        sim_event_init(&client->back, options->kernel, "qmp/client", come_back, client);
}

void fault_client_fini(struct fault_client *client)
{
        sim_event_cancel(&client->back);
        sim_event_fini(&client->back);
}

void fault_client_arrived(struct fault_client *client)
{
        sim_event_cancel(&client->back);
        client->away = false;
}

bool fault_client_reconnect(struct fault_client *client, sim_time_t after)
{
        if (client->away)
                return false;
        client->options.hang_up(client->options.owner);
        client->away = true;
        if (after == 0)
                come_back(client);
        else
                sim_event_schedule_at(&client->back,
                                      sim_time_add(sim_kernel_now(client->options.kernel), after));
        return true;
}

/* How much of a command arrives: all of it, but for a fault. */
static size_t arrives(struct fault_client *client, size_t size)
{
        struct faults *faults = client->options.faults;
        const struct fault_order *order = faults_armed(faults, FAULT_QMP_DISCONNECT);
        char detail[DETAIL_SIZE];
        size_t part;

        if (order == NULL || order->bytes >= size)
                return size;
        part = order->bytes != 0 ? (size_t)order->bytes : size / 2;
        snprintf(detail, sizeof detail, "%zu of %zu bytes", part, size);
        return faults_fire(faults, FAULT_QMP_DISCONNECT, detail) ? part : size;
}

bool fault_client_say(struct fault_client *client, const char *bytes, size_t size)
{
        size_t part;

        if (client->away)
                return false;
        part = arrives(client, size);
        client->options.say(client->options.owner, bytes, part);
        if (part == size)
                return true;
        /* The order stands there still, if it is armed no more. */
        fault_client_reconnect(client,
                               client->options.faults->armed[FAULT_QMP_DISCONNECT].order.by);
        return false;
}
