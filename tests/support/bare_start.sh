#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bare_start.sh <root>: the first minutes of a new user.  In a Debian 12 with nothing but git, a clone of the committed
# project must get from ./mimosa run to a report; a second run must neither install nor build.
# With MIMOSA_BARE_TESTS=1 it runs ./mimosa test there as well, which builds every test: a quarter of an hour, on disk.
# Takes apt sources, keys and network settings from this machine.  Exits 77 (skipped) without root or mmdebstrap.
set -euo pipefail
source=$(readlink -f "$1")
if [ "$EUID" -ne 0 ] || ! command -v mmdebstrap >/dev/null; then
  echo "bare start: skipped, it needs root and mmdebstrap"
  exit 77
fi
if [ "${2:-}" != unshared ]; then exec unshare --mount bash "$0" "$1" unshared; fi # mounts below end with us
bare=$(mktemp -d)
trap 'cd / && umount "$bare" 2>/dev/null; rm -rf --one-file-system "$bare"' EXIT
tests=${MIMOSA_BARE_TESTS:-0}
if [ "$tests" != 1 ] && awk '/^MemAvailable:/ { exit $2 < 8e6 }' /proc/meminfo; then # in memory it takes half the time, and leaves nothing
  mount -t tmpfs -o size=6g,mode=755 tmpfs "$bare"
fi
experiment=(run configs/experiment/quickstart.yaml --inputs 64 --chips 1)

step() { printf 'bare start: %s (%d s)\n' "$*" "$SECONDS"; }
fail() {
  step "failed: $*"
  exit 1
}

make_machine() {
  local lists settings=$bare/apt.conf more=git
  mapfile -t lists < <(grep -lsE '^[^#]*\bbookworm\b' /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources})
  [ ${#lists[@]} -gt 0 ] || lists=("") # none: mmdebstrap knows Debian's own mirror
  if grep -qsE '^[^#]*https://' "${lists[@]}"; then more+=,ca-certificates; fi
  # Proxies, certificates, time-outs, and whether a mirror's dates may be old; no hooks, which call programs of this one.
  apt-config dump | grep -E '^Acquire::(https?|Retries|Check)' >"$settings" || true
  mmdebstrap --quiet --mode=root --variant=minbase --include="$more" --aptopt="$settings" \
    --dpkgopt=force-unsafe-io bookworm "$bare/debian" "${lists[@]}" || fail "mmdebstrap"
  cp -a /etc/apt/keyrings /etc/apt/trusted.gpg.d "$bare/debian/etc/apt/"
  cp -aL /etc/hosts /etc/resolv.conf "$bare/debian/etc/"
  if [ -d /usr/local/share/ca-certificates ]; then
    mkdir -p "$bare/debian/usr/local/share" && cp -a /usr/local/share/ca-certificates "$bare/debian/usr/local/share/"
  fi
}

inside() { # command …: in the new machine, with its own mounts and processes, which end with it
  local proxies
  mapfile -t proxies < <(env | grep -iE '^(https?|no)_proxy=' || true)
  unshare --mount --pid --fork --kill-child --root="$bare/debian" --wd=/home/mimosa --mount-proc \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "${proxies[@]}" "$@"
}

state_of_build() { # what changes when anything is built or configured
  (cd "$bare/debian/home/mimosa/build/release" && stat -c '%n %Y %s' sim/cli/mimosa .ninja_log CMakeCache.txt)
}

make_machine
step "a bare machine stands"
git clone --quiet --no-hardlinks "file://$source" "$bare/debian/home/mimosa"

inside ./mimosa "${experiment[@]}" || {
  tail -n 40 "$bare"/debian/home/mimosa/build/*.log
  fail "the first run"
}
[ -s "$bare/debian/home/mimosa/runs/quickstart/report.json" ] || fail "the first run left no report"
step "the first run has its report"

rm -rf "$bare/debian/home/mimosa/runs"
before=$(state_of_build)
printf '#!/bin/sh\necho called >>/apt-was-called\n' >"$bare/debian/usr/local/bin/apt-get"
chmod +x "$bare/debian/usr/local/bin/apt-get"
inside ./mimosa "${experiment[@]}" || fail "the second run"
[ -s "$bare/debian/home/mimosa/runs/quickstart/report.json" ] || fail "the second run left no report"
[ ! -e "$bare/debian/apt-was-called" ] || fail "the second run called apt-get"
[ "$(state_of_build)" = "$before" ] || fail "the second run built or configured"
step "the second run only ran"

[ "$tests" = 1 ] || exit 0
rm "$bare/debian/usr/local/bin/apt-get"
inside ./mimosa test || fail "./mimosa test"
step "the tests pass"
