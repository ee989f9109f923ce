#!/bin/bash
# fetch-kernel finds the modules of Debian 12's package and of 13's, in the
# order in which they load, and does not overlook one that is missing. apt is
# played by a script, and so is the package.
set -u
fetch=$(realpath "$1")
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh
TMPDIR=$(mktemp -d)
export TMPDIR PATH=$PATH:/usr/sbin:/sbin
trap 'rm -r "$TMPDIR"' EXIT
cd "$TMPDIR" || exit 1

release=6.0.0-1-cloud-amd64
mkdir bin
cat >bin/apt-cache <<END
#!/bin/sh
[ "\$1" = depends ] && echo ' Depends: linux-image-$release'
[ "\$1" = policy ] && echo ' Candidate: 6.0'
true
END
cat >bin/apt-get <<END
#!/bin/sh
cp $TMPDIR/package.deb .
END
# It would take QEMU seconds to find out that this is no kernel.
printf '#!/bin/sh\nexit 1\n' >bin/qemu-system-x86_64
chmod +x bin/*

module() { # NAME [EXPORTS] [NEEDS]
    {
        echo "static const char info[] __attribute__((section(\".modinfo\"), used)) = \"name=$1\";"
        [ -z "${2-}" ] || echo "static const char names[] __attribute__((section(\"__ksymtab_strings\"), used)) = \"$2\";"
        [ -z "${3-}" ] || echo "extern int $3; int *needs = &$3;"
    } | gcc -c -x c - -o "$1.ko"
}

xz_as_the_kernel() { # Debian's minimum has no xz(1)
    python3 -c 'import lzma, sys
sys.stdout.buffer.write(
    lzma.compress(sys.stdin.buffer.read(), check=lzma.CHECK_CRC32))'
}

# A package: the modules in DIRECTORY, as .ko or as .ko.xz, what is BUILTIN.
package() { # DIRECTORY SUFFIX BUILTIN MODULE...
    local at=tree/$1/$release suffix=$2 builtin=$3 module
    shift 3
    rm -rf tree out
    mkdir -p "$at/kernel" tree/boot tree/DEBIAN
    printf 'Package: linux\nVersion: 6.0\nArchitecture: amd64\nMaintainer: nobody\nDescription: none\n' >tree/DEBIAN/control
    echo kernel >"tree/boot/vmlinuz-$release"
    for module; do
        case $suffix in
        .ko) cp "$module.ko" "$at/kernel/" ;;
        .ko.xz) xz_as_the_kernel <"$module.ko" >"$at/kernel/$module.ko.xz" ;;
        esac
    done
    : >"$at/modules.order"
    for module in $builtin; do
        echo "kernel/$module.ko"
    done >"$at/modules.builtin"
    dpkg-deb --root-owner-group -b tree package.deb >/dev/null
}

run() {
    PATH=$TMPDIR/bin:$PATH BARCO_LAB_KERNEL=$TMPDIR/out "$fetch" "$@" >said 2>&1
}

unpacked() { # the order, and that each is a file that the kernel could load
    rm -rf cpio && mkdir cpio && (cd cpio && cpio --quiet -idm <../out/modules.cpio) || return
    tr '\n' ' ' <cpio/modules/order
    while read -r module; do
        cmp -s "cpio/modules/$module" "$module" || echo "$module differs"
    done <cpio/modules/order
}

for name in virtio_pci virtio_console virtio_rng ext4 overlay; do
    module "$name"
done
module virtio_ring ring
module virtio_blk '' ring
module fuse
mine='virtio_ring virtio_pci virtio_blk virtio_console virtio_rng overlay fuse'

# shellcheck disable=SC2086 # lists of words
package lib/modules .ko ext4 $mine
check "Debian 12's package is unpacked" run
check 'its modules are listed in the order to load them in' test "$(unpacked)" = \
    'virtio_pci.ko virtio_ring.ko virtio_blk.ko virtio_console.ko virtio_rng.ko overlay.ko fuse.ko '
check 'what is fetched is not fetched again' run --check
sed -i '2s/ fuse//' out/version
check 'unless it lacks a module that is wanted now' eval '! run --check'
check 'and then fetching helps' eval 'run && run --check'

package usr/lib/modules .ko.xz 'ext4 virtio_pci virtio_console fuse' \
    virtio_ring virtio_blk virtio_rng overlay
check "Debian 13's package is unpacked" run
check 'its modules are unpacked, except for those built in' test "$(unpacked)" = \
    'virtio_ring.ko virtio_blk.ko virtio_rng.ko overlay.ko '

# shellcheck disable=SC2086
package lib/modules .ko '' ${mine/overlay/}
check 'a kernel without a wanted module is refused' eval '! run'
check 'and the module is named' grep -q 'has no module ext4' said
check 'and nothing is kept of it' test ! -e out/version

package elsewhere .ko ext4 virtio_blk
check 'a package without modules where we look is refused' eval '! run'
check 'and the reason is given' grep -q "has no modules where Debian's" said

result
