#!/bin/sh
# Two minutes before EC2 takes a spot instance back it says so: then the runner
# drains, while there is time.
set -eu
# Beside the runner's identity: with it the runner says what it ends of.
NOTICE="$(dirname "$0")/boot/spot-interrupted"
METADATA="${FLAMEPOOL_METADATA:-http://169.254.169.254/latest}"

while true; do
  token=$(curl --silent --fail --max-time 2 --request PUT \
    --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$METADATA/api/token")
  if curl --silent --fail --max-time 2 --output /dev/null \
    --header "X-aws-ec2-metadata-token: $token" \
    "$METADATA/meta-data/spot/instance-action"; then
    printf 'flamepool: EC2 takes this spot instance back; the runner drains\n'
    touch "$NOTICE" || true
    systemctl --no-block stop flamepool.service
    exit 0
  fi
  sleep 5
done
