// SPDX-License-Identifier: MIT
/* What a chain's readable bytes say. RAM is hostile: what cannot be read is zero. */
#include "models/events.h"
#include "models/virtio_spec.h"
#include "testbench/oracle/tap_priv.h"

/* Tags that QEMU 7.2 knows. */
#define TAGS_KNOWN 10U

void tap_read_part(struct tap *tap, uint64_t address, void *to, size_t size)
{
        uint8_t *bytes = to;

        for (size_t i = 0; i < size; i++) {
                if (!port_ram_read(tap->options.port, address + i, bytes + i, 1))
                        bytes[i] = 0;
        }
}

/* ---- what the bytes are ---- */

static void count_tags(struct tap_stream *stream, const uint8_t *bytes, size_t size)
{
        for (size_t at = 0; at + VIRTIO_BALLOON_STAT_SIZE_BYTES <= size;
             at += VIRTIO_BALLOON_STAT_SIZE_BYTES) {
                uint64_t tag = le16_get(bytes + at);

                if (tag < TAGS_KNOWN)
                        stream->tags |= UINT32_C(1) << tag;
        }
}

static void count_pages(struct tap_stream *stream, const uint8_t *bytes, size_t size)
{
        const struct tap_options *options = &stream->tap->options;

        for (size_t at = 0; at + 4 <= size; at += 4) {
                uint64_t number = le32_get(bytes + at);

                if (!ram_map_holds(options->map, number * VIRTIO_BALLOON_PAGE_SIZE_BYTES,
                                   VIRTIO_BALLOON_PAGE_SIZE_BYTES, true))
                        continue;
                stream->pages++;
                tap_emit(stream->tap, TAP_PAGES, &tap_event_page,
                         SIM_T(event_queue_name(stream->queue)), SIM_U(number));
        }
}

/* QEMU maps run by run of memory, and discards one that is the host's pages through and through. */
static void count_free_pages(struct tap_stream *stream, uint64_t address, uint32_t size)
{
        const struct ram_map *map = stream->tap->options.map;

        while (size > 0) {
                const struct ram_region *region = ram_map_find(map, address);
                uint64_t run = region != NULL && !region->rom ? region->end - address
                                                              : VIRTIO_BALLOON_PAGE_SIZE_BYTES;

                if (run > size)
                        run = size;
                if (region != NULL && !region->rom &&
                    (address | run) % stream->tap->options.backing_page_bytes == 0)
                        stream->pages += run / VIRTIO_BALLOON_PAGE_SIZE_BYTES;
                address += run;
                size -= (uint32_t)run;
        }
}

static bool is_poisoned(struct tap *tap)
{
        uint32_t value;

        return tap->options.page_poison && tap_read(tap, TAP_POISON_VAL, &value) && value != 0;
}

static unsigned count_bits(uint32_t set)
{
        unsigned count = 0;

        for (; set != 0; set &= set - 1)
                count++;
        return count;
}

/* ---- the stream ---- */

bool tap_stream_of_queue(struct tap_stream *stream, struct tap *tap, unsigned index)
{
        const struct tap_options *options = &tap->options;
        bool reports = options->reporting && index == options->reporting_queue;

        if (!reports && index != VIRTIO_BALLOON_INFLATEQ && index != VIRTIO_BALLOON_DEFLATEQ)
                return false;
        *stream = (struct tap_stream){ .tap = tap,
                                       .what = reports ? TAP_STREAM_FREE_PAGES : TAP_STREAM_PAGES,
                                       .queue = index };
        return true;
}

static void flush(struct tap_stream *stream)
{
        if (stream->what == TAP_STREAM_STATS)
                count_tags(stream, stream->chunk, stream->chunk_used);
        else if (stream->what == TAP_STREAM_PAGES)
                count_pages(stream, stream->chunk, stream->chunk_used);
        stream->chunk_used = 0;
}

void tap_stream_add(struct tap_stream *stream, uint64_t address, uint32_t size)
{
        while (size > 0) {
                size_t room = TAP_CHUNK_BYTES - stream->chunk_used;
                size_t step = size < room ? size : room;

                tap_read_ram(stream->tap, address, stream->chunk + stream->chunk_used, step);
                stream->chunk_used += step;
                stream->total += step;
                address += step;
                size -= (uint32_t)step;
                if (stream->chunk_used == TAP_CHUNK_BYTES)
                        flush(stream);
        }
}

void tap_stream_add_writable(struct tap_stream *stream, uint64_t address, uint32_t size)
{
        if (stream->what == TAP_STREAM_FREE_PAGES)
                count_free_pages(stream, address, size);
}

void tap_stream_end(struct tap_stream *stream)
{
        if (stream->chunk_used > 0)
                flush(stream);
}

/* ---- the records ---- */

void tap_record_used(struct tap *tap, unsigned index, uint32_t head, uint32_t length)
{
        tap_emit(tap, TAP_WRITES, &tap_event_used, SIM_T(event_queue_name(index)), SIM_U(head),
                 SIM_U(length));
        if (index == VIRTIO_BALLOON_STATSQ)
                tap_emit(tap, TAP_EVENTS, &event_poll, SIM_T(event_queue_name(index)), SIM_U(head),
                         SIM_U(length));
}

void tap_record_pages(struct tap *tap, unsigned index, const struct tap_stream *stream)
{
        if (stream->what == TAP_STREAM_FREE_PAGES)
                tap_emit(tap, TAP_EVENTS, &event_report,
                         SIM_U(is_poisoned(tap) ? 0 : stream->pages));
        else
                tap_emit(tap, TAP_EVENTS,
                         index == VIRTIO_BALLOON_INFLATEQ ? &event_inflate : &event_deflate,
                         SIM_U(stream->pages));
}

void tap_record_answer(struct tap *tap, uint32_t head, const struct tap_stream *stream)
{
        tap_emit(tap, TAP_EVENTS, &event_answer, SIM_T(event_queue_name(VIRTIO_BALLOON_STATSQ)),
                 SIM_U(head), SIM_U(stream->total), SIM_U(count_bits(stream->tags)));
}
