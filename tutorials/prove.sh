#!/bin/sh
# prove.sh NN_chapter/exercises/NAME...: whether the checks of these exercises tell
# right from wrong, with two seeds, in the lab. The starter has to fail as
# expect_fail.txt says, the solution has to pass, and each of wrong/*.patch has to be
# rejected by the test that its line "Rejected by:" names.
cd /barco/tutorials || exit
passed=0 failed=0

count() { # WHAT HOLDS: and, if it does not, what the check said
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $1, seed $seed"
        echo "$said"
    fi
}

check() { # PROGRAM [OPTION...]: sets said, and returns the check's status
    program=./$1
    shift
    said=$(./checks "$@" --seed "$seed" "$name" "$program" 2>&1)
}

fails_with() { # LINE
    [ $? -eq 1 ] && echo "$said" | grep -qF -- "$1"
}

prove() { # FOLDER
    name=${1##*/}
    for seed in 1 20001; do
        check "${name}_starter" --patience 6
        fails_with "$(cat "$1/expect_fail.txt")"
        count "$name: the starter fails as foretold" $?
        check "${name}_solution"
        count "$name: the solution passes" $?
        for patch in "$1"/wrong/*.patch; do
            wrong=${patch##*/} wrong=${wrong%.patch}
            by=$(sed -n 's/^Rejected by: //p' "$patch")
            check "${name}_wrong_$wrong" --patience 6
            fails_with "FAILED  $by"
            count "$name: $wrong is rejected by \"$by\"" $?
        done
    done
    echo "$passed $failed" >"/run/proved.$name"
}

# At the same time, and with little patience for what is wrong: many a wrong solution
# can only be waited for.
for folder; do
    prove "$folder" &
done
wait
for folder; do
    more=0 fewer=0
    read -r more fewer <"/run/proved.${folder##*/}" || failed=$((failed + 1))
    passed=$((passed + more)) failed=$((failed + fewer))
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
