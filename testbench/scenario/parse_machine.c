// SPDX-License-Identifier: MIT
/*
 * machine: and the properties of -device virtio-balloon-pci, by QEMU's names.
 *
 * QEMU: combinations that its realize refuses are refused here in its words
 * (hw/virtio/virtio-balloon.c, virtio-pci.c, virtio-bus.c of 7.2).
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "models/balloon/backing.h"
#include "pci/pci_spec.h"
#include "pci/ram.h"
#include "sim/assert.h"
#include "testbench/device_defaults.h"
#include "testbench/scenario/parse.h"

/* num_pages counts 4 KiB pages in 32 bits. */
#define RAM_BYTES_MIN (INT64_C(1) << 20)
#define RAM_BYTES_MAX (INT64_C(1) << 44)

static int read_ram(struct parse *parse, const struct yaml_node *node, void *to)
{
        int64_t bytes;

        if (schema_size(parse, node, &bytes) < 0)
                return -1;
        if (bytes < RAM_BYTES_MIN || bytes >= RAM_BYTES_MAX || bytes % RAM_PAGE_SIZE_BYTES != 0)
                return schema_fail(parse, node,
                                   "RAM is a multiple of 4 KiB, from 1 MiB to below 16384 GiB");
        *(uint64_t *)to = (uint64_t)bytes;
        return 0;
}

/* Before the balloon's properties are read. */
static void use_defaults(struct scenario *scenario)
{
        device_defaults(scenario->machine_type, scenario->root_port && scenario->profile->modern,
                        scenario->profile, &scenario->properties, &scenario->transport);
}

static int read_backing_page(struct parse *parse, const struct yaml_node *node, void *to)
{
        int64_t bytes;

        if (schema_size(parse, node, &bytes) < 0)
                return -1;
        if (bytes < RAM_PAGE_SIZE_BYTES || bytes > BALLOON_BACKING_PAGE_BYTES_MAX ||
            (bytes & (bytes - 1)) != 0)
                return schema_fail(parse, node,
                                   "a page of the host is a power of two, from 4 KiB to 1 GiB");
        /* QEMU: a memory backend is whole pages of its own size. */
        if (parse->scenario->ram_bytes % (uint64_t)bytes != 0)
                return schema_fail(parse, node, "RAM is no multiple of the host's page");
        *(uint32_t *)to = (uint32_t)bytes;
        return 0;
}

static int read_type(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const char *const names[] = { "q35", "pc", "pc-i440fx-2.6" };
        char **type = to;
        int index = schema_choice(parse, node, "'q35', 'pc' or 'pc-i440fx-2.6'", names,
                                  SCHEMA_COUNT(names));

        if (index < 0)
                return -1;
        free(*type);
        *type = strdup(names[index]);
        sim_assert(*type != NULL);
        use_defaults(parse->scenario);
        return 0;
}

/* Read behind the type. */
static int read_bus(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const char *const names[] = { "root", "root-port" };
        int index = schema_choice(parse, node, "'root' or 'root-port'", names, SCHEMA_COUNT(names));

        if (index < 0)
                return -1;
        *(bool *)to = index == 1;
        if (index == 1 && strcmp(parse->scenario->machine_type, "q35") != 0)
                return schema_fail(parse, node, "Ballast has a root port on q35 only");
        use_defaults(parse->scenario);
        return 0;
}

/* QEMU util/id.c, id_wellformed. */
static int read_id(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const char tail[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "0123456789-._";
        const char *text = schema_text(parse, node, "an identifier");

        if (text == NULL)
                return -1;
        if (strspn(text, tail) != node->size || strspn(text, "0123456789-._") > 0 || *text == '\0')
                return schema_fail(parse, node,
                                   "Parameter 'id' expects an identifier: letters, digits, '-', "
                                   "'.', '_', starting with a letter");
        return schema_read_string(parse, node, to);
}

static int read_disable_legacy(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const char *const names[] = { "off", "on", "auto" };
        int index = schema_choice(parse, node, "'on', 'off' or 'auto'", names, SCHEMA_COUNT(names));

        if (index < 0)
                return -1;
        /* QEMU: auto is on behind a PCI Express port, off on a root bus. */
        *(bool *)to = index == 1 || (index == 2 && parse->scenario->root_port);
        return 0;
}

static int read_interval(struct parse *parse, const struct yaml_node *node, void *to)
{
        uint64_t seconds;

        if (schema_number(parse, node, UINT32_MAX, &seconds) < 0)
                return -1;
        *(uint32_t *)to = (uint32_t)seconds;
        return 0;
}

/* QEMU: more than MSI-X can have is a warning there, and then there are none. */
static int read_vectors(struct parse *parse, const struct yaml_node *node, void *to)
{
        uint64_t count;

        if (!parse->scenario->profile->modern)
                return schema_fail(parse, node, "Property 'virtio-balloon-pci.vectors' not found");
        if (schema_number(parse, node, PCI_MSIX_VECTORS_MAX, &count) < 0)
                return -1;
        *(uint16_t *)to = (uint16_t)count;
        return 0;
}

/* An iothread has no effect that this device shows; its name has to be there for hints. */
static int read_iothread(struct parse *parse, const struct yaml_node *node, void *to)
{
        (void)to;
        return schema_text(parse, node, "the name of an iothread") != NULL ? 0 : -1;
}

static int read_reporting_queue(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const char *const names[] = { "qemu", "spec" };
        int index = schema_choice(parse, node, "'qemu' or 'spec'", names, SCHEMA_COUNT(names));

        if (index < 0)
                return -1;
        *(bool *)to = index == 1;
        return 0;
}

enum { BALLOON_HINT = 2, BALLOON_MODERN = 7, BALLOON_IOMMU = 8, BALLOON_IOTHREAD = 9 };

#define PROPERTY(field) offsetof(struct scenario, properties.field)
#define TRANSPORT(field) offsetof(struct scenario, transport.field)

static const struct schema_key balloon_keys[] = {
        { "id", read_id, offsetof(struct scenario, balloon_id), false },
        { "deflate-on-oom", schema_read_on_off, PROPERTY(deflate_on_oom), false },
        [BALLOON_HINT] = { "free-page-hint", schema_read_on_off, PROPERTY(free_page_hint), false },
        { "free-page-reporting", schema_read_on_off, PROPERTY(free_page_reporting), false },
        { "page-poison", schema_read_on_off, PROPERTY(page_poison), false },
        { "guest-stats-polling-interval", read_interval, PROPERTY(guest_stats_polling_interval_s),
          false },
        { "disable-legacy", read_disable_legacy, TRANSPORT(disable_legacy), false },
        [BALLOON_MODERN] = { "disable-modern", schema_read_on_off, TRANSPORT(disable_modern),
                             false },
        [BALLOON_IOMMU] = { "iommu_platform", schema_read_on_off, PROPERTY(iommu_platform), false },
        [BALLOON_IOTHREAD] = { "iothread", read_iothread, 0, false },
        { "event_idx", schema_read_on_off, PROPERTY(event_idx), false },
        { "indirect_desc", schema_read_on_off, PROPERTY(indirect_desc), false },
        { "queue_reset", schema_read_on_off, PROPERTY(queue_reset), false },
        { "packed", schema_read_on_off, PROPERTY(packed), false },
        { "notify_on_empty", schema_read_on_off, PROPERTY(notify_on_empty), false },
        { "any_layout", schema_read_on_off, PROPERTY(any_layout), false },
        { "qemu-4-0-config-size", schema_read_on_off, PROPERTY(qemu_4_0_config_size), false },
        { "reporting-queue", read_reporting_queue, PROPERTY(reporting_queue_spec), false },
        { "page-per-vq", schema_read_on_off, TRANSPORT(page_per_vq), false },
        { "modern-pio-notify", schema_read_on_off, TRANSPORT(modern_pio_notify), false },
        { "x-disable-pcie", schema_read_on_off, TRANSPORT(x_disable_pcie), false },
        { "aer", schema_read_on_off, TRANSPORT(aer), false },
        { "ats", schema_read_on_off, TRANSPORT(ats), false },
        { "vectors", read_vectors, TRANSPORT(vectors), false },
};
static const struct schema balloon_schema = { "the balloon", balloon_keys,
                                              SCHEMA_COUNT(balloon_keys) };

static int check_combinations(struct parse *parse, const struct yaml_node *node,
                              const struct yaml_node *const *found)
{
        const struct scenario *scenario = parse->scenario;
        bool modern = !scenario->transport.disable_modern && scenario->profile->modern != 0;

        if (scenario->transport.disable_legacy && !modern)
                return schema_fail(
                        parse, found[BALLOON_MODERN] != NULL ? found[BALLOON_MODERN] : node,
                        "device cannot work as neither modern nor legacy mode is enabled: "
                        "Set either disable-modern or disable-legacy to off");
        if (scenario->properties.free_page_hint && found[BALLOON_IOTHREAD] == NULL)
                return schema_fail(parse, found[BALLOON_HINT],
                                   "'free-page-hint' requires 'iothread' to be set");
        if (scenario->properties.iommu_platform && !scenario->transport.disable_legacy)
                return schema_fail(parse, found[BALLOON_IOMMU],
                                   "VIRTIO_F_IOMMU_PLATFORM was supported by neither legacy nor "
                                   "transitional device");
        return 0;
}

static int read_balloon(struct parse *parse, const struct yaml_node *node, void *to)
{
        const struct yaml_node *found[SCHEMA_KEYS_MAX];
        static const char *const none[] = { "none" };

        if (node->kind == YAML_SCALAR) {
                if (schema_choice(parse, node, "'none' or a mapping of properties", none, 1) < 0)
                        return -1;
                parse->scenario->no_balloon = true;
                return 0;
        }
        if (schema_match(parse, node, &balloon_schema, found) < 0 ||
            schema_read_found(parse, &balloon_schema, found, to) < 0)
                return -1;
        return check_combinations(parse, node, found);
}

static int read_migration(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct host_migrations *migrations = to;

        if (migrations->count == HOST_MIGRATIONS_MAX)
                return schema_fail(parse, node, "at most %u migrations have a time of their own",
                                   HOST_MIGRATIONS_MAX);
        if (node->kind == YAML_SCALAR && strcmp(node->text, "never") == 0) {
                migrations->takes[migrations->count++] = SIM_TIME_NEVER;
                return 0;
        }
        return schema_read_time(parse, node, &migrations->takes[migrations->count++]);
}

static int read_migrations(struct parse *parse, const struct yaml_node *node, void *to)
{
        if (node->kind == YAML_SEQUENCE)
                return schema_each(parse, node, "a list of times", read_migration, to);
        return read_migration(parse, node, to);
}

static const struct schema_key machine_keys[] = {
        { "ram", read_ram, offsetof(struct scenario, ram_bytes), false },
        { "slots", parse_slots, 0, false },
        { "max-ram", parse_max_ram, 0, false },
        { "dimms", parse_dimms, 0, false },
        { "type", read_type, offsetof(struct scenario, machine_type), false },
        { "backing-page", read_backing_page, offsetof(struct scenario, backing_page_bytes), false },
        { "vga", schema_read_on_off, offsetof(struct scenario, vga), false },
        { "bus", read_bus, offsetof(struct scenario, root_port), false },
        { "migration", read_migrations, offsetof(struct scenario, migrations), false },
        { "balloon", read_balloon, 0, false },
};
static const struct schema machine_schema = { "the machine", machine_keys,
                                              SCHEMA_COUNT(machine_keys) };

int parse_machine(struct parse *parse, const struct yaml_node *node, void *to)
{
        if (schema_read(parse, node, &machine_schema, to) < 0)
                return -1;
        return parse_check_slots(parse, node);
}
