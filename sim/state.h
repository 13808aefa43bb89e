// SPDX-License-Identifier: MIT
/*
 * A device's state as bytes: what is saved of it in one process and loaded in another.
 * docs/state-format.md has the layout: a magic, a version, named sections of their own
 * versions, a checksum.
 *
 * Every byte is a stranger's on load. The reader never reads past a section, and its first
 * error stays: what is asked of it afterwards is 0, so a loader may read on and ask once, at
 * the end. Loaders check what they read and load into a device that nothing else knows yet.
 */
#ifndef SIM_STATE_H
#define SIM_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- saving ---- */

struct state_writer {
        uint8_t *bytes; /* owned */
        size_t size, capacity;
        size_t section; /* where the length of the open one is; 0: none is open */
};

void state_writer_init(struct state_writer *writer);
void state_writer_fini(struct state_writer *writer);
/* A section begins, the one before ends. name is at most 32 bytes long. */
void state_section(struct state_writer *writer, const char *name, uint16_t version);
/* A number of 1, 2, 4 or 8 bytes. */
void state_put(struct state_writer *writer, unsigned size_bytes, uint64_t value);
void state_put_bytes(struct state_writer *writer, const void *bytes, size_t size_bytes);
/* Nothing may be put after it; writer->bytes and size are the file. */
void state_finish(struct state_writer *writer);

/* ---- loading ---- */

#define STATE_NAME_SIZE 33 /* of a section, with its end */

struct state_reader {
        const uint8_t *bytes;
        size_t at, end; /* of the open section, or between two */
        size_t sections_end;
        size_t value_at;               /* of what was read last */
        char section[STATE_NAME_SIZE]; /* "": outside all of them */
        const char *error;             /* NULL: none so far */
        size_t error_at;               /* the byte that is wrong */
};

/* bytes are borrowed. Checks magic, version, length and checksum. */
void state_reader_init(struct state_reader *reader, const uint8_t *bytes, size_t size);
/* Enters the next section, which has to be this one, of this version. */
void state_enter(struct state_reader *reader, const char *name, uint16_t version);
/* The section has to end here. */
void state_leave(struct state_reader *reader);
/* A number of 1, 2, 4 or 8 bytes; 0 after an error. */
uint64_t state_get(struct state_reader *reader, unsigned size_bytes);
/* The same; more than max is an error of this text, which has to stay. */
uint64_t state_get_to(struct state_reader *reader, unsigned size_bytes, uint64_t max,
                      const char *error);
bool state_get_bool(struct state_reader *reader);
/* Zeros after an error. */
void state_get_bytes(struct state_reader *reader, void *to, size_t size_bytes);
/* What was read last is wrong. The first error stays. */
void state_fail(struct state_reader *reader, const char *error);
/* All sections were read, without an error. */
bool state_done(struct state_reader *reader);

#endif
