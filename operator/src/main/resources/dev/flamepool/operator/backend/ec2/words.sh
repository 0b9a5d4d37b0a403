# Onto the console, and into what is reported.
say() {
  printf 'flamepool: %s\n' "$*" | tee -a "$SAID" >&3
}

# Puts the end of what was said where the operator looks for it: the console
# comes to it minutes later. The URL is signed for exactly 4096 bytes.
report() {
  [ -n "$REPORT_URL" ] || return 0
  tail -c 4096 "$SAID" >"$SAID.end"
  dd if="$SAID.end" of="$SAID.put" bs=4096 conv=sync status=none
  if command -v curl >/dev/null; then
    printf 'url = "%s"\nupload-file = "%s"\n' "$REPORT_URL" "$SAID.put" |
      curl --silent --show-error --fail --max-time 10 --config -
  else
    # Where there is cloud-init, there is Python.
    REPORT_URL="$REPORT_URL" python3 -c 'import os, sys, urllib.request as u
u.urlopen(u.Request(os.environ["REPORT_URL"], open(sys.argv[1], "rb").read(),
  method="PUT"), timeout=10)' "$SAID.put"
  fi
}
