// SPDX-License-Identifier: MIT
/*
 * The journal: what crosses the seams, with its time.
 *
 * Owns the typed record, its text form and its digest. A record's kind is a
 * constant of the layer that emits it, so the journal knows none of them.
 * Checkers, golden files and failure reports read records, never the models'
 * insides. With no listener an emission costs one load and one branch.
 */
#ifndef SIM_JOURNAL_H
#define SIM_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/kernel.h"
#include "sim/time.h"

enum sim_field_type {
        SIM_FIELD_UINT, /* decimal */
        SIM_FIELD_HEX,  /* 0x... */
        SIM_FIELD_TEXT, /* as it stands; control bytes are escaped */
        SIM_FIELD_TIME, /* seconds with nine decimals; SIM_TIME_NEVER reads "never" */
};

#define SIM_FIELDS_MAX 4
/* With its NUL. Names lie in the kind: how long a line can be is then known. */
#define SIM_NAME_SIZE 20

struct sim_field {
        char name[SIM_NAME_SIZE]; /* "" prints the value alone */
        enum sim_field_type type;
};

struct sim_record_kind {
        char name[SIM_NAME_SIZE]; /* "poll", "qmp-event": one word */
        unsigned field_count;
        struct sim_field fields[SIM_FIELDS_MAX];
};

union sim_value {
        uint64_t u;
        const char *text;
};

/* Valid during the listener's call only: copy what must stay. */
struct sim_record {
        sim_time_t time;
        const struct sim_record_kind *kind;
        union sim_value values[SIM_FIELDS_MAX];
};

typedef void sim_listener_fn(void *owner, const struct sim_record *record);

/* Embedded in its owner; next belongs to the journal. */
struct sim_listener {
        sim_listener_fn *record;
        void *owner;
        struct sim_listener *next;
};

/* Public for the inline test only; use the functions. */
struct sim_journal {
        const struct sim_kernel *kernel;
        struct sim_listener *listeners;
};

void sim_journal_init(struct sim_journal *journal, const struct sim_kernel *kernel);
/* Listeners hear every record emitted from now on, in the order of their subscription. */
void sim_journal_subscribe(struct sim_journal *journal, struct sim_listener *listener);
void sim_journal_unsubscribe(struct sim_journal *journal, struct sim_listener *listener);

static inline bool sim_journal_heard(const struct sim_journal *journal)
{
        return journal->listeners != NULL;
}

/* values holds kind->field_count entries. */
void sim_journal_write(struct sim_journal *journal, const struct sim_record_kind *kind,
                       const union sim_value *values);

#define SIM_U(number) ((union sim_value){ .u = (number) })
#define SIM_T(string) ((union sim_value){ .text = (string) })

/* sim_emit(journal, &poll_kind, SIM_U(head), SIM_U(used_length)); arguments are evaluated only when
 * heard. */
#define sim_emit(journal, kind, ...)                                                 \
        do {                                                                         \
                if (__builtin_expect(sim_journal_heard(journal), 0))                 \
                        sim_journal_write((journal), (kind),                         \
                                          (const union sim_value[]){ __VA_ARGS__ }); \
        } while (0)

/*
 * One line, without the newline, like
 *
 *      1.000300000  answer        queue statsq head 0 bytes 100 stats 10
 *
 *      line   = time "  " kind *( " " field )
 *      time   = seconds "." nine digits
 *      kind   = its name, padded to SIM_KIND_COLUMNS when fields follow
 *      field  = [ name " " ] value
 *
 * Values are written as enum sim_field_type says; a control byte in a text
 * (below 0x20, or 0x7f) reads \xNN in lower case, every other byte stands for
 * itself. Like snprintf: ends with NUL when size > 0, returns the length that
 * the whole line has.
 */
#define SIM_KIND_COLUMNS 13
size_t sim_record_format(const struct sim_record *record, char *line, size_t size);

/* XXH3-64 over the text form of every record heard, a newline after each. */
struct sim_digest;
struct sim_digest *sim_digest_new(struct sim_journal *journal);
void sim_digest_free(struct sim_digest *digest); /* unsubscribes; NULL is fine */
uint64_t sim_digest_value(struct sim_digest *digest);
/*
 * The record heard last, as text that a newline follows; length: without that. For listeners
 * that come after the digest; good until the next record.
 */
const char *sim_digest_line(const struct sim_digest *digest, size_t *length);

#endif
