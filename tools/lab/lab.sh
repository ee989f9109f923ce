#!/bin/bash
# lab - run a program in a throwaway virtual machine
#
# The machine is QEMU with Debian's kernel, the disk of make-disk, and a second
# disk that is nothing but a tar archive of what is to run. It does not boot: the
# build has booted it once and saved it (save), and a lab continues from there;
# it boots only where it cannot continue. The way in is ssh over a virtio port,
# because ssh brings terminals, window sizes, signals, exit statuses and a second
# session, and others maintain it well.
#
#     here                              in the lab
#     ssh -- socat -- unix socket -- virtio port -- dropbear -- the command
set -euo pipefail

usage() {
    cat <<'END'
Usage: lab [--user USER]... [--share DIR[:ro]] PROGRAM [ARG...]
                                            run a program of this machine
       lab [--user USER] [--share DIR[:ro]] shell
                                            a shell in the lab that is running,
                                            or else in a new one
       lab watch                            a page that draws what is in the lab
                                            that is running
       lab list                             the labs that run

Runs in a virtual machine that is thrown away at the end. USER is root or
learner, an ordinary user with a cgroup of their own; with several, the program
runs once as each of them, and all have to succeed.

--share shows DIR, a directory of this machine, in a new lab at /share/NAME,
where NAME is DIR's last component; with :ro the lab cannot write to it. All
other paths are the lab's. Its shells have the stages on PATH.

BARCO_LAB_ACCEL=kvm or tcg overrides what tools/setup found out.
BARCO_LAB_BOOT=1 boots, instead of continuing from the saved machine.
The exit status is the program's; 125 when the lab could not run it.
END
}

# Bazel puts what belongs to the lab beside it, and a test's or another
# program's runfiles may hold it as well.
for runfiles in "${RUNFILES_DIR-}" "$0.runfiles" "$(dirname "$0")/../../.."; do
    here=$runfiles/barco/tools/lab
    [[ ! -e $here/disk.ext4 ]] || break
done
# shellcheck source=tools/lab/machine.sh
. "$here/machine.sh"

# ---- The labs of this user ---------------------------------------------------

# Each has a directory with the process id of its lab.sh in it. Nobody else can
# make a directory that is ours; we neither enter nor remove those of others.
labs=${XDG_RUNTIME_DIR:-${TMPDIR:-/tmp}}

is_ours() { # DIR
    [[ ! -L $1 && -d $1 && -O $1 && -f $1/pid ]]
}

# A lab that was killed could not remove its files; its successor does.
sweep() {
    local lab
    for lab in "$labs/barco-lab-$UID".*; do
        if is_ours "$lab" && ! alive "$(<"$lab/pid")"; then
            rm -rf "$lab"
        fi
    done
}

running() {
    local lab
    for lab in "$labs/barco-lab-$UID".*; do
        if is_ours "$lab" && [[ -S $lab/ctl ]] && alive "$(<"$lab/pid")"; then
            printf '%s  %s\n' "$lab" "$(<"$lab/what")"
        fi
    done
}

# Whether a lab is starting that is meant for a shell, and so for others too.
starts_shell() {
    local lab
    for lab in "$labs/barco-lab-$UID".*; do
        if is_ours "$lab" && [[ ! -S $lab/ctl ]] && alive "$(<"$lab/pid")" &&
            [[ $(cat "$lab/what" 2>/dev/null) = 'a shell' ]]; then
            return 0
        fi
    done
    return 1
}

# ---- What is to run: the program and its runfiles, as a tar archive ---------

# Everything keeps its place below Bazel's output directory, because stages
# look for the bundled root beside themselves. A test has everybody's runfiles.
# Runfiles are symbolic links, so -h follows them; hard links stay hard links.
pack() { # [PROGRAM]
    local archive=(--owner=0 --group=0 --mode=a+rX -hf "$dir/payload.tar")
    local libraries
    tar -c "${archive[@]}" -C "$runfiles/barco" --exclude=./tools/lab .
    [[ ! -d ${1-}.runfiles/barco ]] ||
        tar -r "${archive[@]}" -C "$1.runfiles/barco" --exclude=./tools/lab .
    if [[ $# -gt 0 ]]; then
        tar -r "${archive[@]}" --transform="s|.*|$(inside "$1")|" -C / "${1#/}"
        # A program that is not static brings its libraries along.
        if libraries=$(ldd "$1" 2>/dev/null | grep -o '/[^ ]*'); then
            # shellcheck disable=SC2086 # a list of words
            tar -r "${archive[@]}" -P --transform='s|.*/|lib/|' $libraries
        fi
    fi
    payload=$(stat -c %s "$dir/payload.tar")
    truncate -s "$payload_size" "$dir/payload.tar"
}

# The place of a program in the lab, below /barco.
inside() {
    case $1 in
    */bin/*) printf '%s' "${1##*/bin/}" ;;
    *) printf '%s' "run/${1##*/}" ;;
    esac
}

# ---- A directory of this machine in the lab ----------------------------------

share="" share_mode=""

share_option() { # DIR[:ro]
    share=${1%:ro} share_mode=rw
    [[ $share = "$1" ]] || share_mode=ro
    [[ -d $share && -r $share ]] ||
        fail "share $1" 'there is no such directory that you can read' 'lab --help'
    [[ -x /usr/bin/bwrap && -x /usr/lib/openssh/sftp-server ]] ||
        fail "share $1" 'bubblewrap or sftp-server is not installed' 'tools/setup'
    share=$(readlink -f "$share")
    [[ ${share##*/} =~ ^[[:alnum:]._-]+$ ]] ||
        fail "share $1" 'the lab takes names of letters, digits, and . _ -' \
            'give the directory another name, or share the one above'
}

# The lab reaches it by SFTP over a port of its own. Programs in the lab may be
# hostile, so the server sees that directory and little else of this machine.
serve_share() {
    local sandbox=(--die-with-parent --unshare-ipc --unshare-pid --unshare-net
        --unshare-uts --ro-bind /usr /usr --dev /dev
        --ro-bind "$dir/passwd" /etc/passwd) server=() link
    for link in /lib /lib64; do
        [[ ! -L $link ]] || sandbox+=(--symlink "$(readlink "$link")" "$link")
    done
    case $share_mode in
    ro) sandbox+=(--ro-bind "$share" /share) server=(-R) ;;
    rw) sandbox+=(--bind "$share" /share) ;;
    esac
    getent passwd "$UID" >"$dir/passwd"
    mkfifo "$dir/requests"
    # shellcheck disable=SC2094 # a FIFO, which closes the circle
    socat - "UNIX-CONNECT:$dir/share" <"$dir/requests" |
        bwrap "${sandbox[@]}" /usr/lib/openssh/sftp-server "${server[@]}" \
            >"$dir/requests" 2>>"$dir/ssh" &
}

# ---- The machine ------------------------------------------------------------

accel() {
    local found=tcg
    [[ -r $kernel/accel && -w /dev/kvm ]] && found=$(<"$kernel/accel")
    printf '%s' "${BARCO_LAB_ACCEL:-$found}"
}

# A machine that was saved by another QEMU, or with another kernel, cannot
# continue; and with KVM a boot takes no time worth saving.
can_continue() {
    [[ -z ${BARCO_LAB_BOOT-} && $(accel) = tcg && -r $here/saved.state &&
        $(<"$here/saved.made-with") = "$(made_with)" ]]
}

dir="" payload="" qemu="" master="" notice=""

stop_machine() {
    local pid
    rm -f "$dir/ctl" # first, because its sessions look at it when they end
    for pid in $master $qemu; do
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    qemu="" master=""
    rm -f "$dir/port" "$dir/share" "$dir/requests"
}

# Nothing is left behind: no QEMU, no ssh, no file.
clean_up() {
    local status=$?
    set +e
    trap '' HUP INT TERM
    [[ -n $notice ]] && kill "$notice" 2>/dev/null
    stop_machine
    wait 2>/dev/null
    [[ -n $dir ]] && rm -rf "$dir"
    exit "$status"
}

# Something to look at on a terminal, when it takes longer.
show_notice() {
    [[ -t 2 ]] || return 0
    (sleep 2 && printf 'booting the lab...\r' >&2) &
    notice=$!
}

hide_notice() {
    [[ -n $notice ]] || return 0
    kill "$notice" 2>/dev/null || true
    wait "$notice" 2>/dev/null || true
    notice=""
    printf '\r\033[K' >&2
}

secure_shell=(ssh -F none -o LogLevel=ERROR -o StrictHostKeyChecking=no
    -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes
    -o Ciphers=chacha20-poly1305@openssh.com -o ConnectTimeout=300)

# When QEMU ends, nobody tells ssh: the cat in front of socat waits for it. So
# ssh says something now and then, which ends that cat. A lab on a busy machine
# may be slow to answer, and that ends nothing.
keep_alive=(-o ServerAliveInterval=5 -o ServerAliveCountMax=100000)

# Continues the saved machine, or boots one, and waits until it lets us in.
start_machine() { # [QEMU OPTION...]
    local debian="" flags=""
    # Some tests bring a Debian root.
    if [[ -e $here/debian.ext4 ]]; then
        debian=$(readlink -f "$here/debian.ext4")
        flags=debian
    fi
    [[ -z $share ]] || flags+=" share=${share##*/}"
    launch "$dir" "$(accel)" "$(readlink -f "$here/disk.ext4")" \
        "$here/init.cpio" "$dir/payload.tar" "$debian" "$@"
    while [[ ! -S $dir/port || ! -S $dir/share ]]; do
        alive "$qemu" || return 1
        sleep 0.01
    done
    [[ -z $share ]] || serve_share

    # The first line that the lab gets is for /lab/start, the rest is ssh.
    echo "go $(date +%s) $(head -c 48 /dev/urandom | base64 -w 0)" \
        "$(cut -d' ' -f2 "$dir/key.pub") $payload $flags" >"$dir/go"
    "${secure_shell[@]}" "${keep_alive[@]}" -o ControlMaster=yes -o ControlPath="$dir/ctl" -i "$dir/key" \
        -o "ProxyCommand=cat '$dir/go' - | socat - 'UNIX-CONNECT:$dir/port'" \
        -N root@lab </dev/null >>"$dir/ssh" 2>&1 &
    master=$!
    while [[ ! -S $dir/ctl ]]; do
        alive "$master" "$qemu" || return 1
        sleep 0.01
    done
}

# What QEMU, the kernel and ssh said last, in a line.
last_words() {
    tail -qn 1 "$dir/qemu" "$dir/console" "$dir/ssh" 2>/dev/null |
        tr -d '\033\r' | grep . | tail -n 1
}

# Again after a failed start: a busy machine can be too slow for a kernel.
start_lab() { # WHAT [PROGRAM]
    need
    sweep
    dir=$(mktemp -d "$labs/barco-lab-$UID.XXXXXX")
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' HUP TERM
    echo $$ >"$dir/pid"
    printf '%s' "$1" >"$dir/what"
    shift
    show_notice
    ssh-keygen -q -t ed25519 -N '' -C '' -f "$dir/key"
    pack "$@"
    if can_continue && start_machine -incoming "exec:cat '$here/saved.state'"; then
        hide_notice
        return
    fi
    for _ in once again; do
        stop_machine
        if start_machine; then
            hide_notice
            return
        fi
    done
    fail 'start' "the virtual machine ended: $(last_words)" \
        'bazel run //tools:doctor'
}

# Runs a command in a lab, from $start, with each argument as it is.
start=/barco
session() { # DIR COMMAND...
    local lab=$1 terminal=-T status=0
    shift
    [[ -t 0 ]] && terminal=-t
    # In the background, because bash acts on a signal only when the foreground
    # command has ended, and ssh need not end when a terminal hangs up.
    "${secure_shell[@]}" "$terminal" -o ControlPath="$lab/ctl" root@lab \
        "cd $start && exec /lab/run-as ${*@Q}" <&0 &
    wait $! || status=$?
    # 255 is ssh's own, and the socket goes with the lab.
    [[ $status -ne 255 || -S $lab/ctl ]] ||
        echo 'lab: the lab has ended, and this session with it' >&2
    return "$status"
}

# A page that draws the processes and cgroups of a lab. Becomes the server, which
# is all that there is to end.
watch() { # DIR
    exec python3 "$runfiles/barco/tools/watch/serve.py" "$runfiles/barco/docs/frame" \
        setpriv --pdeathsig TERM "${secure_shell[@]}" -T \
        -o ControlPath="$1/ctl" root@lab \
        'exec /barco/tools/watch/snapshot --follow 300'
}

# ---- The command line --------------------------------------------------------

users=()
while [[ $# -gt 0 ]]; do
    case $1 in
    --user | --share)
        [[ $# -gt 1 ]] || { usage >&2 && exit 125; }
        if [[ $1 = --user ]]; then users+=("$2"); else share_option "$2"; fi
        shift 2
        ;;
    -h | --help) usage && exit 0 ;;
    --) shift && break ;;
    -*) usage >&2 && exit 125 ;;
    *) break ;;
    esac
done
[[ ${#users[@]} -gt 0 ]] || users=(root)

case ${1-} in
'')
    usage >&2
    exit 125
    ;;
list)
    running
    ;;
watch)
    found=$(running | tail -n 1)
    [[ -n $found ]] ||
        fail 'watch' 'no lab is running' 'bazel run //tools:lab -- shell'
    watch "${found%%  *}"
    ;;
shell)
    start=/tmp # which everybody may write to, as the book's transcripts do
    found=""
    if [[ -z $share ]]; then
        found=$(running | tail -n 1)
        while [[ -z $found ]] && starts_shell; do
            sleep 0.1
            found=$(running | tail -n 1)
        done
    fi
    if [[ -n $found ]]; then
        dir_found=${found%%  *}
        echo "lab: joining the lab that runs ${found#*  }" >&2
        session "$dir_found" "${users[0]}" /bin/sh -l
    else
        start_lab 'a shell'
        session "$dir" "${users[0]}" /bin/sh -l
    fi
    ;;
*)
    [[ -f $1 && -x $1 ]] ||
        fail "run $1" 'there is no such program here' 'lab --help'
    program=$(readlink -f "$1")
    shift
    start_lab "${program##*/} $*" "$program"
    status=0
    for user in "${users[@]}"; do
        [[ ${#users[@]} -gt 1 ]] && printf '\n==== as %s ====\n' "$user"
        session "$dir" "$user" "/barco/$(inside "$program")" "$@" || status=$?
    done
    exit "$status"
    ;;
esac
