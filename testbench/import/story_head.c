// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include "testbench/import/story_priv.h"

static void left_out(const struct session *session, FILE *to)
{
        const char *separator = "# Left out: ";

        json_object_object_foreach(session->left_out, name, count)
        {
                json_object *text = json_object_new_string(name);

                fprintf(to, "%s%s (%" PRId64 ")", separator, story_json(text),
                        json_object_get_int64(count));
                json_object_put(text);
                separator = ",\n#   ";
        }
        if (json_object_object_length(session->left_out) > 0)
                fputs(".\n", to);
}

static const char *profile(const struct session *session)
{
        if (session->version_major >= 10)
                return "qemu-10.0";
        return session->version_major == 1 ? "qemu-1.4" : "qemu-7.2";
}

static void balloon(json_object *properties, FILE *to)
{
        const char *separator = "";

        fputs("  balloon: {", to);
        json_object_object_foreach(properties, key, value)
        {
                json_object *name = json_object_new_string(key);

                fprintf(to, "%s%s: ", separator, story_word(name));
                fputs(story_word(value), to);
                json_object_put(name);
                separator = ", ";
        }
        fputs("}\n", to);
}

static bool has_driver(const struct session *session)
{
        for (size_t i = 0; i < session->item_count; i++)
                if (session->items[i].kind == SESSION_PROBE)
                        return true;
        return false;
}

static void migrations(const struct session *session, FILE *to)
{
        fputs("  migration: [", to);
        for (size_t i = 0; i < session->migration_count; i++)
                fprintf(to, "%s%" PRId64 " us", i > 0 ? ", " : "", session->migrations_us[i]);
        fputs("]\n", to);
}

static void machine(const struct session *session, FILE *to)
{
        bool mib = session->ram_bytes % (1 << 20) == 0;

        fprintf(to,
                "machine:\n"
                "  type: %s\n"
                "  ram: %" PRId64 " %s\n",
                session->machine_type, session->ram_bytes >> (mib ? 20 : 10), mib ? "MiB" : "KiB");
        if (session->root_port)
                fputs("  bus: root-port\n", to);
        if (session->migration_count > 0)
                migrations(session, to);
        if (session->balloon)
                balloon(session->balloon, to);
        else
                fputs("  balloon: none\n", to);
        if (!session->balloon && !has_driver(session)) {
                fputs("guest:\n"
                      "  driver: none\n",
                      to);
                return;
        }
        fputs("guest:\n"
              "  driver: linux\n"
              "  probe: never\n"
              "  balloon: by-hand\n",
              to);
}
void story_header(const struct story *story)
{
        const struct session *session = story->session;
        json_object *named = json_object_new_string(session->name);
        const char *name = story_word(named);
        FILE *to = story->to;

        fprintf(to,
                "# Made by `ballast import` from the recorded session %s: what a real guest and\n"
                "# a real QEMU did. Times count from the machine's start; docs/import.md says "
                "what\n"
                "# was kept. Jitter of this recording: %" PRId64 " us, from %zu samples.\n",
                name, session->jitter_us, session->jitter_samples);
        left_out(session, to);
        fprintf(to,
                "scenario: %s\n"
                "profile: %s\n"
                "epoch: %" PRId64 ".%06" PRId64 "\n"
                "qmp-greeting: %s\n"
                "in-order: on\n",
                name, profile(session), session->epoch_us / 1000000, session->epoch_us % 1000000,
                session->greeting ? "on" : "off");
        json_object_put(named);
        machine(session, to);
        fputs("watch: [poll, qmp-event, inflate, deflate]\ntimeline:\n", to);
}
