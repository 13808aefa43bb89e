# SPDX-License-Identifier: MIT
# See historical_bugs.sh. A row is "| id | what | until | told by | mutants | remark |"; "open" in
# place of evidence is counted.

FILENAME ~ /\.tsv$/ {
        if (/^#/ || FNR <= 3)
                next
        if (split($0, field, "\t") != 3) {
                problem("a bug has three fields")
                next
        }
        if (field[1] == "total") {
                promised = field[2] + 0
        } else {
                ids[++id_count] = field[1]
                where[field[1]] = field[2]
                mended[field[1]] = field[3]
        }
        next
}

row(cell) == 6 && cell[1] != "id" && cell[1] !~ /^-/ {
        id = cell[1]
        if (!(id in where)) {
                problem("no bug is called " id)
                next
        }
        if (id in seen)
                problem("bug " id " comes a second time")
        seen[id]
        if (cell[3] != mended[id])
                problem("bug " id " was mended in '" mended[id] "', not in '" cell[3] "'")
        if (words(cell[2]) < 4)
                problem("a bug is told in words")
        reason = words(cell[6]) >= 3
        if (cell[4] == "open" || cell[5] == "open")
                open++
        shown = cell[4] == "open" ? 1 : evidence(cell[4])
        if (shown == 0 && !reason)
                problem("nothing tells of " id ", and no reason is given")
        mutants = cell[5] == "open" ? 1 : mutant_count(cell[5])
        if (where[id] == "device" && shown && cell[4] != "open" && mutants == 0 && !reason)
                problem("a bug of a device without a mutant: " id)
        next
}

/^\|/ && !/^\| id \|/ && !/^\|---/ {
        problem("a row of six cells was expected")
}

function mutant_count(cell, part, count, i, name) {
        if (cell == "")
                return 0
        count = split(cell, part, /,[ ]*/)
        for (i = 1; i <= count; i++) {
                name = part[i]
                gsub(/`/, "", name)
                if (!exists("mutant", name))
                        problem("there is no mutant " name)
        }
        return count
}

END {
        if (id_count != promised || id_count == 0)
                problem(sprintf("%d bugs, not %d", id_count, promised))
        for (i = 1; i <= id_count; i++)
                if (!(ids[i] in seen))
                        problem("bug " ids[i] " is not told")
        printf "%d bugs, %d open, %d failures\n", id_count, open, problems
        exit problems > 0
}
