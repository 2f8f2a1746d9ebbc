#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# format.sh <root>: fails where clang-format 14 would change a file.  Other versions break lines elsewhere, so without
# this one it exits 77 (skipped).
set -euo pipefail
# shellcheck source=cmake/checks/files.sh
. "$(dirname "$(readlink -f "$0")")/files.sh"
root=$(readlink -f "$1")
tool=$(command -v clang-format-14 || command -v clang-format || true)
if [ -z "$tool" ] || ! "$tool" --version | grep -q 'version 14\.'; then
  echo "format: skipped, it needs clang-format 14"
  exit 77
fi
cd "$root"
findings=$(list_files "$root" '\.(cpp|hpp)$' | grep -v '^third_party/' |
  xargs -r -d '\n' "$tool" --style=file --dry-run -Werror 2>&1 | grep ' error: ' || true)
finish format "$findings"
