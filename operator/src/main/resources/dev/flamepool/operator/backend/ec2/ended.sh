#!/bin/sh
# The start command has ended: says how, and powers off. systemd tells it in
# EXIT_CODE and EXIT_STATUS.
trap 'systemctl --no-block poweroff' EXIT
set -u
umask 077
RUN=$(dirname "$0")
SAID="$RUN/said"
exec 3>&1
# shellcheck source=/dev/null
. "$RUN/plan"

@WORDS@
case "${EXIT_CODE:-none} ${EXIT_STATUS:-}" in
  'exited 143' | 'exited 1'[0-3] | 'killed TERM')
    say "bin/$APP ended in order, with $EXIT_STATUS"
    exit
    ;;
  'exited 0') how="ended: exit code 0 of bin/$APP" ;;
  'exited 126')
    how="failed: could not run bin/$APP, or what it runs: it is for another architecture than $(uname -m), or mounted noexec, or forbidden by a policy such as SELinux's"
    ;;
  'exited 127')
    how="failed: could not run bin/$APP: a command of it is not there; Java must be on the AMI's PATH, or in the bundle"
    ;;
  'exited '*) how="failed: could not keep bin/$APP running: it ended with exit code $EXIT_STATUS" ;;
  'none '*) how="failed: could not run bin/$APP: systemd says ${SERVICE_RESULT:-nothing}" ;;
  *) how="failed: could not keep bin/$APP running: it was ended by signal $EXIT_STATUS (${SERVICE_RESULT:-})" ;;
esac
# On the console already.
journalctl --unit=flamepool.service --output=cat --no-pager --lines=30 >>"$SAID" 2>&1
say "$how"
# What ends with its system was told to.
[ "$(systemctl is-system-running)" = stopping ] || report >>"$SAID" 2>&1
