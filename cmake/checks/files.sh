# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by the checks.

# list_files <root> <regular expression>: the project's files that match, relative to the root, one a line: what git
# knows or would add, or everything but build/ and runs/ where the tree is no repository (an unpacked archive).
list_files() {
  if [ "$(git -C "$1" rev-parse --show-toplevel 2>/dev/null)" = "$1" ]; then
    git -C "$1" ls-files --cached --others --exclude-standard --deduplicate
  else
    (cd "$1" && find . -type f -not -path './build/*' -not -path './runs/*' | sed 's|^\./||')
  fi | { grep -E "$2" || true; } | while IFS= read -r file; do
    if [ -f "$1/$file" ]; then printf '%s\n' "$file"; fi # git still lists what was just deleted
  done
}

# finish <name> <findings>: prints them and fails where there are any.
finish() {
  if [ -n "$2" ]; then
    printf '%s\n%s: failed\n' "$2" "$1"
    exit 1
  fi
  echo "$1: holds"
}
