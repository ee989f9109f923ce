# shellcheck shell=dash disable=SC2034,SC2154 # the judge's variables
# The columns of the tables: the exact command line of each.
#
# Each function sets `command`, to be followed by the break-out's own words,
# `as`, if it is not root who runs that, and `runtime`, the program of the host
# that becomes the container. The judge's wishes are in memory, cpus, uid and
# volume (SRC:DST[:ro]); empty is none.

option() { # NAME VALUE
    [ -z "$2" ] || command="$command $1 $2"
}

# Directly on the lab's host: everything has to get through here, or the judge
# could not tell.
column_host() {
    runtime=$host
    command="$host run"
    case $volume in # by hand, as a careless runtime would
    *:/data) command="unshare -m $work/follow $command" ;;
    ?*) mount --bind "$vault" /volume && mount -o "remount,bind,${volume##*:}" /volume ;;
    esac
}
column_host_after() { [ -z "$volume" ] || umount -l /volume; }

stage() { # NAME OPTIONS...: the wishes that this stage knows, at its options
    runtime=/barco/stages/$1
    command=$runtime
    shift
    # A volume takes a stage that has volumes.
    case " $* " in
    *' volume '*) ;;
    *) [ -z "$volume" ] || command='' ;;
    esac
    [ -x "$runtime" ] && [ -n "$command" ] || return
    for known; do
        case $known in
        mnt) option --mnt "$root" ;;
        uid) option --uid "$uid" ;;
        limits) option --memory "$memory" && option --cpus "$cpus" ;;
        volume) option --volume "$volume" ;;
        esac
    done
    command="$command --"
}

column_01() { stage 01_clone; }
column_02() { stage 02_pid; }
column_03() { stage 03_mount mnt volume; }
column_04() { stage 04_user mnt volume uid; }
column_05() { stage 05_cgroups mnt volume uid limits; }
column_06() { stage 06_capabilities mnt volume uid limits; }
column_07() { stage 07_seccomp mnt volume uid limits; }
column_08() { stage 08_barco mnt volume uid limits; }

# The last stage again, run by an ordinary user, who has no privileges and a
# cgroup of his own. Root inside is himself outside.
column_learner() {
    column_08
    as='/lab/as learner'
}

# Debian's bubblewrap, as its manual page suggests, by an ordinary user, whom it
# is made for. It has no limits and no filter of its own.
column_bwrap() {
    as='/lab/as learner'
    runtime=/usr/bin/bwrap
    command="bwrap --unshare-all --die-with-parent --bind $root /"
    command="$command --proc /proc --dev /dev"
    option --uid "$uid"
    case $volume in
    *:ro) command="$command --ro-bind $(echo "${volume%:ro}" | tr : ' ')" ;;
    ?*) command="$command --bind $(echo "$volume" | tr : ' ')" ;;
    esac
}

# Debian's crun and runc, with what `crun spec` and `runc spec` write; ./oci
# tells what is changed in it.
oci() { # RUNTIME
    runtime=$1
    command="env ROOT=$root uid=$uid volume=$volume memory=$memory cpus=$cpus"
    command="$command $here/oci $1"
}
column_crun() { oci /usr/bin/crun; }
column_crun_after() { crun delete -f breakout; }
column_runc() { oci /usr/sbin/runc; }
column_runc_after() { runc delete -f breakout; }

# For the second table: the last stage without one of its layers (minus.c).
minus() { # LAYERS
    runtime=$here/minus
    command="$runtime $1 --mnt $root"
    option --uid "$uid"
    option --memory "$memory"
    option --cpus "$cpus"
    option --volume "$volume"
    command="$command --"
}
for layers in nothing user user_readonly caps nnp seccomp masks readonly \
    cgroup network pivot inherited; do
    eval "column_$layers() { minus $layers; }"
done
