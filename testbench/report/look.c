// SPDX-License-Identifier: MIT
#include "testbench/report/look.h"

#include <inttypes.h>

#include "sim/assert.h"
#include "testbench/text.h"

/* The colours are those of Okabe and Ito, whose order of lightness the patterns make up for. */
static const struct {
        const char *color, *pattern, *line, *meaning; /* line: the pattern's color */
} looks[CAMPAIGN_CLASS_COUNT] = {
        [CAMPAIGN_MASKED] = { "#b7dfcf", "M0 0", "#fff",
                              "The host saw what it sees without faults." },
        [CAMPAIGN_RECOVERED] = { "#56b4e9", "M0 0", "#fff",
                                 "The host saw something else, and polling went on." },
        [CAMPAIGN_DEAD] = { "#e69f00", "M0 8L8 0M-2 2L2 -2M6 10L10 6", "#fff",
                            "Polling ended, and nothing that was to come would bring it back." },
        [CAMPAIGN_WRONG] = { "#f0e442", "M0 0L8 8M-2 6L2 10M6 -2L10 2", "#6b6200",
                             "The host did not know what the guest had told it." },
        [CAMPAIGN_BROKEN] = { "#cc79a7", "M0 2H8M0 6H8", "#fff",
                              "The device gave up on its driver, which it does not without "
                              "faults." },
        [CAMPAIGN_VIOLATED] = { "#d55e00", "M2 0V8M6 0V8", "#fff",
                                "A rule of the protocols or of the scenario was broken." },
        [CAMPAIGN_CRASHED] = { "#000000", "M0 0", "#fff",
                               "The run ended its process: a bug of Ballast's." },
};

static const char style[] =
        ":root{color-scheme:light;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--pale:#f6f8fa}\n"
        "*{box-sizing:border-box;print-color-adjust:exact;-webkit-print-color-adjust:exact}\n"
        "body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:68rem;background:#fff;"
        "color:var(--ink);font:16px/1.5 system-ui,'DejaVu Sans',sans-serif}\n"
        "h1{font-size:1.9rem;line-height:1.2;margin:.2rem 0 1rem;overflow-wrap:anywhere}\n"
        "h2{font-size:1.3rem;margin:3rem 0 .5rem;padding-top:1rem;border-top:1px solid "
        "var(--line)}\n"
        "h3{font-size:1.05rem;margin:2rem 0 .5rem}\n"
        "p{max-width:46rem;margin:.5rem 0}\n"
        ".kind{margin:0;color:var(--soft);letter-spacing:.04em}\n"
        ".soft,figcaption{color:var(--soft);font-size:.9rem}\n"
        "dl.facts{display:flex;flex-wrap:wrap;gap:.75rem 2.5rem;margin:1rem 0}\n"
        "dl.facts dt{color:var(--soft);font-size:.85rem}\n"
        "dl.facts dd{margin:0;font-weight:600;overflow-wrap:anywhere}\n"
        "td,th,dd,li,h1,code,pre{unicode-bidi:isolate}\n"
        ".wide{overflow-x:auto;margin:1rem 0}\n"
        "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\n"
        "th,td{padding:.4rem .75rem;text-align:right;border-bottom:1px solid var(--line);"
        "white-space:nowrap}\n"
        "thead th{color:var(--soft);font-weight:600;font-size:.85rem;vertical-align:bottom}\n"
        "th.name,td.name{text-align:left;padding-left:0;white-space:normal;min-width:9rem;"
        "overflow-wrap:anywhere}\n"
        "td.name{font-weight:600}\n"
        "td.text{text-align:left;white-space:normal;min-width:15rem}\n"
        "th.draw,td.draw{width:34%;min-width:11rem}\n"
        "tr.more td{border-bottom:0}\n"
        "tr.alone td{font-size:.85rem;padding-top:0;color:var(--soft)}\n"
        "tr.alone td.name{font-weight:400;padding-left:1rem}\n"
        "td.none{color:#8c959f}\n"
        ".class{white-space:nowrap}\n"
        ".swatch{width:.85em;height:.85em;margin-right:.4em;vertical-align:-.08em}\n"
        "svg.bar{display:block;width:100%;height:1.15rem}\n"
        "tr.alone svg.bar{height:.7rem}\n"
        ".first svg.bar{height:2.25rem;margin:1rem 0}\n"
        ".legend .class{margin-right:1.25rem;font-size:.9rem}\n"
        "figure{margin:1rem 0}\n"
        "figure svg{width:100%;min-width:42rem;height:auto;display:block}\n"
        "svg text{font:12px system-ui,'DejaVu Sans',sans-serif;fill:var(--ink)}\n"
        "svg text.soft{font-size:12px;fill:var(--soft)}\n"
        "ol.faults{margin:.5rem 0;padding-left:1.6rem}\n"
        "code,pre{font:.85rem/1.45 ui-monospace,'DejaVu Sans Mono',monospace}\n"
        "code{overflow-wrap:anywhere}\n"
        "pre{background:var(--pale);border:1px solid var(--line);border-radius:6px;"
        "padding:.75rem 1rem;overflow-x:auto}\n"
        "summary{cursor:pointer;color:#0550ae}\n"
        ".why{border-left:4px solid #d55e00;padding-left:.75rem;overflow-wrap:anywhere}\n"
        ".other{border-left:4px solid #e69f00;padding-left:.75rem}\n"
        ".small{margin:1.5rem 0;padding:.25rem 1rem .75rem;border:1px solid var(--line);"
        "border-radius:6px}\n"
        "h4{font-size:1rem;margin:.75rem 0 .25rem}\n"
        "footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:.75rem}\n"
        "@media print{body{padding:0;font-size:12px}h2{break-after:avoid}"
        "tr,figure,.facts{break-inside:avoid}}\n";

void look_style(FILE *to)
{
        fprintf(to, "<style>\n%s</style>\n", style);
}

void look_patterns(FILE *to)
{
        fputs("<svg width=\"0\" height=\"0\" style=\"position:absolute\" "
              "aria-hidden=\"true\"><defs>\n",
              to);
        for (unsigned i = 0; i < CAMPAIGN_CLASS_COUNT; i++) {
                sim_assert(looks[i].color != NULL); /* else a class is new */
                fprintf(to,
                        "<pattern id=\"p%u\" width=\"8\" height=\"8\" "
                        "patternUnits=\"userSpaceOnUse\">"
                        "<rect width=\"8\" height=\"8\" fill=\"%s\"/>"
                        "<path d=\"%s\" stroke=\"%s\" stroke-width=\"1.4\"/></pattern>\n",
                        i, looks[i].color, looks[i].pattern, looks[i].line);
        }
        fputs("</defs></svg>\n", to);
}

void look_fill(FILE *to, enum campaign_class class)
{
        fprintf(to, " fill=\"url(#p%u)\"", (unsigned)class);
}

void look_class(FILE *to, enum campaign_class class)
{
        fputs("<span class=\"class\"><svg class=\"swatch\" aria-hidden=\"true\">"
              "<rect width=\"100%\" height=\"100%\"",
              to);
        look_fill(to, class);
        fprintf(to, "/></svg>%s</span>", campaign_class_name(class));
}

const char *look_meaning(enum campaign_class class)
{
        return looks[class].meaning;
}

/* As an attribute: a thousandth of a per cent is less than a pixel. */
static void put_percent(FILE *to, const char *key, uint64_t part, uint64_t whole)
{
        uint64_t thousandths = part * 100000 / whole;

        fprintf(to, " %s=\"%" PRIu64 ".%03" PRIu64 "%%\"", key, thousandths / 1000,
                thousandths % 1000);
}

void look_bar(FILE *to, const uint64_t of[CAMPAIGN_CLASS_COUNT])
{
        uint64_t whole = 0, before = 0;

        for (unsigned i = 0; i < CAMPAIGN_CLASS_COUNT; i++)
                whole += of[i];
        fputs("<svg class=\"bar\" role=\"img\">", to);
        for (unsigned i = 0; i < CAMPAIGN_CLASS_COUNT; i++) {
                if (of[i] == 0)
                        continue;
                fputs("<rect height=\"100%\"", to);
                put_percent(to, "x", before, whole);
                put_percent(to, "width", of[i], whole);
                look_fill(to, (enum campaign_class)i);
                fprintf(to, "><title>%s: ", campaign_class_name((enum campaign_class)i));
                look_count(to, of[i]);
                fputs("</title></rect>", to);
                before += of[i];
        }
        fputs("</svg>", to);
}

void look_count(FILE *to, uint64_t count)
{
        char digits[24];
        int length = snprintf(digits, sizeof digits, "%" PRIu64, count);

        for (int i = 0; i < length; i++) {
                if (i > 0 && (length - i) % 3 == 0)
                        putc(',', to);
                putc(digits[i], to);
        }
}

void look_share(FILE *to, uint64_t part, uint64_t whole)
{
        uint64_t tenths = whole > 0 ? (part * 1000 + whole / 2) / whole : 0;

        if (part > 0 && tenths == 0)
                fputs("&lt; 0.1 %", to);
        else if (part < whole && tenths == 1000)
                fputs("&gt; 99.9 %", to);
        else
                fprintf(to, "%" PRIu64 ".%" PRIu64 " %%", tenths / 10, tenths % 10);
}

void look_span(FILE *to, sim_time_t span)
{
        sim_time_t unit = 1;
        char text[TEXT_TIME_SIZE];

        while (unit < SIM_S(1) && span >= 1000 * unit)
                unit *= 1000;
        unit = unit >= 1000 ? unit / 1000 : 1;
        fputs(text_span(text, (span + unit / 2) / unit * unit), to);
}
