// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <stdlib.h>

#include "models/virtio_spec.h"
#include "testbench/import/story_priv.h"

static void pages_move(const struct story *story, int64_t at_us, const char *how, int64_t pages)
{
        char action[64];

        snprintf(action, sizeof action, "{%s: %" PRId64 "}", how, pages);
        story_guest(story, at_us, action);
}

static void expect_pages(const struct story *story, int64_t at_us, const char *kind, int64_t pages)
{
        story_at(story, at_us);
        fprintf(story->to, "    expect: {%s: {pages: %" PRId64 "}}\n", kind, pages);
}

static const char *move_name(unsigned queue)
{
        return queue == VIRTIO_BALLOON_INFLATEQ ? "inflate" : "deflate";
}

static int64_t one_buffer(int64_t pages)
{
        return pages < STORY_BUFFER_PAGES_MAX ? pages : STORY_BUFFER_PAGES_MAX;
}

/* The batches that the recording tells, between the last write of actual and this one. */
static void expect_batches(const struct story *story, size_t index, int64_t pages)
{
        const struct session_item *items = story->session->items;
        int64_t left = llabs(pages);
        bool told = false;

        for (size_t i = story->first_buffer; i < index; i++) {
                if (items[i].kind != SESSION_BUFFER || items[i].compaction || items[i].pages == 0)
                        continue;
                expect_pages(story, items[index].at_us, move_name(items[i].queue), items[i].pages);
                told = true;
        }
        for (; !told && left > 0; left -= one_buffer(left))
                expect_pages(story, items[index].at_us, pages > 0 ? "inflate" : "deflate",
                             one_buffer(left));
}

/*
 * A legacy driver writes actual by four bytes, and the log shows each. They count
 * as one write, of the last value, at the first of them that changes something;
 * false: this one is not that.
 */
static bool whole_write(struct story *story, size_t index, int64_t *to_pages)
{
        const struct session *session = story->session;
        unsigned bytes = story->bytes;
        size_t i = index;

        *to_pages = session->items[index].to_pages;
        if (!session->items[index].bytewise)
                return true;
        story->bytes = (bytes + 1) % 4;
        if (story->wrote || (bytes < 3 && session->items[index].from_pages == *to_pages)) {
                story->wrote = story->wrote && bytes < 3;
                return false;
        }
        story->wrote = bytes < 3;
        while (++bytes < 4) {
                for (i++; i < session->item_count && session->items[i].kind != SESSION_ACTUAL; i++)
                        ;
                if (i == session->item_count)
                        break;
                *to_pages = session->items[i].to_pages;
        }
        return true;
}

/* A new driver starts from none, whatever the device still shows. */
void story_actual(struct story *story, size_t index)
{
        const struct session_item *item = &story->session->items[index];
        int64_t to_pages, moved, pages;

        if (!whole_write(story, index, &to_pages))
                return;
        if (story->removed) {
                story->pages = 0;
                return;
        }
        moved = pages = to_pages - story->pages;
        story->pages = to_pages;
        if (to_pages == 0 && story_unbinds(story, index)) {
                /* Its buffers are not those of a driver that gives back what it has. */
                story->removed = true;
                story_guest(story, item->at_us, "{remove: {pace: 0 s}}");
                pages = 0;
        }
        while (pages != 0) {
                int64_t count = one_buffer(llabs(pages));

                pages_move(story, item->at_us, pages > 0 ? "inflate" : "deflate", count);
                pages += pages > 0 ? -count : count;
        }
        expect_batches(story, index, moved);
        story->first_buffer = index + 1;
}

static void move_page(const struct story *story, const struct session_item *item)
{
        const char *queue = item->queue == VIRTIO_BALLOON_INFLATEQ ? "inflateq" : "deflateq";
        uint32_t pfn = (uint32_t)(story->session->ram_bytes / VIRTIO_BALLOON_PAGE_SIZE_BYTES / 2);
        char action[96];

        snprintf(action, sizeof action, "{post: {queue: %s, out: \"%02x%02x%02x%02x\"}}", queue,
                 pfn & 0xff, pfn >> 8 & 0xff, pfn >> 16 & 0xff, pfn >> 24);
        story_guest(story, item->at_us, action);
        snprintf(action, sizeof action, "{kick: %s}", queue);
        story_guest(story, item->at_us, action);
        expect_pages(story, item->at_us, move_name(item->queue), 1);
}

/* The pages that the driver holds go buffer by buffer. */
static void give_back(struct story *story, const struct session_item *item)
{
        int64_t pages = item->pages > 0 ? item->pages : one_buffer(story->pages);

        story->pages -= pages;
        expect_pages(story, item->at_us, "deflate", pages);
        fprintf(story->to, "    within: %" PRId64 " us\n", story->leaving_within_us);
}

/* Which page moves, the simulator does not know. */
void story_buffer(struct story *story, size_t index)
{
        const struct session_item *item = &story->session->items[index];

        if (item->compaction)
                move_page(story, item);
        else if (story->removed || story_leaves(story, index))
                give_back(story, item);
}
