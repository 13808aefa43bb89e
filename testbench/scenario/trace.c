// SPDX-License-Identifier: MIT
/*
 * Traces: statistics over time as CSV. The first line names the columns, time_s
 * first, then statistics by QEMU's names; an empty field is one not reported.
 */
#include <stdlib.h>
#include <string.h>

#include "testbench/scenario/parse.h"
#include "testbench/scenario/units.h"

#define FILE_SIZE_MAX (64U << 20)
/* Longer than any number and any name of a column. */
#define FIELD_SIZE 64U

struct reader {
        const struct source *source;
        struct diag *diag;
        struct source_place place; /* of the field that is read next */
        struct scenario *scenario;
        unsigned tags[VIRTIO_BALLOON_S_COUNT]; /* of the columns after time_s */
        size_t tag_count;
};

static int fail(const struct reader *reader, const struct source_place *place, const char *text)
{
        return source_fail(reader->source, place, reader->diag, "%s", text);
}

/* The field at the place, into text; the place moves to the comma or the line's end behind it. */
static int next_field(struct reader *reader, char text[FIELD_SIZE])
{
        size_t begin = reader->place.offset, end = begin;
        const char *bytes = reader->source->text;

        while (end < reader->source->size && strchr(",\r\n", bytes[end]) == NULL)
                end++;
        if (end - begin >= FIELD_SIZE)
                return fail(reader, &reader->place, "this field is too long for a trace");
        memcpy(text, bytes + begin, end - begin);
        text[end - begin] = '\0';
        source_advance(reader->source, &reader->place, end);
        return 0;
}

static bool skip_comma(struct reader *reader)
{
        bool comma = reader->place.offset < reader->source->size &&
                     reader->source->text[reader->place.offset] == ',';

        if (comma)
                source_advance(reader->source, &reader->place, reader->place.offset + 1);
        return comma;
}

static void skip_line_end(struct reader *reader)
{
        unsigned line = reader->place.line;

        while (reader->place.offset < reader->source->size && reader->place.line == line)
                source_advance(reader->source, &reader->place, reader->place.offset + 1);
}

static int fail_column(const struct reader *reader, const struct source_place *place,
                       const char *name)
{
        const char *nearest = diag_nearest(name, parse_stat_names, VIRTIO_BALLOON_S_COUNT);

        (void)source_fail(reader->source, place, reader->diag, "no statistic is called '%s'", name);
        if (nearest != NULL)
                strncat(reader->diag->suggestion, nearest, sizeof reader->diag->suggestion - 1);
        return -1;
}

static int read_column(struct reader *reader)
{
        struct source_place place = reader->place;
        char name[FIELD_SIZE];
        unsigned tag = 0;

        if (next_field(reader, name) < 0)
                return -1;
        while (tag < VIRTIO_BALLOON_S_COUNT && strcmp(parse_stat_names[tag], name) != 0)
                tag++;
        if (tag == VIRTIO_BALLOON_S_COUNT)
                return fail_column(reader, &place, name);
        for (size_t i = 0; i < reader->tag_count; i++)
                if (reader->tags[i] == tag)
                        return fail(reader, &place, "this column stands here twice");
        reader->tags[reader->tag_count++] = tag;
        return 0;
}

static int read_header(struct reader *reader)
{
        struct source_place place = reader->place;
        char name[FIELD_SIZE];

        if (next_field(reader, name) < 0)
                return -1;
        if (strcmp(name, "time_s") != 0)
                return fail(reader, &place, "a trace's first column is time_s");
        while (skip_comma(reader))
                if (read_column(reader) < 0)
                        return -1;
        skip_line_end(reader);
        return 0;
}

static int read_time(struct reader *reader, struct scenario_trace_row *row)
{
        const struct scenario *scenario = reader->scenario;
        struct source_place place = reader->place;
        char text[FIELD_SIZE];
        const char *wrong;

        if (next_field(reader, text) < 0)
                return -1;
        wrong = units_time_s(text, &row->at);
        if (wrong != NULL)
                return fail(reader, &place, wrong);
        if (scenario->trace_count > 0 && row->at <= row[-1].at)
                return fail(reader, &place, "the rows of a trace go forward in time");
        return 0;
}

static int read_value(struct reader *reader, unsigned tag, struct guest_stats *stats)
{
        struct source_place place;
        char text[FIELD_SIZE];
        const char *wrong;

        if (!skip_comma(reader))
                return fail(reader, &reader->place, "this row has fewer fields than columns");
        place = reader->place;
        if (next_field(reader, text) < 0)
                return -1;
        if (text[0] == '\0')
                return 0;
        stats->reported[tag] = true;
        wrong = units_number(text, UINT64_MAX, &stats->values[tag]);
        return wrong == NULL ? 0 : fail(reader, &place, wrong);
}

static int read_row(struct reader *reader)
{
        struct scenario *scenario = reader->scenario;
        struct scenario_trace_row *row;

        scenario->trace = schema_append(scenario->trace, scenario->trace_count, sizeof *row);
        row = &scenario->trace[scenario->trace_count];
        *row = (struct scenario_trace_row){ 0 };
        for (size_t i = 0; i < VIRTIO_BALLOON_S_COUNT; i++)
                row->stats.values[i] = VIRTIO_BALLOON_STAT_ABSENT;
        if (read_time(reader, row) < 0)
                return -1;
        for (size_t i = 0; i < reader->tag_count; i++)
                if (read_value(reader, reader->tags[i], &row->stats) < 0)
                        return -1;
        if (reader->place.offset < reader->source->size &&
            reader->source->text[reader->place.offset] == ',')
                return fail(reader, &reader->place, "this row has more fields than columns");
        skip_line_end(reader);
        scenario->trace_count++;
        return 0;
}

static int read_rows(struct reader *reader)
{
        if (source_check_text(reader->source, reader->diag) < 0 || read_header(reader) < 0)
                return -1;
        while (reader->place.offset < reader->source->size)
                if (read_row(reader) < 0)
                        return -1;
        if (reader->scenario->trace_count == 0)
                return fail(reader, &reader->place, "a trace has at least one row");
        return 0;
}

int trace_read(const char *path, struct scenario *scenario, struct diag *diag)
{
        struct source source;
        struct reader reader = {
                .source = &source,
                .diag = diag,
                .place = { .line = 1, .column = 1 },
                .scenario = scenario,
        };
        int result;

        if (source_read(path, FILE_SIZE_MAX, &source, diag) < 0)
                return -1;
        /* Spreadsheets begin CSV in UTF-8 with a byte order mark. */
        if (source.size >= 3 && memcmp(source.text, "\xef\xbb\xbf", 3) == 0)
                reader.place.offset = 3;
        result = read_rows(&reader);
        source_free(&source);
        return result;
}
