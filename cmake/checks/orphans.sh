#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# orphans.sh <root> <compile_commands.json>: fails on a .cpp that no target compiles.
# CMake writes an entry for each source of each target, built or not, whatever its flags, so one configured tree tells
# all, the kernels for one instruction set included.  Only bench/ may be switched off there: then a file counts as used
# when bench/CMakeLists.txt names it.
set -euo pipefail
# shellcheck source=cmake/checks/files.sh
. "$(dirname "$(readlink -f "$0")")/files.sh"
root=$(readlink -f "$1")
compiled=$(sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' "$2")

is_used() { # file
  grep -qxF "$root/$1" <<<"$compiled" && return
  [[ $1 == bench/* ]] && ! grep -qF "$root/bench/" <<<"$compiled" &&
    grep -qE "(^|[^[:alnum:]_./])${1#bench/}([^[:alnum:]_.]|$)" "$root/bench/CMakeLists.txt"
}

findings=$(list_files "$root" '^(models|hw|traces|sim|examples|tests|bench)/.*\.cpp$' |
  while IFS= read -r file; do is_used "$file" || echo "$file: in no target; name it in its folder's CMakeLists.txt"; done)
finish orphans "$findings"
