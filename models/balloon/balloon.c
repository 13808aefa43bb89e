// SPDX-License-Identifier: MIT
#include "models/balloon/balloon.h"

#include <stdlib.h>
#include <string.h>

#include "models/balloon/config.h"
#include "models/balloon/hint.h"
#include "models/balloon/pages.h"
#include "models/balloon/stats.h"
#include "sim/assert.h"

/* QEMU's sizes. */
#define BALLOON_QUEUE_SIZE 128
#define BALLOON_HINT_QUEUE_SIZE 1024
#define BALLOON_REPORT_QUEUE_SIZE 32

#define SECTION "balloon"
#define SECTION_POISON "balloon/page-poison"
#define SECTION_VERSION 1U

/* What QEMU before 2.4 could offer at all. */
#define FEATURES_BEFORE_MODERN                                                                \
        (VIRTIO_FEATURE(VIRTIO_BALLOON_F_STATS_VQ) | VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC) | \
         VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX))

struct balloon {
        const struct balloon_profile *profile;
        struct balloon_properties properties;
        struct vdev *vdev;
        struct sim_clock *clock;
        struct balloon_poller poller;
        struct balloon_pages pages;
        struct balloon_hints hints;
        struct balloon_config config;
        size_t config_size_bytes;
        unsigned report_queue; /* VDEV_QUEUES_MAX: none */
        uint64_t ram_bytes;
        void (*actual_changed)(void *owner, int64_t actual_bytes);
        void *owner;
        char *timer_name;
};

/* ---- what the transport calls ---- */

static void config_get(void *model, uint8_t *config)
{
        const struct balloon *balloon = model;
        struct balloon_config now = balloon->config;

        now.free_page_hint_cmd_id = balloon_hints_command(&balloon->hints);
        balloon_config_get(&now, config, balloon->config_size_bytes);
}

static void config_set(void *model, const uint8_t *config)
{
        struct balloon *balloon = model;
        bool poison = vdev_has_feature(balloon->vdev, VIRTIO_BALLOON_F_PAGE_POISON);

        if (balloon_config_set(&balloon->config, config, balloon->config_size_bytes, poison))
                balloon->actual_changed(balloon->owner, balloon_actual_bytes(balloon));
}

static void queue_notified(void *model, unsigned queue)
{
        struct balloon *balloon = model;

        switch (queue) {
        case VIRTIO_BALLOON_INFLATEQ:
        case VIRTIO_BALLOON_DEFLATEQ:
                balloon_pages_notified(&balloon->pages, queue);
                break;
        case VIRTIO_BALLOON_STATSQ:
                balloon_poller_notified(&balloon->poller);
                break;
        default:
                if (queue == balloon->report_queue)
                        balloon_pages_reported(&balloon->pages, queue,
                                               balloon->config.poison_val != 0);
                else
                        balloon_hints_notified(&balloon->hints);
                break;
        }
}

static void status_changed(void *model, uint8_t status)
{
        struct balloon *balloon = model;

        if ((status & VIRTIO_STATUS_DRIVER_OK) && sim_clock_running(balloon->clock))
                balloon_poller_started(&balloon->poller);
}

static void reset(void *model, bool machine_reset)
{
        struct balloon *balloon = model;

        balloon_hints_reset(&balloon->hints);
        balloon_poller_reset(&balloon->poller, machine_reset);
        balloon->config.poison_val = 0;
        balloon->pages.ops->forgotten(balloon->owner);
}

static const struct vdev_class balloon_class = {
        .device_id = VIRTIO_ID_BALLOON,
        .config_get = config_get,
        .config_set = config_set,
        .queue_notified = queue_notified,
        .status_changed = status_changed,
        .reset = reset,
};

/* ---- building one ---- */

static uint64_t features_offered(const struct balloon_profile *profile,
                                 const struct balloon_properties *properties)
{
        const struct {
                bool on;
                unsigned bit;
        } table[] = {
                { true, VIRTIO_BALLOON_F_STATS_VQ },
                { properties->deflate_on_oom, VIRTIO_BALLOON_F_DEFLATE_ON_OOM },
                { properties->free_page_hint, VIRTIO_BALLOON_F_FREE_PAGE_HINT },
                { properties->page_poison, VIRTIO_BALLOON_F_PAGE_POISON },
                { properties->free_page_reporting, VIRTIO_BALLOON_F_PAGE_REPORTING },
                { properties->indirect_desc, VIRTIO_F_INDIRECT_DESC },
                { properties->event_idx, VIRTIO_F_EVENT_IDX },
                { true, VIRTIO_F_VERSION_1 },
                { properties->iommu_platform, VIRTIO_F_ACCESS_PLATFORM },
                { properties->packed, VIRTIO_F_RING_PACKED },
                { properties->queue_reset, VIRTIO_F_RING_RESET },
        };
        uint64_t features = 0;

        for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
                if (table[i].on)
                        features |= VIRTIO_FEATURE(table[i].bit);
        }
        return profile->modern ? features : features & FEATURES_BEFORE_MODERN;
}

/* QEMU: queues past statsq take the next free index, so reporting without hinting is 3. */
unsigned balloon_reporting_queue(const struct balloon_properties *properties)
{
        return properties->free_page_hint || properties->reporting_queue_spec
                       ? VIRTIO_BALLOON_REPORTINGQ
                       : VIRTIO_BALLOON_REPORTINGQ - 1;
}

static void add_queues(struct vdev_options *options, const struct balloon_properties *properties)
{
        for (unsigned queue = 0; queue <= VIRTIO_BALLOON_STATSQ; queue++)
                options->queue_sizes[options->queue_count++] = BALLOON_QUEUE_SIZE;
        if (options->features & VIRTIO_FEATURE(VIRTIO_BALLOON_F_FREE_PAGE_HINT))
                options->queue_sizes[options->queue_count++] = BALLOON_HINT_QUEUE_SIZE;
        if (options->features & VIRTIO_FEATURE(VIRTIO_BALLOON_F_PAGE_REPORTING)) {
                options->queue_count = balloon_reporting_queue(properties);
                options->queue_sizes[options->queue_count++] = BALLOON_REPORT_QUEUE_SIZE;
        }
}

/* "ID/stats", or "stats" for a device without an id. */
static char *new_timer_name(const char *id)
{
        const char *suffix = id[0] != '\0' ? "/stats" : "stats";
        size_t id_length = strlen(id), suffix_size = strlen(suffix) + 1;
        char *name = malloc(id_length + suffix_size);

        sim_assert(name != NULL);
        memcpy(name, id, id_length + 1);
        memcpy(name + id_length, suffix, suffix_size);
        return name;
}

struct balloon *balloon_new(const struct balloon_options *options)
{
        struct balloon *balloon = calloc(1, sizeof *balloon);
        struct vdev_options vdev = {
                .class = &balloon_class,
                .model = balloon,
                .host = options->host,
                .journal = options->journal,
                .features = features_offered(options->profile, &options->properties),
                .notify_on_empty = options->properties.notify_on_empty,
                /* Younger than QEMU 1.4. */
                .any_layout = options->profile->modern && options->properties.any_layout,
                .in_use_unbounded = !options->profile->in_use_bounded,
                .started_untracked = !options->properties.use_started,
                .disabled_untracked = !options->properties.use_disabled_flag,
        };

        sim_assert(balloon != NULL);
        balloon->profile = options->profile;
        balloon->properties = options->properties;
        balloon->clock = options->clock;
        balloon->ram_bytes = options->ram_bytes;
        balloon->actual_changed = options->actual_changed;
        balloon->owner = options->owner;
        balloon->timer_name = new_timer_name(options->name);
        balloon->config_size_bytes = balloon_config_size_bytes(
                vdev.features,
                options->profile->modern && options->properties.qemu_4_0_config_size);
        vdev.config_size_bytes = balloon->config_size_bytes;
        add_queues(&vdev, &options->properties);
        /* It is the last one where there is one. */
        balloon->report_queue = VDEV_QUEUES_MAX;
        if (vdev.features & VIRTIO_FEATURE(VIRTIO_BALLOON_F_PAGE_REPORTING))
                balloon->report_queue = vdev.queue_count - 1;
        balloon->vdev = vdev_new(&vdev);
        balloon_pages_init(&balloon->pages, balloon->vdev, options);
        balloon_hints_init(&balloon->hints, balloon->vdev, options->clock);
        balloon_poller_init(
                &balloon->poller,
                &(struct balloon_poller_options){
                        .profile = options->profile,
                        .vdev = balloon->vdev,
                        .clock = options->clock,
                        .wall = options->wall,
                        .timer_name = balloon->timer_name,
                        .interval_s = options->properties.guest_stats_polling_interval_s,
                });
        return balloon;
}

void balloon_free(struct balloon *balloon)
{
        if (!balloon)
                return;
        balloon_poller_fini(&balloon->poller);
        balloon_hints_fini(&balloon->hints);
        balloon_pages_fini(&balloon->pages);
        vdev_free(balloon->vdev);
        free(balloon->timer_name);
        free(balloon);
}

struct vdev *balloon_vdev(struct balloon *balloon)
{
        return balloon->vdev;
}

/* ---- saving and loading ---- */

/* QEMU: vmstate_virtio_balloon_device and its subsections, each of a driver that took a feature. */
void balloon_save(const struct balloon *balloon, struct state_writer *to)
{
        state_section(to, SECTION, SECTION_VERSION);
        state_put(to, 4, balloon->config.num_pages);
        state_put(to, 4, balloon->config.actual);
        balloon_hints_save(&balloon->hints, to);
        if (!vdev_has_feature(balloon->vdev, VIRTIO_BALLOON_F_PAGE_POISON))
                return;
        state_section(to, SECTION_POISON, SECTION_VERSION);
        state_put(to, 4, balloon->config.poison_val);
}

void balloon_load(struct balloon *balloon, struct state_reader *from)
{
        state_enter(from, SECTION, SECTION_VERSION);
        balloon->config.num_pages = (uint32_t)state_get(from, 4);
        balloon->config.actual = (uint32_t)state_get(from, 4);
        state_leave(from);
        balloon_hints_load(&balloon->hints, from);
        if (!vdev_has_feature(balloon->vdev, VIRTIO_BALLOON_F_PAGE_POISON))
                return;
        state_enter(from, SECTION_POISON, SECTION_VERSION);
        balloon->config.poison_val = (uint32_t)state_get(from, 4);
        state_leave(from);
}

/* ---- the host's side ---- */

void balloon_set_polling_interval(struct balloon *balloon, int64_t interval_s)
{
        balloon_poller_set_interval(&balloon->poller, interval_s);
}

int64_t balloon_polling_interval_s(const struct balloon *balloon)
{
        return balloon->poller.interval_s;
}

void balloon_read_stats(const struct balloon *balloon, struct balloon_stats *stats)
{
        *stats = balloon->poller.stats;
}

void balloon_set_target(struct balloon *balloon, uint64_t target_bytes)
{
        balloon->config.num_pages = balloon_config_target_pages(balloon->ram_bytes, target_bytes);
        vdev_config_changed(balloon->vdev);
}

void balloon_hint(struct balloon *balloon, enum balloon_hint_order order)
{
        balloon_hints_order(&balloon->hints, order);
}

uint32_t balloon_actual_pages(const struct balloon *balloon)
{
        return balloon->config.actual;
}

int64_t balloon_actual_bytes(const struct balloon *balloon)
{
        return balloon_config_actual_bytes(balloon->ram_bytes, balloon->config.actual);
}

uint32_t balloon_num_pages(const struct balloon *balloon)
{
        return balloon->config.num_pages;
}

const struct balloon_profile *balloon_profile(const struct balloon *balloon)
{
        return balloon->profile;
}

const struct balloon_properties *balloon_properties(const struct balloon *balloon)
{
        return &balloon->properties;
}

void balloon_set_wall(struct balloon *balloon, const struct sim_wall *wall)
{
        balloon->poller.wall = *wall;
}

void balloon_set_ram_bytes(struct balloon *balloon, uint64_t ram_bytes)
{
        balloon->ram_bytes = ram_bytes;
}

bool balloon_stats_timer(const struct balloon *balloon, sim_time_t *deadline)
{
        const struct sim_timer *timer = &balloon->poller.timer;

        if (!sim_timer_armed(timer))
                return false;
        *deadline = sim_timer_deadline(timer);
        return true;
}

void balloon_divert_stats_timer(struct balloon *balloon, sim_time_t time)
{
        sim_timer_divert(&balloon->poller.timer, time);
}
