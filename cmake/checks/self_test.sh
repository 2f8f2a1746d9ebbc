#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# self_test.sh <layering|orphans|format|words>: the check must pass a tiny good tree and fail, naming the file, on each
# tree spoilt in one way.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
check=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

write() { # file, line …
  mkdir -p "$tree/$(dirname "$1")"
  printf '%s\n' "${@:2}" >"$tree/$1"
}

plant() { # the good tree
  rm -rf "${tree:?}"/*
  write models/base/error.hpp '#include <string>'
  write models/crossbar/array.cpp '#include "models/base/error.hpp"' '#include "models/device/cell.hpp"'
  write models/device/cell.hpp '#pragma once'
  write hw/tile/tile.hpp '#include <systemc>' '' '#include "models/crossbar/array.hpp"'
  write hw/spec/spec.hpp '#include "models/base/error.hpp"'
  write sim/config/yaml.cpp '#include <yaml-cpp/yaml.h>' '' '#include "hw/spec/spec.hpp"'
  write sim/run/run.cpp '#include "hw/tile/tile.hpp"'
  write tests/unit/a_test.cpp '#include "sim/run/run.hpp"'
  write bench/speed.cpp '#include "models/base/error.hpp"'
  write bench/CMakeLists.txt 'add_executable(speed speed.cpp)'
  mkdir -p "$tree/build"
  for file in models/crossbar/array.cpp sim/config/yaml.cpp sim/run/run.cpp tests/unit/a_test.cpp; do
    printf '{\n  "command": "c++",\n  "file": "%s"\n},\n' "$tree/$file"
  done >"$tree/build/compile_commands.json"
  cp "$here/../../.clang-format" "$tree"
}

run_check() {
  bash "$here/$check.sh" "$tree" "$tree/build/compile_commands.json" 2>&1
}

failures=0
refuses() { # file the check must name, line to add to it (a new file when it does not exist)
  plant
  mkdir -p "$tree/$(dirname "$1")"
  printf '%s\n' "${@:2}" >>"$tree/$1"
  local status=0 said
  said=$(run_check) || status=$?
  if [ "$status" -ne 1 ] || ! grep -qF "$1" <<<"$said"; then
    echo "$check did not refuse $1 with: ${*:2} (status $status)"
    echo "$said"
    failures=1
  fi
}

plant
status=0
said=$(run_check) || status=$?
if [ "$status" -ne 0 ]; then
  echo "$said"
  exit "$status" # 77: the check's program is not installed
fi

case $check in
  layering)
    refuses models/base/error.hpp '#include "hw/spec/spec.hpp"'
    refuses models/base/error.hpp '#include "models/device/cell.hpp"'
    refuses models/base/error.hpp '#include <systemc>'
    refuses models/nn/graph.hpp '#include "models/crossbar/array.hpp"'
    refuses models/novel/idea.hpp '#include "models/base/error.hpp"'
    refuses hw/tile/tile.hpp '#include "sim/run/run.hpp"'
    refuses hw/tile/tile.hpp '  #  include "traces/vcd.hpp"'
    refuses hw/tile/tile.hpp '#include "tile_job.hpp"'
    refuses hw/spec/spec.hpp '#include <tlm_utils/simple_target_socket.h>'
    refuses sim/engine/engine.cpp '#include "hw/tile/tile.hpp"'
    refuses sim/run/run.cpp '#include <yaml-cpp/yaml.h>'
    refuses sim/run/run.cpp '#include "tests/support/bench.hpp"'
    refuses tests/unit/a_test.cpp '#include "bench/speed.hpp"'
    ;;
  orphans)
    refuses models/base/forgotten.cpp 'int x;'
    refuses tests/unit/run_test.cpp 'int x;' # another folder's run.cpp is in a target
    refuses bench/peed.cpp 'int x;'          # part of a listed name
    ;;
  format)
    refuses hw/tile/tile.cpp 'int  *x ;'
    ;;
  words)
    refuses README.md "see /wo""rk/main"
    refuses configs/chip/a.yaml "weights: /ro""ot/weights"
    refuses docs/start.md "wget deb.deb""ian.org"
    refuses cmake/a.cmake "https://pypi"".org/simple"
    refuses hw/tile/tile.cpp "// TO""DO: finish"
    refuses sim/run/run.py "# FIX""ME"
    refuses mimosa "# X""XX"
    ;;
esac
[ "$failures" -eq 0 ] && echo "$check: its self-test holds"
