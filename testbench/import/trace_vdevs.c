// SPDX-License-Identifier: MIT
#include "testbench/import/trace_vdevs.h"

#include <string.h>

#include "testbench/import/lines.h"

/* Copies the word after "key"; false: it is not there, or longer than an address. */
static bool word_of(const char *arguments, const char *key, char *word, size_t size)
{
        const char *found = strstr(arguments, key);
        size_t length;

        if (!found)
                return false;
        found += strlen(key);
        length = strcspn(found, " ");
        if (length == 0 || length >= size)
                return false;
        memcpy(word, found, length);
        word[length] = '\0';
        return true;
}

static bool listed(const struct trace_vdevs *vdevs, const char *address)
{
        for (size_t i = 0; i < vdevs->count; i++)
                if (strcmp(vdevs->addresses[i], address) == 0)
                        return true;
        return false;
}

static void add(struct trace_vdevs *vdevs, const char *address)
{
        if (*address && !listed(vdevs, address) && vdevs->count < TRACE_VDEVS_MAX)
                memcpy(vdevs->addresses[vdevs->count++], address, 32);
}

bool trace_vdevs_have(const struct trace_vdevs *vdevs, const char *arguments)
{
        char address[32];

        return vdevs->count == 0 ||
               (word_of(arguments, "vdev ", address, sizeof address) && listed(vdevs, address));
}

static bool begins(const char *line, const char *word)
{
        return strncmp(line, word, strlen(word)) == 0;
}

struct search {
        struct trace_vdevs sure, likely;
        char last[32]; /* the device of the last status or notification */
        bool started;  /* that was a driver's last step of starting */
};

/*
 * A target is given to the balloon itself; and a driver that has just started reads
 * the configuration of its own device. Where the log has neither, the balloon is
 * the device that the guest last dealt with before it read or wrote a balloon's
 * configuration.
 */
static void look(struct search *search, const char *name)
{
        char address[32], status[8];

        if (begins(name, "virtio_set_status ") || begins(name, "virtio_queue_notify ")) {
                if (!word_of(name, "vdev ", address, sizeof address))
                        return;
                memcpy(search->last, address, sizeof address);
                search->started = word_of(name, " val ", status, sizeof status) &&
                                  (strcmp(status, "15") == 0 || strcmp(status, "7") == 0);
        } else if (begins(name, "virtio_balloon_get_config ") ||
                   begins(name, "virtio_balloon_set_config ")) {
                add(search->started ? &search->sure : &search->likely, search->last);
        } else if (begins(name, "balloon_event ") &&
                   word_of(name, "opaque ", address, sizeof address))
                add(&search->sure, address);
}

int trace_vdevs_read(const char *folder, struct trace_vdevs *vdevs, struct diag *diag)
{
        struct lines *lines = lines_open(folder, "trace.log", diag);
        struct search search = { .started = false };
        char *line;
        int result;

        if (!lines)
                return -1;
        while ((result = lines_next(lines, &line, diag)) > 0) {
                const char *name = strchr(line, ':');

                if (name)
                        look(&search, name + 1);
        }
        lines_close(lines);
        *vdevs = search.sure.count > 0 ? search.sure : search.likely;
        return result;
}
