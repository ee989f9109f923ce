#!/bin/bash
# Each public function has a manual page, which says what its header says.
set -u
man3=$PWD/docs/man3.py
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh
TMPDIR=$(mktemp -d)
export TMPDIR LC_ALL=C PYTHONDONTWRITEBYTECODE=1
trap 'rm -r "$TMPDIR"' EXIT

mkdir "$TMPDIR/pages"
check 'Doxygen is there (tools/setup --docs), and pages are made' \
    "$man3" "$TMPDIR/pages"
ls "$TMPDIR/pages" >"$TMPDIR/names"

functions() {
    cat include/barco/*.h | grep -v '^typedef' | grep -oE '^[a-z].*\bbarco_\w+\(' |
        grep -oE 'barco_\w+\($' | sed 's/($/.3/'
}
modules() {
    grep -ohE '@defgroup \w+' include/barco/*.h | sed 's/.* \(.*\)/barco_\1.3/'
}
check 'functions were found' test "$(functions | wc -l)" -gt 50
check 'each function and each module has a page, and nothing else has' \
    diff <({ functions && modules; } | sort -u) "$TMPDIR/names"
check 'no page has a mistake' mandoc -Tlint -Wwarning "$TMPDIR"/pages/*.3

shown() { # PAGE LINE
    mandoc -Tascii "$TMPDIR/pages/$1.3" | sed 's/.\x08//g' >"$TMPDIR/page"
    grep -qxE " *$2" "$TMPDIR/page" || { cat "$TMPDIR/page" && false; }
}
page=barco_hostname_set
check 'a page has the header to include' shown $page '#include <barco/hostname\.h>'
check 'and the declaration' shown $page 'barco_hostname_set\(const char \*name\);'
check 'and what is returned' shown $page '0, or a negative errno, reported: .*'
check 'and the manual page that it rests on' shown $page 'sethostname\(2\), .*'
check 'and the first kernel that has what it calls' \
    shown barco_mount_set_attrs 'First kernel: Linux 5\.12, for mount_setattr\(2\)'
check 'a structure says who sets its members' \
    shown barco_cgroup 'Fields that are 0 or NULL set no limit\. .*'
check 'a listing stays as it is' shown barco_core 'if \(sethostname\(name, strlen\(name\)\) < 0\)'
check 'so do the columns of a table' \
    shown barco_caps 'bounding +the most that an exec can ever give +those to keep'
check 'the page of a module has its example' \
    shown barco_hostname '#include "barco/hostname\.h"'
check 'members of structures are on the page of the module' \
    shown barco_core 'struct barco_error'

result
