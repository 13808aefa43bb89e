#!/usr/bin/awk -f
# SPDX-License-Identifier: MIT
# What pages say of mutants, as lines of "MUTANT PAGE SCENARIO...": one of these scenarios catches it.
# usage: claims.awk docs/mutants.md docs/historical-bugs.md

# The scenarios among a cell's names: they have a slash.
function scenarios_of(cell, part, count, i, list) {
        count = split(cell, part, /[`, ]+/)
        for (i = 1; i <= count; i++)
                if (part[i] ~ /\//)
                        list = list " " part[i]
        return list
}

function claim(cell, scenarios, part, count, i) {
        count = split(cell, part, /[`, ]+/)
        for (i = 1; i <= count; i++)
                if (part[i] != "" && scenarios != "")
                        print part[i], "docs/" page, scenarios
}

BEGIN { FS = "|" }
FNR == 1 { page = FILENAME; sub(/.*\//, "", page) }

# | mutant | caught by | first |
page == "mutants.md" && /^\| `/ { claim($2, scenarios_of($4)) }
# | id | what | until | told by | mutants | remark |
page == "historical-bugs.md" && NF == 8 && $6 ~ /`/ { claim($6, scenarios_of($5)) }
