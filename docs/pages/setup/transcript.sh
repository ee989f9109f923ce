# What doctor says, where all is well and where something is missing.

# [well] as root
doctor

# [no-userns] as root
echo 0 >/proc/sys/user/max_user_namespaces
doctor | grep -v -e ^ok -e lab:
echo 3000 >/proc/sys/user/max_user_namespaces

# [no-cgroups] as root
unshare -m sh -c 'umount -l /sys/fs/cgroup && doctor' | grep -v -e ^ok -e lab:

# [learner]
doctor | grep -v -e ^ok -e lab:
