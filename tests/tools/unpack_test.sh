#!/bin/sh
# shellcheck disable=SC2016,SC2089,SC2090 # what is quoted is for another shell
# What docs/pages/roots.md tells the reader to type. Runs in the lab, as root
# and as learner.
[ -e /run/barco-lab ] || exit 1
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh
works() { # SCRIPT
    sh -c "$1" >"$work/log" 2>&1 || { cat "$work/log" && false; }
}

work=$HOME/unpack_test
mkdir "$work" "$work/bin"
export barco=/barco/stages/09_barco
# Debian's bash and tar, with their libraries; BusyBox's shell would take its
# own tar, wherever it found the name.
loader='/debian/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 --library-path /debian/usr/lib/x86_64-linux-gnu'
cat >"$work/bin/tar" <<END
#!/bin/sh
exec $loader /debian/usr/bin/tar "\$@"
END
cat >"$work/bin/unpack" <<END
#!/bin/sh
PATH=$work/bin:\$PATH exec $loader /debian/usr/bin/bash \\
    /barco/tools/unpack/unpack.sh "\$@"
END
chmod 755 "$work/bin/tar" "$work/bin/unpack"
export tar="$work/bin/tar" unpack="$work/bin/unpack"
cd "$work" || exit 1

# A small archive with many owners, and with what has to be left out.
mkdir -p small/bin small/etc small/dev/mine small/var/lib/apt
cp /bin/busybox small/bin/
for name in sh ls stat id cat; do ln small/bin/busybox "small/bin/$name"; done
touch small/var/lib/apt/list small/var/lib/nobody small/etc/shadow small/dev/mine/a
chmod 4755 small/bin/id
chmod 640 small/etc/shadow
add() { # OWNER GROUP FILE...
    owners="--numeric-owner --owner=$1 --group=$2"
    shift 2
    # shellcheck disable=SC2086 # a list of words
    "$tar" -rf small.tar $owners -C small "$@"
}
add 0 0 ./bin ./dev
add 42 65534 ./var/lib/apt
add 65534 65534 ./var/lib/nobody
add 0 42 ./etc/shadow
if [ "$(id -u)" = 0 ]; then
    mknod small/dev/disk b 254 0
    add 0 0 ./dev/disk
fi
gzip -c small.tar >small.tar.gz

look='stat -c "%u:%g %a %n" /bin/id /var/lib/* /etc/shadow'
wanted='0:0 4755 /bin/id
42:65534 755 /var/lib/apt
65534:65534 644 /var/lib/nobody
0:42 640 /etc/shadow'
export look wanted

check 'an archive is unpacked' works '$unpack small.tar small_root >said'
check 'it says how to use the root' grep -q -e "--mnt $work/small_root\$" said
check 'owners and modes are those of the archive' works \
    '[ "$($barco --mnt small_root sh -c "$look")" = "$wanted" ]'
check 'devices are left out' works '[ -z "$(ls small_root/dev)" ]'
check 'its users exist, and can use their own files' works \
    '$barco --mnt small_root -u 65534 sh -c "echo mine >/var/lib/nobody"'
check 'but not the files of others' works \
    '! $barco --mnt small_root -u 65534 cat /etc/shadow'
check 'an archive is not unpacked over what is there' works \
    '! $unpack small.tar small_root && [ -e small_root/bin/sh ]'
check 'a home is not removed' works \
    '! HOME=$PWD/bin $unpack --remove . && [ -e bin/tar ]'
check 'a root with a mount in it is not removed' works \
    '! $unpack --remove /tmp/.. && [ -e /bin/sh ]'
check 'the host itself is not removed' works '! $unpack --remove / && [ -e /bin/sh ]'
check 'it is removed' works '$unpack --remove small_root && ! [ -e small_root ]'
check 'a compressed archive is unpacked from standard input' works \
    'gzip -dc small.tar.gz | $unpack - root && $unpack --remove root'
check 'a broken archive leaves nothing behind' works \
    'head -c 2000000 small.tar | tail -c 1000000 >broken.tar
    ! $unpack broken.tar root && ! [ -e root ]'
check 'a missing archive makes nothing' works '! $unpack no.tar root && ! [ -e root ]'

if [ "$(id -u)" != 0 ]; then
    check 'rm alone cannot remove it, as the page says' works \
        '$unpack small.tar root && ! rm -rf root && $unpack --remove root && ! [ -e root ]'
fi

# Debian, without its largest programs, so that it fits into memory.
cat >"$work/bin/archive" <<'END'
#!/bin/sh
cd /debian && exec "$tar" -c --exclude './usr/lib/gcc*' --exclude './usr/include' \
    --exclude './usr/lib/python*' --exclude './usr/share/perl*' \
    --exclude './usr/bin/*-linux-gnu-*' --exclude '*.a' \
    --exclude './usr/lib/x86_64-linux-gnu/perl*' --exclude ./lost+found \
    --exclude './etc/*shadow*' .
END
chmod 755 "$work/bin/archive"
if [ "$(id -u)" != 0 ]; then # root's would have to be on the lab's small disk
    check 'Debian is unpacked' works 'mkdir /tmp/unpack_test &&
        bin/archive | $unpack - /tmp/unpack_test/debian'
    export debian=/tmp/unpack_test/debian
    check 'its su turns root into nobody' works \
        '[ "$($barco --mnt $debian su nobody -s /bin/sh -c "id -un")" = nobody ]'
    check 'its apt-get runs as _apt' works \
        '$barco --mnt $debian -u 42:65534 apt-get --version'
    mkdir -p packages/hello/DEBIAN packages/hello/usr/bin
    printf '#!/bin/sh\necho from a package\n' >packages/hello/usr/bin/hello
    chmod 755 packages/hello/usr/bin/hello
    printf '%s\n' 'Package: hello' 'Version: 1' 'Architecture: all' \
        'Maintainer: learner' 'Description: hello' >packages/hello/DEBIAN/control
    check 'its dpkg-deb builds a package' works \
        '$barco --mnt $debian --volume $PWD/packages:/mnt dpkg-deb --build /mnt/hello'
    check 'its apt-get installs the package' works \
        '$barco --mnt $debian --volume $PWD/packages:/mnt \
            apt-get install -y /mnt/hello.deb &&
        [ "$($barco --mnt $debian hello)" = "from a package" ]'
    check 'it is removed' works '$unpack --remove $debian && rmdir /tmp/unpack_test'
fi

cd / && rm -rf "$work"
result
