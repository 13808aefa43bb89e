// SPDX-License-Identifier: MIT
#include "testbench/import/trace_vdevs.h"

#include <string.h>

#include "testbench/import/lines.h"

/* Copies the word after "key"; false: it is not there, or longer than an address. */
static bool word_of(const char *arguments, const char *key, char word[32])
{
        const char *found = strstr(arguments, key);
        size_t length;

        if (!found)
                return false;
        found += strlen(key);
        length = strcspn(found, " ");
        if (length == 0 || length >= 32)
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
               (word_of(arguments, "vdev ", address) && listed(vdevs, address));
}

/*
 * A device whose status was written or whose queue was notified, and the next such
 * line's predecessor reads or writes a balloon's configuration, is that balloon: the
 * guest does both on one processor. And a target is given to the balloon itself.
 */
int trace_vdevs_read(const char *folder, struct trace_vdevs *vdevs, struct diag *diag)
{
        struct lines *lines = lines_open(folder, "trace.log", diag);
        char *line, last[32] = "", address[32];
        int result;

        *vdevs = (struct trace_vdevs){ .count = 0 };
        if (!lines)
                return -1;
        while ((result = lines_next(lines, &line, diag)) > 0) {
                const char *name = strchr(line, ':');

                if (!name)
                        continue;
                name++;
                if (strncmp(name, "virtio_set_status ", 18) == 0 ||
                    strncmp(name, "virtio_queue_notify ", 20) == 0) {
                        if (word_of(name, "vdev ", address))
                                memcpy(last, address, sizeof last);
                } else if (strncmp(name, "virtio_balloon_", 15) == 0 &&
                           strncmp(name, "virtio_balloon_to_target", 24) != 0)
                        add(vdevs, last);
                else if (strncmp(name, "balloon_event ", 14) == 0 &&
                         word_of(name, "opaque ", address))
                        add(vdevs, address);
        }
        lines_close(lines);
        return result;
}
