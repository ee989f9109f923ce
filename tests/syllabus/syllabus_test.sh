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

few_lines() { # FROM TO
    local changed
    changed=$(diff -U0 "$1" "$2" | grep -c '^[-+][^-+]')
    echo "$1 -> $2: $changed changed lines"
    [[ $changed -le 40 ]]
}

short() {
    [[ $(wc -l <"$1") -le 130 ]]
}

check 'a module cannot use one that is taught later' test "$refusal" = \
    "module 'process' (stage 01_clone) depends on 'userns', which stage 04_user teaches"
check 'a module can use one that is taught earlier' test "$consent" = None

previous=
for source in stages/*.c; do
    stage=$(basename "$source" .c)
    check "$stage links what has been taught" \
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
    check "$stage fits 130 lines" short "$source"
    # 08 moves the story into the library (common/container.c).
    [[ -z $previous || $stage = 09_barco ]] ||
        check "$stage changes few lines" few_lines "$previous" "$source"
    previous=$source
done
result
