// SPDX-License-Identifier: MIT
#include "models/host/qmp_error.h"

#include <stdarg.h>

#include "models/host/qmp_json.h"
#include "sim/assert.h"

json_object *qmp_error_set(struct qmp_error *error, enum qmp_error_class class, const char *format,
                           ...)
{
        va_list arguments;

        sim_assert(!error->set);
        error->set = true;
        error->class = class;
        va_start(arguments, format);
        qmp_text_vformat(&error->text, format, arguments);
        va_end(arguments);
        return NULL;
}

void qmp_error_fini(struct qmp_error *error)
{
        qmp_text_fini(&error->text);
        *error = (struct qmp_error){ 0 };
}

json_object *qmp_error_json(const struct qmp_error *error)
{
        static const char *const names[] = {
                [QMP_GENERIC_ERROR] = "GenericError",
                [QMP_COMMAND_NOT_FOUND] = "CommandNotFound",
                [QMP_DEVICE_NOT_ACTIVE] = "DeviceNotActive",
                [QMP_DEVICE_NOT_FOUND] = "DeviceNotFound",
        };
        json_object *json = qmp_json_object();

        qmp_json_add(json, "class", qmp_json_string(names[error->class]));
        qmp_json_add(json, "desc", qmp_json_string(error->text.bytes));
        return json;
}
