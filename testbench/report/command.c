// SPDX-License-Identifier: MIT
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/report/parts.h"
#include "testbench/scenario/report.h"

void part_command(FILE *to, const struct campaign *campaign, const char *format, ...)
{
        const char *slash = strrchr(campaign->path, '/');
        char *command = NULL;
        va_list arguments;
        size_t size;
        FILE *line = open_memstream(&command, &size);

        sim_assert(line != NULL);
        fputs("ballast ", line);
        va_start(arguments, format);
        vfprintf(line, format, arguments);
        va_end(arguments);
        if (campaign->sweep_option != NULL) {
                fputs(" --sweep ", line);
                report_shell_word(line, campaign->sweep_option);
        }
        putc(' ', line);
        report_shell_word(line, slash != NULL ? slash + 1 : campaign->path);
        fclose(line);
        fputs("<code>", to);
        report_xml_text(to, command);
        fputs("</code>", to);
        free(command);
}
