// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdexcept>
#include <string>

#include "models/nn/graph.hpp"
#include "sim/config/network_reader.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mimosa {

/// Text of a file with one part replaced.
inline std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::logic_error("no '" + from + "' in the test's text");
  return text.replace(at, from.size(), to);
}

class Reading {
 public:
  Network operator()(const std::string& text, int inputs = 0, bool with_weights = false) const {
    return read_network(folder.write("net.yaml", text), inputs, with_weights);
  }
  TemporaryFolder folder;
};

inline bool same_graph(const Graph& a, const Graph& b) {
  if (a.nodes.size() != b.nodes.size()) return false;
  for (std::size_t i = 0; i < a.nodes.size(); ++i) {
    const Node &x = a.nodes[i], &y = b.nodes[i];
    const bool same = x.name == y.name && x.op == y.op && x.inputs == y.inputs && x.kernel == y.kernel &&
                      x.stride == y.stride && x.padding == y.padding && x.out_channels == y.out_channels &&
                      x.bias == y.bias && x.eps == y.eps && x.sequence == y.sequence &&
                      x.weights_of == y.weights_of && x.shape == y.shape && x.slots == y.slots;
    if (!same) return false;
  }
  return true;
}

}  // namespace mimosa
