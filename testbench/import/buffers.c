// SPDX-License-Identifier: MIT
#include "testbench/import/buffers.h"

#include <stdlib.h>
#include <string.h>

#include "models/virtio_spec.h"
#include "testbench/import/lines.h"

/* Both files round to microseconds on their own. */
#define SAME_US 2
/* A page that moves is given and taken back at once. */
#define COMPACTION_US INT64_C(100000)

#define COLUMNS_MAX 32

/* Where the columns are that count. */
struct columns {
        size_t queue, kick, pages;
};

/* The nth field of a line of comma separated values; "" past the last. */
static const char *field(const char *line, size_t index)
{
        while (index-- > 0) {
                line = strchr(line, ',');
                if (!line)
                        return "";
                line++;
        }
        return line;
}

static bool find_column(const char *header, const char *name, size_t *column)
{
        size_t length = strlen(name);

        for (*column = 0; *column < COLUMNS_MAX; ++*column) {
                const char *at = field(header, *column);

                if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0'))
                        return true;
        }
        return false;
}

/* The device takes a buffer some microseconds after the kick, and the next comes later. */
static void note(struct session *session, size_t *next, unsigned queue, int64_t kick_us,
                 int64_t pages)
{
        for (size_t i = *next; i < session->item_count; i++) {
                struct session_item *item = &session->items[i];

                if (item->kind != SESSION_BUFFER || item->at_us < kick_us - SAME_US ||
                    item->queue != queue)
                        continue;
                if (pages > 0)
                        item->pages = pages;
                *next = i + 1;
                return;
        }
}

static int read_rows(struct lines *lines, int64_t offset_us, struct session *session,
                     struct diag *diag)
{
        struct columns columns;
        size_t next = 0;
        const char *end;
        char *line;
        int result = lines_next(lines, &line, diag);

        if (result <= 0 || !find_column(line, "queue", &columns.queue) ||
            !find_column(line, "t_kick", &columns.kick) ||
            !find_column(line, "n_pfns", &columns.pages))
                return result < 0 ? -1
                                  : lines_error(lines, diag, "no columns queue, t_kick and n_pfns");
        while ((result = lines_next(lines, &line, diag)) > 0) {
                long queue = strtol(field(line, columns.queue), NULL, 10);
                long pages = strtol(field(line, columns.pages), NULL, 10);
                int64_t kick_us;

                if (*line == '\0' || queue < 0 || queue > VIRTIO_BALLOON_DEFLATEQ)
                        continue;
                if (!lines_parse_us(field(line, columns.kick), &end, &kick_us) || *end != ',' ||
                    pages < 0 || pages > UINT32_MAX)
                        return lines_error(lines, diag, "no time in t_kick, or no count in n_pfns");
                note(session, &next, (unsigned)queue, kick_us + offset_us, pages);
        }
        return result;
}

static struct session_item *next_page_item(struct session *session, size_t from)
{
        for (size_t i = from; i < session->item_count; i++)
                if (session->items[i].kind == SESSION_BUFFER ||
                    session->items[i].kind == SESSION_ACTUAL)
                        return &session->items[i];
        return NULL;
}

/*
 * The kernel moves a page of the balloon: a new one is inflated, the old one
 * deflated, actual stays (Linux drivers/virtio/virtio_balloon.c, virtballoon_migratepage).
 */
static void find_compactions(struct session *session)
{
        for (size_t i = 0; i < session->item_count; i++) {
                struct session_item *given = &session->items[i], *taken;

                if (given->kind != SESSION_BUFFER || given->queue != VIRTIO_BALLOON_INFLATEQ ||
                    given->pages > 1)
                        continue;
                taken = next_page_item(session, i + 1);
                if (!taken || taken->kind != SESSION_BUFFER ||
                    taken->queue != VIRTIO_BALLOON_DEFLATEQ || taken->pages > 1 ||
                    taken->at_us > given->at_us + COMPACTION_US)
                        continue;
                given->compaction = taken->compaction = true;
                given->pages = taken->pages = 1;
        }
}

int buffers_read(const char *folder, int64_t zero_wall_us, struct session *session,
                 struct diag *diag)
{
        int result = 0;

        if (lines_there(folder, "balloon-buffers.csv")) {
                struct lines *lines = lines_open(folder, "balloon-buffers.csv", diag);

                result = lines ? read_rows(lines, zero_wall_us - session->epoch_us, session, diag)
                               : -1;
                lines_close(lines);
        }
        find_compactions(session);
        return result;
}
