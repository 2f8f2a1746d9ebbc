// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "models/nn/graph.hpp"

namespace mimosa {

/// Where the logits of one attention come from: indices of nodes.
struct LogitNodes {
  std::string attention;
  int q = -1, k = -1;                ///< per sequence, before their signs: [D_h, L, H], M · N slots
  int q_bundle = -1, k_bundle = -1;  ///< N and M slots
};
/// Of every linear attention on bundles; empty where none is.
[[nodiscard]] std::vector<LogitNodes> logit_nodes(const Graph& graph);

/// A node's value in one pass, [slot][y][x][channel].
using ValueOfNode = std::function<const float*(int node)>;

/// Gathers what stands in the logits of one attention beside each sequence's own.
///
/// The bundles of slot (m, n) at positions l, l′ and one head give q̃_n[l]·k̃_m[l′]: the sequence's own logit
/// q_mn[l]·k_mn[l′] and M·N − 1 products of other pairs of sequences, with random signs. Interference is the
/// rms of (logit of the bundles − own logit) over the rms of ‖q_mn[l]‖·‖k_mn[l′]‖, the own logit of a query
/// and a key that match; over all slots, positions and heads. For vectors whose coordinates are alike in size
/// it is √((M·N − 1)/D_h).
class InterferenceMeter {
 public:
  InterferenceMeter(const Graph& graph, LogitNodes nodes);

  /// `own` gives the exact q and k, `seen` the bundles whose logits are judged.
  void add(const ValueOfNode& own, const ValueOfNode& seen);

  [[nodiscard]] double relative() const;
  /// √((M·N − 1)/D_h)
  [[nodiscard]] double law() const;
  /// Mean squares: of (logit − own logit), of ‖q‖·‖k‖.
  [[nodiscard]] double error_power() const;
  [[nodiscard]] double own_power() const;

 private:
  [[nodiscard]] double dot(const float* a, const float* b) const;

  const Graph& graph_;
  LogitNodes nodes_;
  std::size_t channels_, positions_, heads_;
  double scale_;  ///< of an own logit of unscaled q and k
  double errors_ = 0.0, norms_ = 0.0, count_ = 0.0;
};

}  // namespace mimosa
