#!/bin/sh
# Makes this instance a FlamePool runner. Whatever fails here, it says what it
# could not do and powers off, and as the instance was launched to terminate on
# shutdown, it is gone. Run as root, once, by cloud-init. Nothing is executed
# from /run or /tmp: they may be mounted noexec.
BOOT_URL='@BOOT_URL@'
REPORT_URL='@REPORT_URL@'
LIFE_MINUTES='@LIFE_MINUTES@'

# Another root than / is for tests.
ROOT="${FLAMEPOOL_ROOT:-}"
RUN="$ROOT/run/flamepool"
UNITS="$ROOT/etc/systemd/system"
SAID="$RUN/said"
STEP='begin'

@WORDS@
step() {
  STEP="$*"
  say "$STEP"
}

off() {
  trap - EXIT
  set +e
  # The start command may have ended while this was still under way.
  grep -q '^flamepool: ended: \|^flamepool: failed: ' "$SAID" || fail
  systemctl --no-block poweroff || shutdown -P now || poweroff -f
  exit 1
}

fail() {
  # What the commands of the last step said.
  why=''
  while read -r line; do
    case $line in
      'flamepool: '*) why='' ;;
      *) why="${why:+$why; }$line" ;;
    esac
  done <<LAST
$(tail -n 5 "$SAID")
LAST
  for folder in "$RUN" "${HOME_DIR:-/}"; do
    if df -P "$folder" 2>/dev/null | grep -q ' 100% '; then
      why="$why (the file system of $folder is full)"
    fi
  done
  grep -v '^flamepool: ' "$SAID" | tail -n 20 >&3
  say "failed: could not $STEP${why:+: $why}"
  report
}

# URLs are secrets: from a file, not from the command line. What fails for a
# while curl itself tries again, but not a connection that breaks.
get() {
  curl --silent --show-error --fail --fail-early --globoff --location \
    --create-dirs --connect-timeout 5 --speed-time 30 --speed-limit 1024 \
    --max-time 600 --retry 3 --config "$1"
}

# Once more, unless a server has refused (22).
fetch() {
  get "$1" || { [ $? -ne 22 ] && sleep 3 && get "$1"; }
}

exec 3>&1
trap off EXIT
trap 'exit 1' HUP INT TERM
set -eu
umask 077

STEP="write to $RUN"
mkdir -p "$RUN"
: >"$SAID"
# What commands say is on the console once one has failed.
exec >>"$SAID" 2>&1

step 'find what the boot needs'
missing=''
for tool in curl tar gzip sha256sum systemctl systemd-run; do
  command -v "$tool" >/dev/null || missing="$missing $tool"
done
id flamepool >/dev/null 2>&1 || command -v useradd >/dev/null ||
  missing="$missing useradd"
[ -z "$missing" ] || {
  STEP="find$missing on this machine: the AMI must have it"
  exit 1
}
version=$(systemctl --version | sed -n '1s/[^0-9]*\([0-9]*\).*/\1/p')
[ "${version:-0}" -ge 240 ] || {
  STEP="use systemd ${version:-of an unknown version}: the AMI must have 240 or later"
  exit 1
}

step 'arm the maximum lifetime'
systemd-run --unit=flamepool-life --on-active="${LIFE_MINUTES}min" \
  systemctl --no-block poweroff

step 'fetch the boot object'
printf 'url = "%s"\noutput = "%s/boot.tar"\n' "$BOOT_URL" "$RUN" >"$RUN/boot.curl"
fetch "$RUN/boot.curl"

step 'unpack the boot object'
tar -xf "$RUN/boot.tar" -C "$RUN"
rm -f "$RUN/boot.tar" "$RUN/boot.curl"
# shellcheck source=/dev/null
. "$RUN/plan"
HOME_DIR="$ROOT/srv/$APP"

step 'make the user flamepool'
id flamepool >/dev/null 2>&1 ||
  useradd --system --no-create-home --shell /usr/sbin/nologin flamepool

step 'fetch the bundle'
mkdir -p "$HOME_DIR"
cd "$HOME_DIR"
fetch "$RUN/bundle.curl"
rm -f "$RUN/bundle.curl"

step 'verify the digest of the bundle'
if [ -n "$DIGEST" ]; then
  printf '%s  %s\n' "$DIGEST" "${ARCHIVE:-SHA256SUMS}" | sha256sum -c -
fi
if [ -n "$ARCHIVE" ]; then
  step 'unpack the bundle'
  tar -xzf "$ARCHIVE"
  rm -f "$ARCHIVE"
fi
step 'verify the files of the bundle'
if [ -f SHA256SUMS ]; then
  sha256sum --quiet --strict -c SHA256SUMS
fi

step "find bin/$APP in the bundle"
[ -f "bin/$APP" ]
chmod -R u+rwX,go+rX .
# S3 knows no modes.
chmod a+x bin/*
for file in runtime/bin/* runtime/lib/jexec runtime/lib/jspawnhelper; do
  if [ -f "$file" ]; then chmod a+x "$file"; fi
done
chown -R flamepool: .
chown -R flamepool: "$RUN/boot"
chmod 0711 "$RUN"
chmod 0700 "$RUN/boot"
step "run files of $HOME_DIR: it must not be mounted noexec"
[ -x "bin/$APP" ]

step 'install the service'
mkdir -p "$UNITS"
cp "$RUN/flamepool.service" "$RUN/flamepool-spot.service" "$UNITS/"
chmod 0644 "$UNITS/flamepool.service" "$UNITS/flamepool-spot.service"
systemctl daemon-reload
# After a reboot its environment is gone: it fails, and the instance with it.
systemctl enable flamepool.service

step 'start the service'
systemctl start flamepool.service
if [ -n "$SPOT" ]; then
  systemctl start flamepool-spot.service
fi
if [ -n "$FOREVER" ]; then
  systemctl stop flamepool-life.timer
fi
trap - EXIT
say 'the runner is started'
