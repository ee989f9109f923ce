# shellcheck shell=dash disable=SC2034,SC2154 # run-matrix's variables
# The columns of the tables: the exact command line of each.
#
# Each function sets `command`, to be followed by the break-out's own words,
# `as`, if somebody other than root runs that, `runtime`, the program of the
# host that becomes the container, and `layers`: what it has of them, and has to
# prove (proofs.sh). What run-matrix asks for is in memory, cpus, uid, volume
# (SRC:DST[:ro]) and bundled (the root directory that barco brings along, as it
# is when nobody names one); empty is none.

option() { # NAME VALUE
    [ -z "$2" ] || command="$command $1 $2"
}

# Directly on the lab's host: everything has to get through here, or a "held"
# elsewhere would prove nothing.
column_host() {
    runtime=$host
    command="$host run"
    layers=''
    case $volume in # by hand, as a careless runtime would
    *:/data | *:/sink)
        command="unshare -m $work/follow ${volume%:*} ${volume#*:} $command"
        ;;
    ?*) mount --bind "$vault" /volume && mount -o "remount,bind,${volume##*:}" /volume ;;
    esac
}
column_host_after() { [ -z "$volume" ] || umount -l /volume; }

stage() { # NAME OPTIONS...: what run-matrix asks for, as far as it has options
    runtime=/barco/stages/$1
    command=$runtime
    shift
    # Only a stage that has volumes can be given one.
    case " $* " in
    *' volume '*) ;;
    *) [ -z "$volume" ] || command='' ;;
    esac
    [ -x "$runtime" ] && [ -n "$command" ] || return
    # The first three need root, or have nothing to do with users.
    case $runtime in
    */0[4-9]_*) as=$starter ;;
    esac
    for known; do
        case $known in
        mnt) [ -n "$bundled" ] || option --mnt "$root" ;;
        uid) option --uid "$uid" ;;
        limits) option --memory "$memory" && option --cpus "$cpus" ;;
        volume) option --volume "$volume" ;;
        esac
    done
    command="$command --"
}

# Each stage adds a layer, or several.
column_01() { stage 01_clone && layers=''; }
column_02() { stage 02_pid && layers='pid uts ipc'; }
column_03() {
    stage 03_mount mnt volume
    layers='pid uts ipc mount pivot masks readonly'
}
column_04() {
    column_03
    stage 04_user mnt volume uid
    layers="$layers user"
}
column_05() {
    column_04
    stage 05_cgroups mnt volume uid limits
    layers="$layers cgroupns cgroup quota"
}
column_06() {
    column_05
    stage 06_capabilities mnt volume uid limits
    layers="$layers caps nnp"
}
column_07() {
    column_06
    stage 07_seccomp mnt volume uid limits
    layers="$layers seccomp"
}
column_08() {
    column_07
    stage 08_inherited mnt volume uid limits
    layers="$layers network inherited limits"
}

# The same container, by the library.
column_09() {
    column_08
    stage 09_barco mnt volume uid limits
}

# The last stage again, run by an ordinary user, who has no privileges and a
# cgroup of their own. Root inside is that user outside.
column_rootless() {
    column_09
    as='/lab/run-as learner'
}

# Debian's bubblewrap, as its manual page suggests, run by an ordinary user,
# which is what it is made for. It has no limits and no filter of its own.
column_bwrap() {
    as='/lab/run-as learner'
    runtime=/usr/bin/bwrap
    layers='pid uts ipc mount pivot user cgroupns caps nnp network'
    command="bwrap --unshare-all --die-with-parent --bind $root /"
    command="$command --proc /proc --dev /dev"
    option --uid "$uid"
    case $volume in
    *:ro) command="$command --ro-bind $(echo "${volume%:ro}" | tr : ' ')" ;;
    ?*) command="$command --bind $(echo "$volume" | tr : ' ')" ;;
    esac
}

# Debian's crun and runc, with what `crun spec` and `runc spec` write; ./oci
# says what is changed in it.
oci() { # RUNTIME
    runtime=$1
    layers='pid uts ipc mount pivot masks readonly cgroupns cgroup caps nnp'
    layers="$layers network inherited"
    command="env ROOT=$root uid=$uid volume=$volume memory=$memory cpus=$cpus"
    command="$command $here/oci $1"
}
column_crun() { oci /usr/bin/crun; }
column_crun_after() { crun delete -f breakout; }
column_runc() { oci /usr/sbin/runc; }
column_runc_after() { runc delete -f breakout; }

# For the second table: the last stage without one of its layers (without_layer.c).
without() { # LAYER...; the layers of the last stage, but for these
    for layer in $every_layer; do
        case " $* " in
        *" $layer "*) ;;
        *) printf '%s ' "$layer" ;;
        esac
    done
}

without_layer() { # LAYERS
    runtime=$here/without_layer
    command="$runtime --without $1"
    # Without a user namespace it needs root.
    case $1 in
    user*) ;;
    *) as=$starter ;;
    esac
    [ -n "$bundled" ] || option --mnt "$root"
    option --uid "$uid"
    option --memory "$memory"
    option --cpus "$cpus"
    option --volume "$volume"
    command="$command --"
    # shellcheck disable=SC2046 # lists of words
    case $1 in # what a layer takes along
    nnp) layers=$(without nnp seccomp) ;;
    cgroup) layers=$(without cgroup cgroupns quota) ;;
    user | user_*) # its limits are files of the user namespace
        layers=$(without limits $(echo "$1" | tr _ ' '))
        ;;
    *) layers=$(without $(echo "$1" | tr _ ' ')) ;;
    esac
}
for layer in nothing user user_readonly caps nnp seccomp masks readonly \
    cgroup limits network pivot inherited; do
    eval "column_$layer() { without_layer $layer; }"
done
