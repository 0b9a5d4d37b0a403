#!/bin/sh
# Boots systemd in namespaces of its own, as a distribution with a strict /etc/fstab would: its root is this host's, below a
# layer that goes with it; /run and /tmp are noexec; there is neither D-Bus nor logind. It runs /work/user-data as
# cloud-init would. To be called as root, on a terminal, which is the console:
#   systemd-boot.sh WORK [PREPARE]
# WORK: a folder that is /out inside, with the script user-data. PREPARE: what is to be done in the new root before.
set -eu
WORK=$1
PREPARE=${2:-}

# A cgroup of its own, so that nothing of it is left.
if [ -z "${INSIDE:-}" ]; then
  mount --make-rprivate /
  mkdir -p "$WORK/.cgroup" "$WORK/.root"
  mount -t cgroup2 cgroup2 "$WORK/.cgroup"
  own="$WORK/.cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)"
  group="$own/flamepool-boot-$$"
  mkdir "$group"
  echo $$ >"$group/cgroup.procs"
  status=0
  INSIDE=yes unshare --mount --cgroup --pid --fork --uts --ipc --kill-child /bin/sh "$0" "$@" || status=$?
  echo $$ >"$own/cgroup.procs"
  find "$group" -depth -type d -exec rmdir {} +
  exit "$status"
fi

mount -t tmpfs -o size=256m tmpfs "$WORK/.root"
cd "$WORK/.root"
mkdir upper work root
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
cd root
mkdir -p out old
mount --bind "$WORK" out
mount -t proc proc proc
mount --bind -o ro proc/sys proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
  : >"dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
: >dev/console
mount --bind "$(tty)" dev/console
ln -s /proc/self/fd dev/fd
mount -t tmpfs -o noexec,nosuid,nodev,mode=755 tmpfs run
mount -t tmpfs -o noexec,nosuid,nodev,mode=1777 tmpfs tmp

# Of what a system has only the journal.
rm -rf etc/systemd/system lib/systemd/system/sysinit.target.wants var/log/journal
mkdir -p etc/systemd/system lib/systemd/system/sysinit.target.wants var/lib/cloud
echo 0123456789abcdef0123456789abcdef >etc/machine-id
ln -s ../systemd-journald.service lib/systemd/system/sysinit.target.wants/
cp "$WORK/user-data" var/lib/cloud/user-data
chmod 700 var/lib/cloud/user-data
cat >etc/systemd/system/cloud-final.service <<'UNIT'
[Unit]
Description=stand-in of cloud-init
[Service]
Type=oneshot
ExecStart=/var/lib/cloud/user-data
StandardOutput=journal+console
UNIT
cat >etc/systemd/system/boot.target <<'UNIT'
[Unit]
Description=a boot
Wants=cloud-final.service
UNIT
eval "$PREPARE"

pivot_root . old
exec env -i container=flamepool PATH=/usr/sbin:/usr/bin:/sbin:/bin /bin/sh -c \
  'umount -l /old; exec /lib/systemd/systemd --system --unit=boot.target --show-status=0'
