# shellcheck shell=dash disable=SC2034,SC2154 # run-matrix's variables
# Whether a column is what its name says, asked of the kernel.
#
# A table believes its columns: if a layer that should be missing is there,
# everything is "held", and nobody notices. So before the break-outs of a column
# a process is started in its container, and for each layer has_LAYER looks at
# it from the host: 0, the layer is there; 1, it is gone; 2, it is neither, and
# so always wrong. $pid is that process, $layers what its column claims to have.

every_layer='pid uts ipc mount pivot masks readonly user cgroupns cgroup quota
    limits caps nnp seccomp network inherited'

# ---- Helpers for proofs ------------------------------------------------------

# For some layers `apart` says all that there is to say.
apart() { # NAMESPACE
    [ "$(readlink "/proc/$pid/ns/$1")" != "$(readlink "/proc/$$/ns/$1")" ]
}

field() { # NAME; of /proc/PID/status
    sed -n "s/^$1:[[:space:]]*//p" "/proc/$pid/status"
}

group() { # PID; its process group
    cut -d' ' -f5 "/proc/$1/stat"
}

# Of several signs of one layer, either all have to be there or none.
agree() { # STATUS...
    case " $* " in
    *' 0 '*' 1 '* | *' 1 '*' 0 '* | *' 2 '*) return 2 ;;
    esac
    return "$1"
}

sign() { # COMMAND...; its status, as a word
    "$@" && echo 0 || echo 1
}

# ---- Layers -----------------------------------------------------------------

has_pid() { apart pid; }
has_uts() { apart uts; }
has_ipc() { apart ipc; }
has_mount() { apart mnt; }
has_user() { apart user; }
has_network() { apart net; }
has_cgroupns() { apart cgroup; }

# The root of the mount namespace itself, and not only of the process.
has_pivot() {
    case $(nsenter -m -t "$pid" /bin/busybox sh -c \
        '[ -e /secret ] && echo host || echo own') in
    own) return 0 ;;
    host) return 1 ;;
    *) return 2 ;;
    esac
}

# /dev/null lies over what is masked.
has_masks() {
    agree "$(sign [ -c "/proc/$pid/root/proc/kcore" ])" \
        "$(sign [ -c "/proc/$pid/root/proc/keys" ])"
}

# Mounted, and mounted read-only; bubblewrap has no /sys at all.
sealed() { # PATH
    awk -v path="$1" '$5 == path { ro = $6 ~ /^ro(,|$)/ } END { exit !ro }' \
        "/proc/$pid/mountinfo"
}
has_readonly() {
    signs=$(sign sealed /proc/sys)
    [ ! -e "/proc/$pid/root/sys" ] || signs="$signs $(sign sealed /sys)"
    # shellcheck disable=SC2086 # a list of words
    agree $signs
}

# Not the cgroup of whoever started it: /root, or learner's session.
has_cgroup() {
    case $(cgroup_of "$pid") in
    "$(cgroup_of $$)" | */session) return 1 ;;
    esac
}

has_quota() {
    agree "$(sign number pids.max)" "$(sign number memory.max)"
}
number() { # FILE; of its cgroup, where it may be missing
    grep -qs '[0-9]' "$(cgroup_of "$pid")/$1"
}

# What no cgroup counts: one of its limits stands for all.
has_limits() {
    [ "$(signals_of "$pid")" -lt "$(signals_of $$)" ]
}
signals_of() { # PID; how many may wait
    awk '/^Max pending signals/ { print $4 }' "/proc/$1/limits"
}

# CAP_SYS_ADMIN is what containers must not have. It comes back with an exec
# as long as it is in the bounding set.
has_caps() {
    agree "$(sign lacks "$(field CapBnd)")" "$(sign lacks "$(field CapEff)")"
}
lacks() { # SET
    [ $((0x$1 >> 21 & 1)) = 0 ]
}

has_nnp() { [ "$(field NoNewPrivs)" = 1 ]; }

has_seccomp() {
    case $(field Seccomp) in
    2) return 0 ;;
    0) return 1 ;;
    *) return 2 ;;
    esac
}

# A descriptor of the host, a variable, the process group: see prove(). The
# keyring cannot be seen from outside.
has_inherited() {
    agree "$(sign [ ! -e "/proc/$pid/fd/9" ])" "$(sign no_token)" \
        "$(sign [ "$(group "$pid")" != "$(group $$)" ])"
}
no_token() {
    ! grep -qF "HOST_TOKEN=$secret" "/proc/$pid/environ"
}

# ---- All of a column --------------------------------------------------------

# Starts the container of a column, with something of the host to inherit.
look_inside() { # COLUMN; sets pid and container
    name=stay words='' during=yes
    "column_$1"
    launch="$host leak $work/open env HOST_TOKEN=$secret"
    (cd / && start) &
    container=$!
    until escaped || ! alive $container; do
        usleep $pause
    done
}

# Sets problem to what a column claims that is not so, or to ''.
prove() { # COLUMN
    wish_nothing
    clean
    problem=''
    look_inside "$1"
    if ! escaped; then
        problem="its container does not start: $(tail -n 3 "$out" | tr '\n' ' ')"
    else
        for layer in $every_layer; do
            "has_$layer" 2>/dev/null
            found=$?
            case " $layers :$found" in
            *" $layer "*:0) ;;
            *" $layer "*) problem="$problem$layer is missing; " ;;
            *:1) ;;
            *) problem="$problem$layer is there; " ;;
            esac
        done
    fi
    stop
    ! defined "column_$1_after" || "column_$1_after" >/dev/null 2>&1
}

# A column that lies has to be found out, or no proof is worth anything.
column_liar() {
    column_09
    layers=$(without seccomp)
}
