// SPDX-License-Identifier: MIT
#include "testbench/report/look.h"
#include "testbench/report/parts.h"

#include <inttypes.h>

static void put_row(FILE *to, const struct tally *tally, enum campaign_class class)
{
        uint64_t count = tally->total.of[class];

        fputs("<tr><td class=\"name\">", to);
        look_class(to, class);
        fputs("</td><td>", to);
        look_count(to, count);
        fputs("</td><td>", to);
        look_share(to, count, tally->total.count);
        fprintf(to, "</td><td class=\"text\">%s</td></tr>\n", look_meaning(class));
}

void part_outcomes(FILE *to, const struct tally *tally)
{
        fputs("<section id=\"outcomes\">\n<h2>Outcomes</h2>\n", to);
        if (tally->total.count == 0) {
                fputs("<p>No run is done.</p>\n</section>\n", to);
                return;
        }
        fputs("<div class=\"first\">", to);
        look_bar(to, tally->total.of);
        fputs("</div>\n<div class=\"wide\"><table>\n<thead><tr><th class=\"name\">Outcome</th>"
              "<th>Runs</th><th>Share</th><th></th></tr></thead>\n<tbody>\n",
              to);
        for (unsigned i = 0; i < CAMPAIGN_CLASS_COUNT; i++)
                put_row(to, tally, (enum campaign_class)i);
        fputs("</tbody>\n</table></div>\n</section>\n", to);
}
