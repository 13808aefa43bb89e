# SPDX-License-Identifier: MIT
# See conformance.sh. A chapter is a file; in it a block is a heading "### ID: what it is about"
# and a table "| strength | rule | status | told by | remark |".

BEGIN {
        split("MUST,MUST NOT,SHOULD,SHOULD NOT", strengths, ",")
        for (i in strengths)
                is_strength[strengths[i]]
        split("holds,departs,n/a,open", statuses, ",")
        for (i in statuses)
                is_status[statuses[i]]
}

FILENAME ~ /blocks\.tsv$/ {
        if (/^#/ || FNR <= 3)
                next
        if (split($0, field, "\t") != 8) {
                problem("a block has eight fields")
                next
        }
        if (field[1] == "total")
                promised_blocks = field[2] + 0
        else
                blocks[++block_count] = field[1]
        for (i = 1; i <= 4; i++) {
                wanted[field[1], strengths[i]] = field[4 + i]
                if (field[1] != "total")
                        sum[strengths[i]] += field[4 + i]
        }
        next
}

FILENAME == summary {
        summary_line[trim($0)]
        if (/^## /)
                errata = /^## Errata/
        else if (errata && row(cell) == 4 && cell[1] != "where" && cell[1] !~ /^-/ &&
                 evidence(cell[4]) == 0)
                problem("an erratum without evidence")
        next
}

FNR == 1 {
        block = ""
        chapters[++chapter_count] = FILENAME
        title[FILENAME] = substr($0, 3)
}

/^###? / {
        block = ""
        if (!/^### [a-z-]+: /)
                next
        block = $2
        sub(/:$/, "", block)
        if (!((block, "MUST") in wanted))
                problem("no block is called " block)
        if (block in seen)
                problem("block " block " comes a second time")
        seen[block]
        next
}

row(cell) == 5 && cell[1] in is_strength {
        if (block == "") {
                problem("a rule outside of a block")
                next
        }
        found[block, cell[1]]++
        if (!(cell[3] in is_status)) {
                problem("no status is called '" cell[3] "'")
                next
        }
        counted[FILENAME, cell[3]]++
        counted[FILENAME, "all"]++
        counted["all", cell[3]]++
        counted["all", "all"]++
        if (words(cell[2]) < 4)
                problem("a rule is told in words")
        if ((block, cell[2]) in rules)
                problem("the same rule twice")
        rules[block, cell[2]]
        shown = evidence(cell[4])
        if ((cell[3] == "holds" || cell[3] == "departs") && shown == 0)
                problem("'" cell[3] "' without evidence")
        if ((cell[3] == "departs" || cell[3] == "n/a") && words(cell[5]) < 3)
                problem("'" cell[3] "' without a reason")
        next
}

/^\|/ && block != "" && !/^\| strength \|/ && !/^\|---/ {
        problem("a row of five cells was expected, beginning with a strength")
}

function summary_row(name, key) {
        return sprintf("| %s | %d | %d | %d | %d | %d |", name, counted[key, "all"],
                       counted[key, "holds"], counted[key, "departs"], counted[key, "n/a"],
                       counted[key, "open"])
}

function expect_summary(line) {
        print line
        if (!(line in summary_line))
                problem("the summary lacks: " line)
}

END {
        if (block_count != promised_blocks || block_count == 0)
                problem(sprintf("%d blocks, not %d", block_count, promised_blocks))
        for (i = 1; i <= 4; i++)
                if (sum[strengths[i]] + 0 != wanted["total", strengths[i]] + 0)
                        problem("the blocks' sum of " strengths[i] " is not the total")
        for (b = 1; b <= block_count; b++) {
                if (!(blocks[b] in seen))
                        problem("block " blocks[b] " is in no chapter")
                for (i = 1; i <= 4; i++) {
                        have = found[blocks[b], strengths[i]] + 0
                        want = wanted[blocks[b], strengths[i]] + 0
                        if (have != want)
                                problem(sprintf("block %s has %d rules of %s, not %d", blocks[b],
                                                have, strengths[i], want))
                }
        }
        for (i = 1; i <= chapter_count; i++)
                expect_summary(summary_row("[" title[chapters[i]] "](" chapters[i] ")", chapters[i]))
        expect_summary(summary_row("all", "all"))
        printf "%d rules in %d blocks, %d open, %d failures\n", counted["all", "all"], block_count,
               counted["all", "open"], problems
        exit problems > 0
}
