// SPDX-License-Identifier: MIT
/*
 * The error of one command: QEMU's class and text.
 */
#ifndef MODELS_HOST_QMP_ERROR_H
#define MODELS_HOST_QMP_ERROR_H

#include <json-c/json.h>
#include <stdbool.h>

#include "models/host/qmp_text.h"

enum qmp_error_class {
        QMP_GENERIC_ERROR,
        QMP_COMMAND_NOT_FOUND,
        QMP_DEVICE_NOT_ACTIVE,
        QMP_DEVICE_NOT_FOUND,
};

/* Zero: no error. */
struct qmp_error {
        bool set;
        enum qmp_error_class class;
        struct qmp_text text;
};

/* Of an error that is not set yet. Returns NULL, so that a command can return it. */
json_object *qmp_error_set(struct qmp_error *error, enum qmp_error_class class, const char *format,
                           ...) __attribute__((format(printf, 3, 4)));
void qmp_error_fini(struct qmp_error *error);
/* {"class": …, "desc": …}, the caller's reference. */
json_object *qmp_error_json(const struct qmp_error *error);

#endif
