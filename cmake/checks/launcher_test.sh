#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# launcher_test.sh <root>: what ./mimosa promises, on a machine made of fakes that note down how they are called.
# (The real thing, from a bare Debian, is tests/support/bare_start.sh.)
set -euo pipefail
tree=$(readlink -f "$(mktemp -d)")
trap 'rm -rf "$tree"' EXIT
bin=$tree/bin
calls=$tree/calls
failures=0

fake() { # name; the script's body on standard input
  { printf '#!%s\necho "%s $*" >>"%s"\ntree=%s\n' "$(command -v bash)" "$1" "$calls" "$tree" && cat; } >"$bin/$1"
  chmod +x "$bin/$1"
}

new_machine() { # every package installed, a fresh clone of the project in <root>, nothing built
  rm -rf "${tree:?}"/*
  mkdir -p "$tree/clone" "$bin" "$tree/here"
  cp "$1/mimosa" "$tree/clone"
  touch "$calls"
  for tool in env dirname readlink grep tail tr flock mkdir chmod rm head nproc find sort cat touch; do
    ln -s "$(command -v $tool)" "$bin/$tool"
  done
  fake dpkg-query <<'END'
for package in "${@:4}"; do [ -e "$tree/lacks-$package" ] || printf '\n%s' "$package installed"; done
END
  fake apt-get <<'END'
[ "$DEBIAN_FRONTEND" = noninteractive ] && rm -f "$tree"/lacks-*
END
  fake cmake <<'END'
while [ "$1" != -B ]; do shift; done
mkdir -p "$2" && touch "$2/build.ninja"
END
  fake ninja <<'END'
if [ -x sim/cli/mimosa ]; then echo "ninja: no work to do." && exit; fi
if [ -e "$tree/broken" ]; then echo "a.cpp:1: error: no" && exit 1; fi
mkdir -p sim/cli
{ head -n 1 "$0" && echo 'echo "$PWD $*"; exit $1'; } >sim/cli/mimosa
chmod +x sim/cli/mimosa
echo "[1/1] Linking"
END
  fake ctest <<<'exit 8'
}

launch() { # argument …: sets status, out, err
  status=0
  out=$(cd "$tree/here" && PATH=$bin "$(command -v bash)" "$tree/clone/mimosa" "$@" 2>"$tree/err") || status=$?
  err=$(cat "$tree/err")
}

expect() { # sentence, command …
  if ! "${@:2}"; then
    printf 'not so: %s\n  status %s\n  out: %s\n  err: %s\n  calls: %s\n' "$1" "$status" "$out" "$err" "$(cat "$calls")"
    failures=1
  fi
}
is() { [ "$1" = "$2" ]; }
has() { [[ $1 == *"$2"* ]]; }

new_machine "$1"
launch 7 'a  b'
expect "the program's status comes back" is "$status" 7
expect "it runs in the caller's folder with the caller's arguments" is "$out" "$tree/here 7 a  b"
expect "a build is told in one line" is "$err" "mimosa: building (log: build/release.log)"
expect "only the program is built" has "$(cat "$calls")" $'\nninja mimosa'
: >"$calls"
launch 0
expect "later calls say nothing" is "$status$err" 0
expect "later calls neither configure nor install" is "$(grep -v '^dpkg-query' "$calls")" "ninja mimosa"

new_machine "$1"
touch "$tree/broken"
launch 0
expect "a broken build fails" is "$status" 1
expect "a broken build shows the error" has "$err" "a.cpp:1: error: no"
expect "a broken build names the log" has "$err" "$tree/clone/build/release.log"

new_machine "$1"
touch "$tree/lacks-catch2" "$tree/lacks-g++"
launch 0
expect "missing packages are installed, and only they" has "$(cat "$calls")" "install --no-install-recommends g++ catch2"$'\n'
expect "the list of packages is brought up to date first" has "$(cat "$calls")" "update"$'\n'"apt-get"
expect "an installation is told in one line" has "$err" "mimosa: installing 2 Debian packages (log: build/packages.log)"
expect "then it runs" is "$status" 0

new_machine "$1"
touch "$tree/lacks-catch2"
fake apt-get <<<'echo "E: no network"; exit 100'
launch 0
expect "a failed installation is the user's to mend" is "$status" 2
expect "a failed installation shows why" has "$err" "E: no network"

new_machine "$1"
touch "$tree/lacks-catch2"
rm "$bin/apt-get"
launch 0
expect "without apt-get it stops" is "$status" 2
expect "without apt-get it names the packages, in one line" is "$err" \
  "mimosa: no apt-get here; install what Debian calls catch2, then set MIMOSA_SKIP_PACKAGES=1"
MIMOSA_SKIP_PACKAGES=1 launch 0
expect "MIMOSA_SKIP_PACKAGES leaves packages to the user" is "$status" 0

if [ "$EUID" -eq 0 ] && command -v setpriv >/dev/null; then
  new_machine "$1"
  touch "$tree/lacks-catch2"
  chmod -R a+rwX "$tree"
  status=0
  out=""
  err=$(PATH=$bin "$(PATH=/usr/bin:/bin command -v setpriv)" --reuid=65534 --regid=65534 --clear-groups \
    "$(command -v bash)" "$tree/clone/mimosa" 0 2>&1) || status=$?
  expect "neither root nor sudo: it stops" is "$status" 2
  expect "neither root nor sudo: it says what root should run" is "$err" \
    "mimosa: neither root nor sudo; have root run: apt-get install catch2"
fi

new_machine "$1"
launch test -R array -LE slow
expect "ctest's status comes back" is "$status" 8
expect "everything is built for the tests" has "$(cat "$calls")" $'\nninja all'
expect "groups whose program is missing are left out beside the caller's" has "$(cat "$calls")" \
  "-R array --label-exclude slow|^bare\$|^python\$|^gtkwave\$|^browser\$|^gnuplot\$|^schema\$|^manual\$|^zsh\$|^slurm\$"
expect "the last line names them" has "${out##*$'\n'}" "groups left out: bare (needs mmdebstrap), python (needs python3-numpy,python3-pandas), gtkwave (needs gtkwave), browser (needs chromium-driver,python3-selenium), gnuplot (needs gnuplot-nox), schema (needs python3-jsonschema,python3-yaml), manual (needs mandoc), zsh (needs zsh), slurm (needs slurm-wlm)"
for package in mmdebstrap python3-numpy python3-pandas gtkwave python3-selenium gnuplot-nox python3-jsonschema python3-yaml mandoc zsh slurm-wlm; do touch "$tree/lacks-$package"; done
fake mmdebstrap <<<''
fake f2py3 <<<''
fake chromedriver <<<''
fake gnuplot <<<''
fake vcd2fst <<<''
for program in jsonschema mandoc zsh sbatch; do fake $program <<<''; done
launch test --all
expect "--all installs what groups need" has "$(cat "$calls")" "install --no-install-recommends mmdebstrap python3-numpy python3-pandas gtkwave python3-selenium gnuplot-nox python3-jsonschema python3-yaml mandoc zsh slurm-wlm"
if [ "$EUID" -eq 0 ]; then expect "then none is left out" is "${out##*$'\n'}" "mimosa: no group was left out"; fi

[ "$failures" -eq 0 ] && echo "launcher: holds"
