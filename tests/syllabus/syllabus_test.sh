#!/bin/bash
# The syllabus is enforced: a stage links and includes what has been taught and
# nothing else, and differs from the stage before in few lines.
set -u
refusal=$1 consent=$2
here=tests/syllabus
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh

includes() { # STAGE HEADER
    echo "#include \"barco/$2.h\"" |
        gcc -std=gnu17 -D_GNU_SOURCE @"$here/$1.flags" -fsyntax-only -xc - \
            2>/dev/null
}

cannot_include() {
    ! includes "$@"
}

code() { # FILE: without comments and blank lines
    sed -E 's:/\*.*\*/::; /\/\*/,/\*\//d' "$1" | grep -v '^[[:space:]]*$'
}

# In the last step the story moves to the library. A line that is gone has moved
# if the library has what it calls or declares; the test of stage 09 checks that
# the sentences and their order are the same.
moved() { # LINE
    local word
    word=$(grep -oE '\bbarco[_/][a-z_]+' <<<"$1" | tail -n 1)
    [[ $1 = -* && -n $word ]] &&
        grep -qw "$word" common/container.c include/barco/{spec,container}.h
}

changes() { # FROM TO
    local line
    diff -U0 <(code "$1") <(code "$2") | grep '^[-+][^-+]' |
        while IFS= read -r line; do
            [[ $2 = */09_barco.c ]] && moved "$line" || echo "$line"
        done
}

few_lines() { # FROM TO
    local changed
    changed=$(changes "$1" "$2" | wc -l)
    echo "$1 -> $2: $changed changed lines"
    [[ $changed -gt 0 && $changed -le 40 ]]
}

short() {
    [[ $(wc -l <"$1") -le 110 ]]
}

check 'a module cannot use one that is taught later' test "$refusal" = \
    "module 'process' (stage 01_clone) depends on 'userns', which stage 04_user teaches"
check 'a module can use one that is taught earlier' test "$consent" = None

# A row of the table of causes names a module that some stage introduces, or the
# core; and where it names the function that reports, that module has it.
modules=$(sed 's,^//common:,,' "$here"/*.expected | sort -u)

names_a_module() { # MODULE
    grep -qx "$1" <<<"$modules"
}

has_function() { # MODULE FUNCTION
    local module=$1
    [[ $module = core ]] && module=cli
    cat {common,stages/options}/"$module"{,_*}.c 2>/dev/null |
        grep -qE "^[a-z].*\b$2\("
}

check 'there are rows of causes' test "$(docs/causes | wc -l)" -gt 100
while IFS='|' read -r module call err function _; do
    check "$call $err belongs to a module of the syllabus, not to '$module'" \
        names_a_module "$module"
    [[ -z $function ]] ||
        check "$call $err: $function() is in the module $module" \
            has_function "$module" "$function"
done < <(docs/causes | tr '\t' '|')

previous=
for source in stages/*.c; do
    stage=$(basename "$source" .c)
    check "$stage links only what has been taught" \
        diff <(sort "$here/$stage.links") "$here/$stage.expected"
    while read -r label; do
        module=${label##*:}
        [[ $module = core ]] && module=error
        if grep -qx "$label" "$here/$stage.expected"; then
            check "$stage can include $module.h" includes "$stage" "$module"
        else
            check "$stage cannot include $module.h" cannot_include "$stage" "$module"
        fi
    done < <(sort -u "$here"/*.expected)
    check "$stage fits 110 lines" short "$source"
    [[ -z $previous ]] ||
        check "$stage changes few lines" few_lines "$previous" "$source"
    previous=$source
done
result
