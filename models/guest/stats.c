// SPDX-License-Identifier: MIT
/*
 * The statistics queue: one buffer, which the device holds until it wants
 * fresh values. VIRTIO 1.2 5.5.6.3; Linux 6.1 drivers/virtio/virtio_balloon.c,
 * stats_request and stats_handle_request.
 */
#include "models/guest/guest_priv.h"
#include "pci/le.h"

/* A tag that no device knows and every device must ignore. */
#define TAG_UNKNOWN 0xffffU

static void put_stat(uint8_t *to, uint16_t tag, uint64_t value)
{
        le16_put(to, tag);
        le64_put(to + 2, value);
}

/* Adds one record; returns the bytes that the buffer then holds. */
static uint32_t add_stat(uint8_t *buffer, uint32_t size, uint16_t tag, uint64_t value)
{
        put_stat(buffer + size, tag, value);
        return size + VIRTIO_BALLOON_STAT_SIZE_BYTES;
}

static uint32_t fill_with_lies(const struct guest *guest, uint8_t *buffer)
{
        const struct guest_persona *persona = guest->persona;
        uint32_t size = 0;

        for (size_t i = 0; i < persona->lie_count; i++) {
                const struct guest_lie *lie = &persona->lies[i];

                size = add_stat(buffer, size, lie->tag, lie->value + lie->step * guest->stats_sent);
        }
        return size;
}

/* Ballooned pages that come back on their own still count as the guest's memory. */
static bool deflates_on_oom(const struct guest *guest)
{
        return guest->features & VIRTIO_FEATURE(VIRTIO_BALLOON_F_DEFLATE_ON_OOM);
}

static uint32_t fill_with_truth(const struct guest *guest, uint8_t *buffer)
{
        const struct guest_options *options = &guest->options;
        const struct guest_persona *persona = guest->persona;
        const struct guest_stats *stats = &options->stats;
        struct guest_stats fresh;
        uint32_t size = 0;

        if (options->memory.modelled) {
                guest_usage_stats(&guest->usage, options->memory.tags, !deflates_on_oom(guest),
                                  &fresh);
                stats = &fresh;
        } else if (options->stats_source) {
                options->stats_source(options->stats_source_owner, sim_kernel_now(options->kernel),
                                      &fresh);
                stats = &fresh;
        }
        for (size_t i = 0; i < persona->tag_count; i++) {
                unsigned tag = persona->tags[i];

                if (stats->reported[tag])
                        size = add_stat(buffer, size, (uint16_t)tag, stats->values[tag]);
        }
        return size;
}

/* Returns the bytes that the buffer holds now. */
static uint32_t fill(const struct guest *guest, uint8_t *buffer)
{
        uint32_t size = guest->persona->lie_count > 0 ? fill_with_lies(guest, buffer)
                                                      : fill_with_truth(guest, buffer);

        /* A descriptor of no bytes would break the device: report a tag to ignore. */
        return size > 0 ? size : add_stat(buffer, 0, TAG_UNKNOWN, 0);
}

static void hand_over(struct guest *guest)
{
        struct gring *ring = &guest->rings[VIRTIO_BALLOON_STATSQ];
        uint8_t buffer[GUEST_STATS_BYTES_MAX];
        struct gring_segment segment = { guest->stats_buffer, fill(guest, buffer), 0 };

        (void)port_ram_write(guest->options.port, segment.address, buffer, segment.size_bytes);
        if (guest->persona->stats_writable)
                segment.flags = VIRTQ_DESC_F_WRITE;
        guest->stats_bytes = segment.size_bytes;
        guest->stats_sent++;
        /* Raw chains may have filled the ring; the answer is then lost, as on Linux. */
        if (gring_add(ring, &segment, 1, GRING_DRIVER, (struct gring_pages){ 0 }))
                gring_kick(ring);
}

bool guest_stats_buffer(const struct guest *guest, uint64_t *address, uint32_t *size_bytes)
{
        *address = guest->stats_buffer;
        *size_bytes = guest->stats_bytes;
        return guest->stats_sent > 0 && !guest->persona->stats_writable;
}

bool guest_stats_init(struct guest *guest)
{
        guest->stats_buffer =
                guest_memory_take(&guest->memory, guest_pages_of(GUEST_STATS_BYTES_MAX));
        return guest->stats_buffer != 0;
}

void guest_stats_prime(struct guest *guest)
{
        if (gring_ready(&guest->rings[VIRTIO_BALLOON_STATSQ]))
                hand_over(guest);
}

/* The handler only queues work: the values are those of the moment of the answer. */
void guest_stats_asked(struct guest *guest)
{
        sim_time_t now = sim_clock_now(guest->options.clock);

        if (guest_task_pending(&guest->answer) || guest->persona->silent ||
            guest->leaving != GUEST_STAYS)
                return;
        if (guest->answer_at_set) {
                guest->answer_at_set = false;
                guest_stats_answer_at(guest, guest->answer_at);
                return;
        }
        guest_task_at(&guest->answer, sim_time_add(now, guest->options.answer_after));
}

void guest_stats_answer_at(struct guest *guest, sim_time_t time)
{
        sim_time_t now = sim_kernel_now(guest->options.kernel);
        sim_time_t wait = time > now ? time - now : 0;

        guest_task_at(&guest->answer, sim_time_add(sim_clock_now(guest->options.clock), wait));
}

/* As many answers to requests as it gives; what was sent first was none. */
static bool has_had_enough(const struct guest *guest)
{
        return guest->stats_sent > guest->options.turns_after;
}

void guest_stats_answer(struct guest *guest)
{
        struct gring *ring = &guest->rings[VIRTIO_BALLOON_STATSQ];
        enum guest_turn turn = guest->persona->turn;
        enum gring_owner owner;

        if (!guest->bound)
                return;
        gring_reap_raw(ring);
        if (!gring_next_used(ring, &owner))
                return;
        if (turn == GUEST_TURN_RESET && has_had_enough(guest)) {
                (void)guest_bind(guest);
                return;
        }
        gring_take(ring);
        hand_over(guest);
        if (turn == GUEST_TURN_HANG && has_had_enough(guest))
                guest->hung = true;
}
