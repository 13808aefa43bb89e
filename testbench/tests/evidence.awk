# SPDX-License-Identifier: MIT
# What pages that claim something have in common: reading evidence.sh's list, cells, evidence.

function trim(text) {
        gsub(/^[ \t]+|[ \t]+$/, "", text)
        return text
}

function words(text, part) {
        return split(trim(text), part, /[ \t]+/)
}

function problem(text) {
        printf "FAIL  %s:%d: %s\n", FILENAME, FNR, text
        problems++
}

# The cells of a table's row into cell[1...]; 0: no row.
function row(cell, count, i, line) {
        line = trim($0)
        if (line !~ /^\|.*\|$/)
                return 0
        count = split(substr(line, 2, length(line) - 2), cell, "|")
        for (i = 1; i <= count; i++)
                cell[i] = trim(cell[i])
        return count
}

function pattern_of(name) { # "stats/used-length-*" as a regular expression
        gsub(/[.+]/, "\\\\&", name)
        gsub(/\*/, ".*", name)
        return "^" name "$"
}

# Whether one name stands for something of the kind that is there.
function exists(kind, name, any) {
        if (name !~ /\*/)
                return (kind, name) in fact
        for (any in fact_of_kind)
                if (fact_of_kind[any] == kind && substr(any, length(kind) + 2) ~ pattern_of(name))
                        return 1
        return 0
}

# Evidence is names in back quotes with commas between them: a scenario has a slash, a script
# ends in .sh, what remains is a test function. Returns how many there are.
function evidence(cell, part, count, i, name, kind) {
        if (cell == "")
                return 0
        count = split(cell, part, /,[ ]*/)
        for (i = 1; i <= count; i++) {
                name = part[i]
                if (name !~ /^`[^`]+`$/) {
                        problem("evidence is names in back quotes, not: " name)
                        continue
                }
                name = substr(name, 2, length(name) - 2)
                kind = name ~ /\.sh$/ ? "script" : name ~ /\// ? "scenario" : "test"
                if (!exists(kind, name))
                        problem("there is no " kind " " name)
        }
        return count
}

FILENAME == facts {
        fact[$1, $2]
        fact_of_kind[$1 " " $2] = $1
        next
}
