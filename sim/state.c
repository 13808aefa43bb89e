// SPDX-License-Identifier: MIT
/* XXH_INLINE_ALL: as in digest.c. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "sim/state.h"

#define MAGIC "BALLAST\n"
#define MAGIC_SIZE (sizeof MAGIC - 1)
#define FORMAT_VERSION 1U
#define HEADER_SIZE (MAGIC_SIZE + 2)
#define CHECKSUM_SIZE 8U

static void number_store(uint8_t *to, unsigned size_bytes, uint64_t value)
{
        for (unsigned i = 0; i < size_bytes; i++)
                to[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t number_load(const uint8_t *from, unsigned size_bytes)
{
        uint64_t value = 0;

        for (unsigned i = 0; i < size_bytes; i++)
                value |= (uint64_t)from[i] << (8 * i);
        return value;
}

/* ---- saving ---- */

void state_put_bytes(struct state_writer *writer, const void *bytes, size_t size_bytes)
{
        if (writer->size + size_bytes > writer->capacity) {
                writer->capacity = 2 * (writer->size + size_bytes);
                writer->bytes = realloc(writer->bytes, writer->capacity);
                sim_assert(writer->bytes != NULL);
        }
        memcpy(writer->bytes + writer->size, bytes, size_bytes);
        writer->size += size_bytes;
}

void state_put(struct state_writer *writer, unsigned size_bytes, uint64_t value)
{
        uint8_t bytes[8];

        sim_assert(size_bytes <= sizeof bytes);
        number_store(bytes, size_bytes, value);
        state_put_bytes(writer, bytes, size_bytes);
}

void state_writer_init(struct state_writer *writer)
{
        *writer = (struct state_writer){ 0 };
        state_put_bytes(writer, MAGIC, MAGIC_SIZE);
        state_put(writer, 2, FORMAT_VERSION);
}

void state_writer_fini(struct state_writer *writer)
{
        free(writer->bytes);
}

static void close_section(struct state_writer *writer)
{
        if (writer->section != 0)
                number_store(writer->bytes + writer->section, 4,
                             writer->size - writer->section - 4);
}

void state_section(struct state_writer *writer, const char *name, uint16_t version)
{
        size_t length = strlen(name);

        sim_assert(length > 0 && length < STATE_NAME_SIZE);
        close_section(writer);
        state_put(writer, 1, length);
        state_put_bytes(writer, name, length);
        state_put(writer, 2, version);
        writer->section = writer->size;
        state_put(writer, 4, 0);
}

void state_finish(struct state_writer *writer)
{
        close_section(writer);
        state_put(writer, CHECKSUM_SIZE, XXH3_64bits(writer->bytes, writer->size));
}

/* ---- loading ---- */

static void fail_at(struct state_reader *reader, size_t at, const char *error)
{
        if (reader->error != NULL)
                return;
        reader->error = error;
        reader->error_at = at;
}

void state_fail(struct state_reader *reader, const char *error)
{
        fail_at(reader, reader->value_at, error);
}

void state_reader_init(struct state_reader *reader, const uint8_t *bytes, size_t size)
{
        *reader = (struct state_reader){ .bytes = bytes };
        if (size < MAGIC_SIZE || memcmp(bytes, MAGIC, MAGIC_SIZE) != 0) {
                fail_at(reader, reader->at, "this is no state of a Ballast device");
                return;
        }
        reader->at = MAGIC_SIZE;
        if (size < HEADER_SIZE + CHECKSUM_SIZE) {
                fail_at(reader, size, "the file ends too early");
                return;
        }
        if (number_load(bytes + reader->at, 2) != FORMAT_VERSION) {
                fail_at(reader, reader->at,
                        "the format has a version that this program does not know");
                return;
        }
        reader->at = HEADER_SIZE;
        reader->sections_end = size - CHECKSUM_SIZE;
        reader->end = reader->sections_end;
        if (number_load(bytes + reader->sections_end, CHECKSUM_SIZE) !=
            XXH3_64bits(bytes, reader->sections_end))
                fail_at(reader, reader->sections_end,
                        "the checksum is wrong: the file was changed or cut");
}

/* NULL: it has not so many bytes left, or there was an error. */
static const uint8_t *take(struct state_reader *reader, size_t size_bytes)
{
        const uint8_t *from = reader->bytes + reader->at;

        if (reader->error == NULL && size_bytes > reader->end - reader->at)
                fail_at(reader, reader->at, "the section ends too early");
        if (reader->error != NULL)
                return NULL;
        reader->value_at = reader->at;
        reader->at += size_bytes;
        return from;
}

uint64_t state_get(struct state_reader *reader, unsigned size_bytes)
{
        const uint8_t *from = take(reader, size_bytes);

        return from != NULL ? number_load(from, size_bytes) : 0;
}

uint64_t state_get_to(struct state_reader *reader, unsigned size_bytes, uint64_t max,
                      const char *error)
{
        uint64_t value = state_get(reader, size_bytes);

        if (value <= max)
                return value;
        state_fail(reader, error);
        return 0;
}

bool state_get_bool(struct state_reader *reader)
{
        return state_get_to(reader, 1, 1, "a switch is neither 0 nor 1") != 0;
}

void state_get_bytes(struct state_reader *reader, void *to, size_t size_bytes)
{
        const uint8_t *from = take(reader, size_bytes);

        if (from != NULL)
                memcpy(to, from, size_bytes);
        else
                memset(to, 0, size_bytes);
}

static bool follows(const struct state_reader *reader, const char *name)
{
        size_t left = reader->sections_end - reader->at;
        const uint8_t *at = reader->bytes + reader->at;
        size_t length = strlen(name);

        return left > length && at[0] == length && memcmp(at + 1, name, length) == 0;
}

void state_enter(struct state_reader *reader, const char *name, uint16_t version)
{
        size_t start = reader->at;
        size_t length;

        if (reader->error != NULL || reader->section[0] != '\0' || !follows(reader, name)) {
                fail_at(reader, reader->at, "another section has to be here");
                return;
        }
        memcpy(reader->section, name, strlen(name) + 1);
        reader->at += 1 + strlen(name);
        if (state_get(reader, 2) != version)
                fail_at(reader, start, "the section has a version that this program does not know");
        length = state_get(reader, 4);
        if (length > reader->end - reader->at)
                fail_at(reader, start, "the section is longer than the file");
        if (reader->error == NULL)
                reader->end = reader->at + length;
}

void state_leave(struct state_reader *reader)
{
        if (reader->error != NULL)
                return;
        if (reader->at != reader->end) {
                fail_at(reader, reader->at, "the section goes on too long");
                return;
        }
        reader->end = reader->sections_end;
        reader->section[0] = '\0';
}

bool state_done(struct state_reader *reader)
{
        if (reader->error == NULL && reader->at != reader->sections_end)
                fail_at(reader, reader->at, "there are sections that this device has not");
        return reader->error == NULL;
}
