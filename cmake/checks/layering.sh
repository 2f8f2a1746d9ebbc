#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# layering.sh <root>: holds every #include against the arrows of ARCHITECTURE.md.
#   models <- hw <- traces <- sim <- examples <- tests <- bench: only leftwards, written from the root
#   within models: base <- device, converter, digital <-> nn <- data <- crossbar, mimo, as layering.awk lists them
#   (digital knows the shapes of nn; nn's reference calls the arithmetic of digital)
#   no SystemC, directly or through other headers, in models, hw/spec, hw/program, sim/config, sim/mvm, sim/compiler,
#   sim/engine
#   yaml-cpp in sim/config only
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=cmake/checks/files.sh
. "$here/files.sh"
root=$(readlink -f "$1")

includes() { # file:#include "x" or <x>
  cd "$root"
  list_files "$root" '^(models|hw|traces|sim|examples|tests|bench)/.*\.(cpp|hpp)$' |
    xargs -r -d '\n' grep -HE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]'
}

findings=$(includes | awk -f "$here/layering.awk" | sort)
finish layering "$findings"
