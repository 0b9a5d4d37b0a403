#!/bin/sh
# Makes this instance a FlamePool runner. Whatever fails here, the instance
# powers off, and as it was launched to terminate on shutdown, it is gone.
# Run as root, once, by cloud-init. Its output is on the console.
BOOT_URL='@BOOT_URL@'
LIFE_MINUTES='@LIFE_MINUTES@'

# Another root than / is for tests.
ROOT="${FLAMEPOOL_ROOT:-}"
RUN="$ROOT/run/flamepool"
UNITS="$ROOT/etc/systemd/system"
STEP='begin'

say() {
  printf 'flamepool: %s\n' "$*"
}

off() {
  status=$?
  trap - EXIT
  say "failed with status $status: could not $STEP; powering off"
  systemctl --no-block poweroff || shutdown -P now || poweroff -f
  exit 1
}

# Up to six times, with a pause that grows.
try() {
  tries=0
  until "$@"; do
    tries=$((tries + 1))
    [ "$tries" -lt 6 ] || return 1
    sleep "$tries"
  done
}

# URLs are secrets: from a file, not from the command line.
fetch() {
  curl --silent --show-error --fail --fail-early --globoff --location \
    --create-dirs --connect-timeout 10 --max-time 600 --config "$1"
}

trap off EXIT
trap 'exit 1' HUP INT TERM
set -eu
umask 077

STEP='arm the maximum lifetime'
shutdown -P "+$LIFE_MINUTES"

STEP='fetch the boot object'
mkdir -p "$RUN"
printf 'url = "%s"\noutput = "%s/boot.tar"\n' "$BOOT_URL" "$RUN" >"$RUN/boot.curl"
try fetch "$RUN/boot.curl"

STEP='unpack the boot object'
tar -xf "$RUN/boot.tar" -C "$RUN"
rm -f "$RUN/boot.tar" "$RUN/boot.curl"
# shellcheck source=/dev/null
. "$RUN/plan"
HOME_DIR="$ROOT/srv/$APP"

STEP='make the user flamepool'
id flamepool >/dev/null 2>&1 ||
  useradd --system --no-create-home --shell /usr/sbin/nologin flamepool

STEP='fetch the bundle'
mkdir -p "$HOME_DIR"
cd "$HOME_DIR"
try fetch "$RUN/bundle.curl"
rm -f "$RUN/bundle.curl"

STEP='verify the digest of the bundle'
if [ -n "$DIGEST" ]; then
  printf '%s  %s\n' "$DIGEST" "${ARCHIVE:-SHA256SUMS}" | sha256sum -c - >/dev/null
fi
if [ -n "$ARCHIVE" ]; then
  STEP='unpack the bundle'
  tar -xzf "$ARCHIVE"
  rm -f "$ARCHIVE"
fi
STEP='verify the files of the bundle'
if [ -f SHA256SUMS ]; then
  sha256sum --quiet --strict -c SHA256SUMS
fi

STEP="find bin/$APP in the bundle"
[ -f "bin/$APP" ]
chmod -R u+rwX,go+rX .
chmod a+x bin/*
chown -R flamepool: .
chown -R flamepool: "$RUN/boot"
chmod 0711 "$RUN"
chmod 0700 "$RUN/boot"

STEP='install the service'
mkdir -p "$UNITS"
cp "$RUN/flamepool.service" "$RUN/flamepool-spot.service" "$UNITS/"
chmod 0644 "$UNITS/flamepool.service" "$UNITS/flamepool-spot.service"
systemctl daemon-reload
# After a reboot its environment is gone: it fails, and the instance with it.
systemctl enable flamepool.service

STEP='start the service'
systemctl start flamepool.service
if [ -n "$SPOT" ]; then
  systemctl start flamepool-spot.service
fi
if [ -n "$FOREVER" ]; then
  shutdown -c
fi
trap - EXIT
say 'the runner is started'
