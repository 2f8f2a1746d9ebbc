# SPDX-License-Identifier: Apache-2.0
# Reads lines `file:#include "x"`; prints what layering.sh forbids, one finding a line.

BEGIN {
  split("models hw traces sim examples tests bench", order, " ")
  for (i in order) rank[order[i]] = i + 0
  for_part["base"] = " base "
  for_part["device"] = " base device "
  for_part["converter"] = " base converter "
  for_part["nn"] = " base nn digital "
  for_part["digital"] = " base nn digital "
  for_part["crossbar"] = " base device converter digital crossbar "
  for_part["data"] = " base nn data "
  for_part["mimo"] = " base nn digital mimo "
}

function part(path, level, pieces) { return split(path, pieces, "/") > level ? pieces[level] : "" }

function without_systemc(file) { return file ~ /^(models|hw\/spec|hw\/program|sim\/config|sim\/mvm|sim\/compiler|sim\/engine)\// }

function refuse(what) { print file ": " text "; " what }

function check_ours(target, from, to, inner) {
  from = part(file, 1)
  to = part(target, 1)
  if (!(to in rank)) {
    refuse("ours are written from the root, others in angle brackets")
  } else if (rank[to] > rank[from]) {
    refuse(from " includes only what stands left of it: models, hw, traces, sim, examples, tests, bench")
  } else if (from == "models") {
    inner = for_part[part(file, 2)]
    if (inner == "") refuse("models/" part(file, 2) " has no line in cmake/checks/layering.awk")
    else if (index(inner, " " part(target, 2) " ") == 0) refuse("models/" part(file, 2) " may include:" inner)
  }
  edges[file] = edges[file] " " target
}

{
  file = substr($0, 1, index($0, ":") - 1)
  text = substr($0, index($0, ":") + 1)
  target = text
  sub(/^[ \t]*#[ \t]*include[ \t]*["<]/, "", target)
  sub(/[">].*/, "", target)
  files[file] = 1
  if (text ~ /include[ \t]*"/) check_ours(target)
  if (target ~ /^(systemc|systemc\.h|tlm|tlm\.h|(tlm|tlm_core|tlm_utils|sysc)\/.*)$/) has_systemc[file] = 1
  if (target ~ /^yaml-cpp\// && file !~ /^sim\/config\//) refuse("YAML is read in sim/config only")
}

# The chain of headers by which `at` reaches SystemC, or "".
function chain(at, next_files, count, i, rest) {
  if (at in has_systemc) return at
  if (at in seen) return ""
  seen[at] = 1
  count = split(edges[at], next_files, " ")
  for (i = 1; i <= count; ++i) {
    rest = chain(next_files[i])
    if (rest != "") return at " -> " rest
  }
  return ""
}

END {
  for (file in files) {
    if (!without_systemc(file)) continue
    split("", seen)
    way = chain(file)
    if (way != "") print way " -> SystemC; its folder has to do without"
  }
}
