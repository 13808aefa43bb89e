// SPDX-License-Identifier: MIT
/*
 * x-query-virtio and its kin: the device's insides, unstable by their name, as
 * QEMU 7.2 shows them (hw/virtio/virtio-qmp.c).
 */
#include <string.h>

#include "models/host/qmp_priv.h"
#include "models/host/qom.h"
#include "models/virtio/vdev.h"

static void add_int(json_object *object, const char *name, int64_t value)
{
        qmp_json_add(object, name, json_object_new_int64(value));
}

static void add_bool(json_object *object, const char *name, bool value)
{
        qmp_json_add(object, name, qmp_json_bool(value));
}

/* ---- bits with names; QEMU lists them from the last of its tables to the first ---- */

struct bit_name {
        unsigned bit;
        const char *text;
};

static const struct bit_name balloon_features[] = {
        { VIRTIO_BALLOON_F_PAGE_REPORTING,
          "VIRTIO_BALLOON_F_REPORTING: Page reporting VQ enabled" },
        { VIRTIO_BALLOON_F_PAGE_POISON,
          "VIRTIO_BALLOON_F_PAGE_POISON: Guest page poisoning enabled" },
        { VIRTIO_BALLOON_F_FREE_PAGE_HINT,
          "VIRTIO_BALLOON_F_FREE_PAGE_HINT: VQ reporting free pages enabled" },
        { VIRTIO_BALLOON_F_DEFLATE_ON_OOM,
          "VIRTIO_BALLOON_F_DEFLATE_ON_OOM: Deflate balloon when guest OOM" },
        { VIRTIO_BALLOON_F_STATS_VQ, "VIRTIO_BALLOON_F_STATS_VQ: Guest memory stats VQ available" },
        { VIRTIO_BALLOON_F_MUST_TELL_HOST,
          "VIRTIO_BALLOON_F_MUST_TELL_HOST: Tell host before reclaiming pages" },
};

static const struct bit_name transport_features[] = {
        { VIRTIO_F_EVENT_IDX, "VIRTIO_RING_F_EVENT_IDX: Used & avail. event fields enabled" },
        { VIRTIO_F_INDIRECT_DESC, "VIRTIO_RING_F_INDIRECT_DESC: Indirect descriptors supported" },
        { VIRTIO_F_RING_PACKED, "VIRTIO_F_RING_PACKED: Device supports packed VQ layout" },
        { VIRTIO_F_ACCESS_PLATFORM,
          "VIRTIO_F_IOMMU_PLATFORM: Device can be used on IOMMU platform" },
        { VIRTIO_F_VERSION_1, "VIRTIO_F_VERSION_1: Device compliant for v1 spec (legacy)" },
        { VIRTIO_F_ANY_LAYOUT, "VIRTIO_F_ANY_LAYOUT: Device accepts arbitrary desc. layouts" },
        { VIRTIO_F_NOTIFY_ON_EMPTY,
          "VIRTIO_F_NOTIFY_ON_EMPTY: Notify when device runs out of avail. descs. on VQ" },
};

static const struct bit_name statuses[] = {
        { 0, "VIRTIO_CONFIG_S_ACKNOWLEDGE: Valid virtio device found" },
        { 7, "VIRTIO_CONFIG_S_FAILED: Error in guest, device failed" },
        { 6, "VIRTIO_CONFIG_S_NEEDS_RESET: Irrecoverable error, device needs reset" },
        { 1, "VIRTIO_CONFIG_S_DRIVER: Guest OS compatible with device" },
        { 3, "VIRTIO_CONFIG_S_FEATURES_OK: Feature negotiation complete" },
        { 2, "VIRTIO_CONFIG_S_DRIVER_OK: Driver setup and ready" },
};

/* Names of the bits set; those are taken out of *bits. */
static json_object *name_bits(uint64_t *bits, const struct bit_name *names, size_t count)
{
        json_object *list = qmp_json_array();

        for (size_t i = 0; i < count; i++) {
                if ((*bits & VIRTIO_FEATURE(names[i].bit)) == 0)
                        continue;
                json_object_array_add(list, qmp_json_string(names[i].text));
                *bits &= ~VIRTIO_FEATURE(names[i].bit);
        }
        return list;
}

#define NAME_BITS(bits, names) name_bits((bits), (names), sizeof(names) / sizeof((names)[0]))

static json_object *describe_features(uint64_t features)
{
        json_object *description = qmp_json_object();

        qmp_json_add(description, "transports", NAME_BITS(&features, transport_features));
        qmp_json_add(description, "dev-features", NAME_BITS(&features, balloon_features));
        if (features != 0)
                qmp_json_add(description, "unknown-dev-features", json_object_new_uint64(features));
        return description;
}

/*
 * What the device offers over all its interfaces: the modern features, and the
 * three that only the legacy registers show.
 */
static uint64_t host_features(const struct host_machine *machine, const struct balloon *balloon)
{
        const struct balloon_properties *has = balloon_properties(balloon);
        const struct {
                bool offered;
                unsigned bit;
        } offers[] = {
                { true, VIRTIO_BALLOON_F_STATS_VQ },
                { true, VIRTIO_F_BAD_FEATURE },
                { has->deflate_on_oom, VIRTIO_BALLOON_F_DEFLATE_ON_OOM },
                { has->free_page_hint, VIRTIO_BALLOON_F_FREE_PAGE_HINT },
                { has->page_poison, VIRTIO_BALLOON_F_PAGE_POISON },
                { has->free_page_reporting, VIRTIO_BALLOON_F_PAGE_REPORTING },
                { has->notify_on_empty, VIRTIO_F_NOTIFY_ON_EMPTY },
                { has->any_layout, VIRTIO_F_ANY_LAYOUT },
                { has->indirect_desc, VIRTIO_F_INDIRECT_DESC },
                { has->event_idx, VIRTIO_F_EVENT_IDX },
                { !machine->device.transport.disable_modern, VIRTIO_F_VERSION_1 },
                { has->iommu_platform, VIRTIO_F_ACCESS_PLATFORM },
                { has->packed, VIRTIO_F_RING_PACKED },
                { has->queue_reset, VIRTIO_F_RING_RESET },
        };
        uint64_t features = 0;

        for (size_t i = 0; i < sizeof offers / sizeof offers[0]; i++)
                if (offers[i].offered)
                        features |= VIRTIO_FEATURE(offers[i].bit);
        return features;
}

/* ---- the commands ---- */

/* NULL and an error: only the virtio device's own absolute path will do. */
static struct balloon *find_device(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const char *path = qmp_argument_string(arguments, "path");
        struct balloon *balloon = qmp_balloon(qmp);
        struct qmp_text own = { 0 };

        qom_add_path(qmp_machine(qmp), QOM_BACKEND, &own);
        if (balloon == NULL || strcmp(path, own.bytes) != 0) {
                qmp_error_set(error, QMP_GENERIC_ERROR, "Path %s is not a VirtIODevice", path);
                balloon = NULL;
        }
        qmp_text_fini(&own);
        return balloon;
}

json_object *qmp_x_query_virtio(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        json_object *list = qmp_json_array();

        (void)arguments;
        (void)error;
        if (qmp_balloon(qmp) != NULL) {
                json_object *device = qmp_json_object();
                qmp_json_add(device, "name", qmp_json_string("virtio-balloon"));
                qmp_json_add(device, "path", qom_path_json(qmp_machine(qmp), QOM_BACKEND));
                json_object_array_add(list, device);
        }
        return list;
}

static unsigned queue_count(const struct vdev *vdev)
{
        struct vdev_queue_view view;
        unsigned count = 0;

        while (count < VDEV_QUEUES_MAX && vdev_queue_view(vdev, count, &view))
                count++;
        return count;
}

json_object *qmp_x_query_virtio_status(struct qmp *qmp, json_object *arguments,
                                       struct qmp_error *error)
{
        const struct host_machine *machine = qmp_machine(qmp);
        struct balloon *balloon = find_device(qmp, arguments, error);

        if (balloon == NULL)
                return NULL;
        const struct vdev *vdev = balloon_vdev(balloon);
        uint64_t status = vdev_status(vdev);
        json_object *reply = qmp_json_object(), *status_json = qmp_json_object();
        qmp_json_add(status_json, "statuses", NAME_BITS(&status, statuses));
        if (status != 0)
                add_int(status_json, "unknown-statuses", (int64_t)status);
        qmp_json_add(reply, "name", qmp_json_string("virtio-balloon"));
        add_int(reply, "device-id", VIRTIO_ID_BALLOON);
        add_bool(reply, "vhost-started", false);
        qmp_json_add(reply, "device-endian", qmp_json_string("little"));
        qmp_json_add(reply, "guest-features", describe_features(vdev_features(vdev)));
        qmp_json_add(reply, "host-features", describe_features(host_features(machine, balloon)));
        qmp_json_add(reply, "backend-features", describe_features(0));
        add_int(reply, "num-vqs", queue_count(vdev));
        qmp_json_add(reply, "status", status_json);
        add_int(reply, "isr", vdev_isr(vdev));
        add_int(reply, "queue-sel", vdev_queue_select(vdev));
        add_bool(reply, "vm-running", machine->ops->running(machine->self));
        add_bool(reply, "broken", vdev_broken(vdev));
        add_bool(reply, "disabled", vdev_disabled(vdev));
        add_bool(reply, "use-started", balloon_properties(balloon)->use_started);
        add_bool(reply, "started", vdev_started(vdev));
        add_bool(reply, "start-on-kick", vdev_start_on_kick(vdev));
        add_bool(reply, "disable-legacy-check",
                 balloon_properties(balloon)->x_disable_legacy_check);
        qmp_json_add(reply, "bus-name", qmp_json_string(""));
        add_bool(reply, "use-guest-notifier-mask", true);
        return reply;
}

json_object *qmp_x_query_virtio_queue_status(struct qmp *qmp, json_object *arguments,
                                             struct qmp_error *error)
{
        struct balloon *balloon = find_device(qmp, arguments, error);
        unsigned queue = (unsigned)json_object_get_int64(qmp_argument(arguments, "queue"));
        struct vdev_queue_view view;

        if (balloon == NULL)
                return NULL;
        if (!vdev_queue_view(balloon_vdev(balloon), queue, &view))
                return qmp_error_set(error, QMP_GENERIC_ERROR, "Invalid virtqueue number %u",
                                     queue);
        json_object *reply = qmp_json_object();
        qmp_json_add(reply, "name", qmp_json_string("virtio-balloon"));
        add_int(reply, "queue-index", queue);
        add_int(reply, "inuse", view.in_use);
        add_int(reply, "vring-num", view.size);
        add_int(reply, "vring-num-default", view.size_max);
        add_int(reply, "vring-align", VIRTIO_LEGACY_QUEUE_ALIGN_BYTES);
        qmp_json_add(reply, "vring-desc", json_object_new_uint64(view.descriptors));
        qmp_json_add(reply, "vring-avail", json_object_new_uint64(view.available));
        qmp_json_add(reply, "vring-used", json_object_new_uint64(view.used));
        add_int(reply, "last-avail-idx", view.last_avail_index);
        add_int(reply, "shadow-avail-idx", view.seen_avail_index);
        add_int(reply, "used-idx", view.used_index);
        add_int(reply, "signalled-used", view.signalled_used_index);
        add_bool(reply, "signalled-used-valid", view.signalled_used_valid);
        return reply;
}
