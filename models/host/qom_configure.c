// SPDX-License-Identifier: MIT
/*
 * Properties of a balloon that is going to be made. QEMU reads them from text
 * (qobject/qobject-input-visitor.c, the keyval flavour), so the errors are others
 * than those of qom-set.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "models/host/qmp_json.h"
#include "models/host/qom.h"

#define SLOTS 32U
#define FUNCTIONS 8U

enum kind { SWITCH, LEGACY, INTERVAL, ADDRESS, IOTHREAD };

#define OF_BALLOON(field) SWITCH, offsetof(struct host_device, properties.field)
#define OF_TRANSPORT(field) SWITCH, offsetof(struct host_device, transport.field)

static const struct setting {
        const char *name;
        enum kind kind;
        size_t offset; /* of a SWITCH: in struct host_device */
} settings[] = {
        { "addr", ADDRESS, 0 },
        { "disable-legacy", LEGACY, 0 },
        { "guest-stats-polling-interval", INTERVAL, 0 },
        { "iothread", IOTHREAD, 0 },
        { "aer", OF_TRANSPORT(aer) },
        { "any_layout", OF_BALLOON(any_layout) },
        { "ats", OF_TRANSPORT(ats) },
        { "deflate-on-oom", OF_BALLOON(deflate_on_oom) },
        { "disable-modern", OF_TRANSPORT(disable_modern) },
        { "event_idx", OF_BALLOON(event_idx) },
        { "free-page-hint", OF_BALLOON(free_page_hint) },
        { "free-page-reporting", OF_BALLOON(free_page_reporting) },
        { "indirect_desc", OF_BALLOON(indirect_desc) },
        { "iommu_platform", OF_BALLOON(iommu_platform) },
        { "modern-pio-notify", OF_TRANSPORT(modern_pio_notify) },
        { "notify_on_empty", OF_BALLOON(notify_on_empty) },
        { "packed", OF_BALLOON(packed) },
        { "page-per-vq", OF_TRANSPORT(page_per_vq) },
        { "page-poison", OF_BALLOON(page_poison) },
        { "qemu-4-0-config-size", OF_BALLOON(qemu_4_0_config_size) },
        { "queue_reset", OF_BALLOON(queue_reset) },
        { "x-disable-pcie", OF_TRANSPORT(x_disable_pcie) },
};

static bool one_of(const char *value, const char *const names[4])
{
        for (unsigned i = 0; i < 4; i++)
                if (strcmp(value, names[i]) == 0)
                        return true;
        return false;
}

static bool read_switch(const char *name, const char *value, bool *to, struct qmp_error *error)
{
        static const char *const on[] = { "on", "yes", "true", "y" };
        static const char *const off[] = { "off", "no", "false", "n" };

        *to = one_of(value, on);
        if (!*to && !one_of(value, off))
                qmp_error_set(error, QMP_GENERIC_ERROR, "Parameter '%s' expects 'on' or 'off'",
                              name);
        return !error->set;
}

/* Behind an Express port auto is on. */
static bool read_legacy(const struct host_machine *machine, struct host_device *device,
                        const char *value, struct qmp_error *error)
{
        bool automatic = strcmp(value, "auto") == 0;

        device->transport.disable_legacy =
                automatic ? machine->root_port : strcmp(value, "on") == 0;
        if (!automatic && !device->transport.disable_legacy && strcmp(value, "off") != 0)
                qmp_error_set(error, QMP_GENERIC_ERROR,
                              "Parameter 'disable-legacy' does not accept value '%s'", value);
        return !error->set;
}

static bool read_interval(const struct host_machine *machine, struct host_device *device,
                          const char *value, struct qmp_error *error)
{
        char *end;
        long long seconds;

        errno = 0;
        seconds = strtoll(value, &end, 0);
        if (end == value || *end != '\0' || errno != 0)
                qmp_error_set(error, QMP_GENERIC_ERROR,
                              "Parameter 'guest-stats-polling-interval' expects integer");
        else if (seconds < 0)
                qmp_error_set(error, QMP_GENERIC_ERROR, "timer value must be greater than zero");
        else if (seconds > UINT32_MAX && machine->profile->interval_limit_checked)
                qmp_error_set(error, QMP_GENERIC_ERROR, "timer value is too big");
        else if (seconds > UINT32_MAX)
                qmp_error_set(error, QMP_GENERIC_ERROR,
                              "Ballast plugs a device with an interval of 32 bits at most");
        else
                device->properties.guest_stats_polling_interval_s = (uint32_t)seconds;
        return !error->set;
}

/* "SLOT" or "SLOT.FUNCTION" in hexadecimal; what is left behind it, NULL: no number. */
static const char *read_hex(const char *text, unsigned long *number)
{
        char *end;

        *number = strtoul(text, &end, 16);
        return end == text ? NULL : end;
}

static bool read_address(struct host_device *device, const char *value, struct qmp_error *error)
{
        unsigned long slot = 0, function = 0;
        const char *end = read_hex(value, &slot);

        if (end != NULL && *end == '.')
                end = read_hex(end + 1, &function);
        if (end == NULL || *end != '\0' || slot >= SLOTS || function >= FUNCTIONS)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Property 'virtio-balloon-pci.addr' doesn't take value '%s'",
                                     value);
        if (function != 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Ballast plugs function 0 of a slot only");
        device->slot = (unsigned)slot;
        device->slot_given = true;
        return true;
}

static bool read_iothread(const struct host_machine *machine, struct host_device *device,
                          const char *value, struct qmp_error *error)
{
        if (machine->iothread == NULL || strcmp(value, machine->iothread) != 0)
                return qmp_error_set(error, QMP_DEVICE_NOT_FOUND, "Device '%s' not found", value);
        device->has_iothread = true;
        return true;
}

static bool configure(const struct host_machine *machine, struct host_device *device,
                      const struct setting *setting, const char *value, struct qmp_error *error)
{
        bool on;

        switch (setting->kind) {
        case LEGACY:
                return read_legacy(machine, device, value, error);
        case INTERVAL:
                return read_interval(machine, device, value, error);
        case ADDRESS:
                return read_address(device, value, error);
        case IOTHREAD:
                return read_iothread(machine, device, value, error);
        case SWITCH:
                break;
        }
        if (!read_switch(setting->name, value, &on, error))
                return false;
        memcpy((char *)device + setting->offset, &on, sizeof on);
        return true;
}

bool qom_configure(const struct host_machine *machine, struct host_device *device, const char *name,
                   const char *value, struct qmp_error *error)
{
        enum qom_object owner = QOM_BALLOON;
        const struct qom_property *property = qom_property_find(machine, &owner, name);

        if (property == NULL || !qom_property_is_set_once(property)) {
                qom_property_refuse(machine, owner, name,
                                    property == NULL ? "not found" : "is not writable", error);
                return false;
        }
        for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
                if (strcmp(settings[i].name, name) == 0)
                        return configure(machine, device, &settings[i], value, error);
        return qmp_error_set(error, QMP_GENERIC_ERROR, "Ballast plugs no device with its own '%s'",
                             name);
}
