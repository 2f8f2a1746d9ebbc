#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# words.sh <root>: fails on paths of one machine, on hosts of package registries, and on work left for later.
set -euo pipefail
# shellcheck source=cmake/checks/files.sh
. "$(dirname "$(readlink -f "$0")")/files.sh"
root=$(readlink -f "$1")

paths='(^|[^[:alnum:]_.~-])/(work|root|farm|tmp|home/[a-z]+)/'
hosts='(deb|security|snapshot|archive|ports|registry|files|index|static|proxy|repo|conda|mirror)[a-z0-9-]*[.]([a-z0-9-]+[.])?'
hosts+='(debian|ubuntu|npmjs|pythonhosted|crates|golang|maven|anaconda)[.](org|com|io)|(pypi|crates|rubygems)[.](org|io)'
later='(^|[^[:alnum:]_])(TO[D]O|FIX[M]E|X[X]X)([^[:alnum:]_]|$)'

search() { # expression, what is wrong, files to search
  cd "$root"
  # grep finds nothing in most batches of files, which is success here.
  list_files "$root" "$3" | { grep -v '^third_party/' || true; } |
    { xargs -r -d '\n' grep -HnIE -e "$1" || true; } | cut -c 1-160 | sed "s|\$|   <- $2|"
}

findings=$(
  search "$paths" "a path of one machine" ''
  search "$hosts" "a package registry; the package manager knows where to look" ''
  search "$later" "finish it, or say what it does not do" '\.(cpp|hpp|py|sh|awk|cmake)$|CMakeLists\.txt$|^mimosa$'
)
finish words "$findings"
