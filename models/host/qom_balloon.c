// SPDX-License-Identifier: MIT
/*
 * The balloon's properties: names, types and order as qom-list of QEMU 7.2 on
 * q35 gives them, on the PCI device and on the virtio device behind it. What the
 * PCI device shows of the other is an alias, and errors name the other's type.
 */
#include <string.h>

#include "models/host/qmp_json.h"
#include "models/host/qom.h"
#include "sim/assert.h"

enum access {
        READ_ONLY,
        NOTHING,  /* neither read nor written: left over from an older property */
        FIXED,    /* given on the command line; once realized, it stays */
        REALIZED, /* "realized" itself */
        LINK,     /* "iothread" */
        INTERVAL,
        ALIAS, /* the virtio device's */
};

/* Where a value comes from; the constants are those of a realized device. */
enum source {
        NO_SOURCE,
        TYPE,
        FALSE,
        TRUE,
        ZERO,
        ONE,
        ROM_SIZE,
        EMPTY_STRING,
        PARENT_BUS,
        HOTPLUGGED,
        HOTPLUGGABLE,
        IS_REALIZED,
        ADDRESS,
        LEGACY_ADDRESS,
        DISABLE_LEGACY,
        CHILD,        /* the path below this object */
        LEGACY_CHILD, /* the same, there with the legacy interface only */
        MODERN_CHILD,
        PIO_CHILD, /* of modern notifications by port */
        MSIX_CHILD,
        BACKEND,
        OPTION,      /* a bool of struct balloon_properties */
        TRANSPORT,   /* a bool of struct vpci_properties */
        NEW_MACHINE, /* on but for old machine types: hw/core/machine.c, hw_compat_* */
        OLD_MACHINE, /* the other way around */
        VECTORS,     /* known from 10.0 on, or where it was given */
        POLLING_INTERVAL,
        STATISTICS,
};

struct qom_property {
        const char *name, *type;
        enum access access;
        enum source source;
        size_t option; /* the offset of OPTION or TRANSPORT */
};

#define OPTION_OF(field) OPTION, offsetof(struct balloon_properties, field)
#define TRANSPORT_OF(field) TRANSPORT, offsetof(struct vpci_properties, field)

static const struct qom_property pci_properties[] = {
        { "type", "string", READ_ONLY, TYPE, 0 },
        { "parent_bus", "link<bus>", READ_ONLY, PARENT_BUS, 0 },
        { "realized", "bool", REALIZED, IS_REALIZED, 0 },
        { "hotplugged", "bool", READ_ONLY, HOTPLUGGED, 0 },
        { "hotpluggable", "bool", READ_ONLY, HOTPLUGGABLE, 0 },
        { "failover_pair_id", "str", FIXED, EMPTY_STRING, 0 },
        { "romfile", "str", FIXED, EMPTY_STRING, 0 },
        { "addr", "int32", FIXED, ADDRESS, 0 },
        { "romsize", "uint32", FIXED, ROM_SIZE, 0 },
        { "x-pcie-lnksta-dllla", "bool", FIXED, TRUE, 0 },
        { "rombar", "uint32", FIXED, ONE, 0 },
        { "x-pcie-extcap-init", "bool", FIXED, NEW_MACHINE, 0 },
        { "acpi-index", "uint32", FIXED, ZERO, 0 },
        { "multifunction", "bool", FIXED, FALSE, 0 },
        { "legacy-addr", "str", READ_ONLY, LEGACY_ADDRESS, 0 },
        { "migrate-extra", "bool", FIXED, TRUE, 0 },
        { "ats", "bool", FIXED, TRANSPORT_OF(ats) },
        { "x-ignore-backend-features", "bool", FIXED, OLD_MACHINE, 0 },
        { "x-pcie-pm-init", "bool", FIXED, NEW_MACHINE, 0 },
        { "aer", "bool", FIXED, TRANSPORT_OF(aer) },
        { "x-pcie-flr-init", "bool", FIXED, NEW_MACHINE, 0 },
        { "x-pcie-lnkctl-init", "bool", FIXED, NEW_MACHINE, 0 },
        { "x-ats-page-aligned", "bool", FIXED, NEW_MACHINE, 0 },
        { "page-per-vq", "bool", FIXED, TRANSPORT_OF(page_per_vq) },
        { "x-pcie-deverr-init", "bool", FIXED, NEW_MACHINE, 0 },
        { "virtio-pci-bus-master-bug-migration", "bool", FIXED, FALSE, 0 },
        { "modern-pio-notify", "bool", FIXED, TRANSPORT_OF(modern_pio_notify) },
        { "x-disable-pcie", "bool", FIXED, TRANSPORT_OF(x_disable_pcie) },
        { "vectors", "uint32", FIXED, VECTORS, 0 },
        { "disable-legacy", "OnOffAuto", FIXED, DISABLE_LEGACY, 0 },
        { "disable-modern", "bool", FIXED, TRANSPORT_OF(disable_modern) },
        { .name = "free-page-reporting", .access = ALIAS },
        { .name = "indirect_desc", .access = ALIAS },
        { "virtio-pci-device-virtio-balloon[0]", "child<memory-region>", READ_ONLY, MODERN_CHILD,
          0 },
        { "virtio-pci-io[0]", "child<memory-region>", READ_ONLY, PIO_CHILD, 0 },
        { .name = "iommu_platform", .access = ALIAS },
        { .name = "deflate-on-oom", .access = ALIAS },
        { .name = "use-disabled-flag", .access = ALIAS },
        { .name = "event_idx", .access = ALIAS },
        { "bus master container[0]", "child<memory-region>", READ_ONLY, CHILD, 0 },
        { .name = "page-poison", .access = ALIAS },
        { .name = "guest-stats-polling-interval", .access = ALIAS },
        { .name = "guest-stats", .access = ALIAS },
        { .name = "x-disable-legacy-check", .access = ALIAS },
        { .name = "any_layout", .access = ALIAS },
        { .name = "iothread", .access = ALIAS },
        { .name = "notify_on_empty", .access = ALIAS },
        { "virtio-pci-notify-virtio-balloon[0]", "child<memory-region>", READ_ONLY, MODERN_CHILD,
          0 },
        { .name = "queue_reset", .access = ALIAS },
        { .name = "qemu-4-0-config-size", .access = ALIAS },
        { .name = "packed", .access = ALIAS },
        { .name = "use-started", .access = ALIAS },
        { .name = "free-page-hint", .access = ALIAS },
        { "virtio-pci[1]", "child<memory-region>", READ_ONLY, LEGACY_CHILD, 0 },
        { "virtio-pci-notify-pio-virtio-balloon[0]", "child<memory-region>", READ_ONLY,
          MODERN_CHILD, 0 },
        { "virtio-pci-common-virtio-balloon[0]", "child<memory-region>", READ_ONLY, MODERN_CHILD,
          0 },
        { "msix-pba[0]", "child<memory-region>", READ_ONLY, MSIX_CHILD, 0 },
        { "virtio-pci[0]", "child<memory-region>", READ_ONLY, CHILD, 0 },
        { "virtio-balloon-pci-msix[0]", "child<memory-region>", READ_ONLY, MSIX_CHILD, 0 },
        { "msix-table[0]", "child<memory-region>", READ_ONLY, MSIX_CHILD, 0 },
        { "virtio-pci-isr-virtio-balloon[0]", "child<memory-region>", READ_ONLY, MODERN_CHILD, 0 },
        { "bus master[0]", "child<memory-region>", READ_ONLY, CHILD, 0 },
        { "virtio-bus", "child<virtio-pci-bus>", READ_ONLY, CHILD, 0 },
        { "virtio-backend", "child<virtio-balloon-device>", READ_ONLY, CHILD, 0 },
};

static const struct qom_property backend_properties[] = {
        { "type", "string", READ_ONLY, TYPE, 0 },
        { "parent_bus", "link<bus>", READ_ONLY, PARENT_BUS, 0 },
        { "realized", "bool", REALIZED, IS_REALIZED, 0 },
        { "hotplugged", "bool", READ_ONLY, HOTPLUGGED, 0 },
        { "hotpluggable", "bool", READ_ONLY, FALSE, 0 },
        { "queue_reset", "bool", FIXED, OPTION_OF(queue_reset) },
        { "use-disabled-flag", "bool", FIXED, OPTION_OF(use_disabled_flag) },
        { "packed", "bool", FIXED, OPTION_OF(packed) },
        { "iommu_platform", "bool", FIXED, OPTION_OF(iommu_platform) },
        { "event_idx", "bool", FIXED, OPTION_OF(event_idx) },
        { "x-disable-legacy-check", "bool", FIXED, OPTION_OF(x_disable_legacy_check) },
        { "notify_on_empty", "bool", FIXED, OPTION_OF(notify_on_empty) },
        { "any_layout", "bool", FIXED, OPTION_OF(any_layout) },
        { "use-started", "bool", FIXED, OPTION_OF(use_started) },
        { "indirect_desc", "bool", FIXED, OPTION_OF(indirect_desc) },
        { "legacy-iothread", "str", NOTHING, NO_SOURCE, 0 },
        { "iothread", "link<iothread>", LINK, EMPTY_STRING, 0 },
        { "deflate-on-oom", "bool", FIXED, OPTION_OF(deflate_on_oom) },
        { "free-page-hint", "bool", FIXED, OPTION_OF(free_page_hint) },
        { "page-poison", "bool", FIXED, OPTION_OF(page_poison) },
        { "qemu-4-0-config-size", "bool", FIXED, OPTION_OF(qemu_4_0_config_size) },
        { "free-page-reporting", "bool", FIXED, OPTION_OF(free_page_reporting) },
        { "guest-stats-polling-interval", "int", INTERVAL, POLLING_INTERVAL, 0 },
        { "guest-stats", "guest statistics", READ_ONLY, STATISTICS, 0 },
};

static const struct qom_property bus_properties[] = {
        { "type", "string", READ_ONLY, TYPE, 0 },
        { "realized", "bool", REALIZED, IS_REALIZED, 0 },
        { "child[0]", "link<virtio-balloon-device>", READ_ONLY, BACKEND, 0 },
        { "hotplug-handler", "link<hotplug-handler>", READ_ONLY, EMPTY_STRING, 0 },
};

static const struct qom_property *table_of(enum qom_object object, size_t *count)
{
        switch (object) {
        case QOM_BALLOON:
                *count = sizeof pci_properties / sizeof pci_properties[0];
                return pci_properties;
        case QOM_BUS:
                *count = sizeof bus_properties / sizeof bus_properties[0];
                return bus_properties;
        default:
                sim_assert(object == QOM_BACKEND);
                *count = sizeof backend_properties / sizeof backend_properties[0];
                return backend_properties;
        }
}

static bool exists(const struct host_machine *machine, const struct qom_property *property)
{
        const struct vpci_properties *transport = &machine->device.transport;

        switch (property->source) {
        case VECTORS:
                return machine->profile->msix_vectors > 0 || transport->vectors > 0;
        case MSIX_CHILD:
                return transport->vectors > 0;
        case LEGACY_CHILD:
                return !transport->disable_legacy;
        case MODERN_CHILD:
                return !transport->disable_modern;
        case PIO_CHILD:
                return !transport->disable_modern && transport->modern_pio_notify;
        default:
                return true;
        }
}

const struct qom_property *qom_property_find(const struct host_machine *machine,
                                             enum qom_object *object, const char *name)
{
        size_t count;
        const struct qom_property *table = table_of(*object, &count);

        for (size_t i = 0; i < count; i++) {
                if (strcmp(table[i].name, name) != 0 || !exists(machine, &table[i]))
                        continue;
                if (table[i].access != ALIAS)
                        return &table[i];
                *object = QOM_BACKEND;
                return qom_property_find(machine, object, name);
        }
        return NULL;
}

bool qom_property_is_set_once(const struct qom_property *property)
{
        return property->access == FIXED || property->access == LINK ||
               property->access == INTERVAL;
}

void qom_property_list(const struct host_machine *machine, enum qom_object object,
                       json_object *list)
{
        size_t count;
        const struct qom_property *table = table_of(object, &count);

        for (size_t i = 0; i < count; i++) {
                enum qom_object owner = object;
                const struct qom_property *property =
                        qom_property_find(machine, &owner, table[i].name);
                if (property == NULL)
                        continue;
                json_object *entry = qmp_json_object();
                qmp_json_add(entry, "name", qmp_json_string(property->name));
                qmp_json_add(entry, "type", qmp_json_string(property->type));
                json_object_array_add(list, entry);
        }
}

/* ---- reading ---- */

static bool is_q35(const struct host_machine *machine)
{
        return strcmp(machine->machine_type, "q35") == 0;
}

static json_object *get_parent_bus(const struct host_machine *machine, enum qom_object object)
{
        if (object == QOM_BACKEND)
                return qom_path_json(machine, QOM_BUS);
        if (machine->root_port)
                return qmp_json_string("/machine/peripheral/root-port/root-port");
        return qmp_json_string(is_q35(machine) ? "/machine/q35/pcie.0" : "/machine/i440fx/pci.0");
}

/* "SLOT.FUNCTION" in hexadecimal. */
static json_object *get_legacy_address(const struct host_machine *machine)
{
        struct qmp_text text = { 0 };
        json_object *json;

        qmp_text_format(&text, "%02x.0", machine->device.slot);
        json = qmp_json_string(text.bytes);
        qmp_text_fini(&text);
        return json;
}

static json_object *get_child(const struct host_machine *machine, enum qom_object object,
                              const char *name)
{
        struct qmp_text path = { 0 };

        qom_add_path(machine, object, &path);
        qmp_text_format(&path, "/%s", name);
        json_object *json = qmp_json_string(path.bytes);
        qmp_text_fini(&path);
        return json;
}

static bool option_at(const void *properties, size_t offset)
{
        bool value;

        memcpy(&value, (const char *)properties + offset, sizeof value);
        return value;
}

static bool is_old(const struct host_machine *machine)
{
        return strcmp(machine->machine_type, "pc-i440fx-2.6") == 0;
}

json_object *qom_property_get(const struct host_machine *machine, enum qom_object object,
                              const struct qom_property *property, struct qmp_error *error)
{
        const struct balloon *balloon = machine->ops->balloon(machine->self);

        switch (property->source) {
        case TYPE:
                return qom_type_json(machine, object);
        case FALSE:
        case TRUE:
                return qmp_json_bool(property->source == TRUE);
        case ZERO:
        case ONE:
                return json_object_new_int64(property->source == ONE);
        case ROM_SIZE:
                return json_object_new_int64(UINT32_MAX);
        case EMPTY_STRING:
                return qmp_json_string("");
        case PARENT_BUS:
                return get_parent_bus(machine, object);
        case HOTPLUGGABLE: /* pcie.0 of q35 is not a bus for hot plug */
                return qmp_json_bool(!is_q35(machine) || machine->root_port);
        case HOTPLUGGED:
                return qmp_json_bool(machine->device.hotplugged);
        case IS_REALIZED:
                return qmp_json_bool(!machine->device.unrealized);
        case ADDRESS: /* device and function */
                return json_object_new_int64((int64_t)machine->device.slot << 3);
        case LEGACY_ADDRESS:
                return get_legacy_address(machine);
        case VECTORS:
                return json_object_new_int64(machine->device.transport.vectors);
        case DISABLE_LEGACY:
                return qmp_json_string(machine->device.transport.disable_legacy ? "on" : "off");
        case CHILD:
        case LEGACY_CHILD:
        case MODERN_CHILD:
        case PIO_CHILD:
        case MSIX_CHILD:
                return get_child(machine, object, property->name);
        case BACKEND:
                return qom_path_json(machine, QOM_BACKEND);
        case OPTION:
                return qmp_json_bool(option_at(balloon_properties(balloon), property->option));
        case TRANSPORT:
                return qmp_json_bool(option_at(&machine->device.transport, property->option));
        case NEW_MACHINE:
        case OLD_MACHINE:
                return qmp_json_bool(is_old(machine) == (property->source == OLD_MACHINE));
        case POLLING_INTERVAL:
                return json_object_new_int64(balloon_polling_interval_s(balloon));
        case STATISTICS:
                return qom_statistics(balloon, error);
        case NO_SOURCE:
                break;
        }
        qom_property_refuse(machine, object, property->name, "is not readable", error);
        return NULL;
}

/* ---- writing ---- */

static void wrong_type(const struct qom_property *property, const char *expected,
                       struct qmp_error *error)
{
        qmp_error_set(error, QMP_GENERIC_ERROR, "Invalid parameter type for '%s', expected: %s",
                      property->name, expected);
}

static void set_interval(struct balloon *balloon, const struct qom_property *property,
                         json_object *value, struct qmp_error *error)
{
        int64_t interval_s = json_object_get_int64(value);
        bool integer = json_object_is_type(value, json_type_int) &&
                       (interval_s < 0 || (uint64_t)interval_s == json_object_get_uint64(value));

        if (!integer)
                wrong_type(property, "integer", error);
        else if (interval_s < 0)
                qmp_error_set(error, QMP_GENERIC_ERROR, "timer value must be greater than zero");
        else if (interval_s > UINT32_MAX && balloon_profile(balloon)->interval_limit_checked)
                qmp_error_set(error, QMP_GENERIC_ERROR, "timer value is too big");
        else
                balloon_set_polling_interval(balloon, interval_s);
}

static void set_link(const struct host_machine *machine, const struct qom_property *property,
                     json_object *value, struct qmp_error *error)
{
        const char *path = json_object_get_string(value);

        if (!json_object_is_type(value, json_type_string))
                wrong_type(property, "string", error);
        else if (path[0] == '\0') /* QEMU prints a missing id as printf does. */
                qmp_error_set(error, QMP_GENERIC_ERROR,
                              "Attempt to set link property '%s' on device '(null)' (type "
                              "'virtio-balloon-device') after it was realized",
                              property->name);
        else if (qom_resolve(machine, path).object != QOM_NONE)
                wrong_type(property, property->name, error); /* no object here is an iothread */
        else
                qmp_error_set(error, QMP_DEVICE_NOT_FOUND, "Device '%s' not found", path);
}

static void refuse_realized(const struct host_machine *machine, enum qom_object object,
                            const struct qom_property *property, struct qmp_error *error)
{
        struct qmp_text type = { 0 };

        qom_add_type(machine, object, &type);
        if (object == QOM_BALLOON && machine->device.id != NULL)
                qmp_error_set(error, QMP_GENERIC_ERROR,
                              "Attempt to set property '%s' on device '%s' (type '%s') after it "
                              "was realized",
                              property->name, machine->device.id, type.bytes);
        else
                qmp_error_set(error, QMP_GENERIC_ERROR,
                              "Attempt to set property '%s' on anonymous device (type '%s') "
                              "after it was realized",
                              property->name, type.bytes);
        qmp_text_fini(&type);
}

/* QEMU: the device goes from its bus, the balloon's handler with it; the objects stay. */
static void set_realized(struct host_machine *machine, enum qom_object object,
                         const struct qom_property *property, json_object *value,
                         struct qmp_error *error)
{
        bool wanted = json_object_get_boolean(value);

        if (!json_object_is_type(value, json_type_boolean)) {
                wrong_type(property, "boolean", error);
        } else if (wanted && machine->device.unrealized) {
                /* QEMU ends: an object cannot be realized twice. */
                qmp_error_set(error, QMP_GENERIC_ERROR, "Ballast does not realize a device again");
        } else if (!wanted && object != QOM_BALLOON) {
                qmp_error_set(error, QMP_GENERIC_ERROR, "Ballast unrealizes the PCI device only");
        } else if (!wanted && !machine->device.unrealized) {
                machine->device.unrealized = true;
                machine->ops->unrealize(machine->self);
        }
}

void qom_property_set(struct host_machine *machine, enum qom_object object,
                      const struct qom_property *property, json_object *value,
                      struct qmp_error *error)
{
        switch (property->access) {
        case INTERVAL:
                set_interval(machine->ops->balloon(machine->self), property, value, error);
                break;
        case LINK:
                set_link(machine, property, value, error);
                break;
        case FIXED:
                if (machine->device.unrealized)
                        qmp_error_set(error, QMP_GENERIC_ERROR,
                                      "Ballast does not configure an unrealized device");
                else
                        refuse_realized(machine, object, property, error);
                break;
        case REALIZED:
                set_realized(machine, object, property, value, error);
                break;
        case READ_ONLY:
        case NOTHING:
        case ALIAS:
                qom_property_refuse(machine, object, property->name, "is not writable", error);
                break;
        }
}
