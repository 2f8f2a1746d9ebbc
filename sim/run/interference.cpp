// SPDX-License-Identifier: Apache-2.0
#include "sim/run/interference.hpp"

#include <cmath>
#include <utility>

#include "models/nn/sequence.hpp"

namespace mimosa {
namespace {

const Node& node_at(const Graph& graph, int index) {
  return graph.nodes[static_cast<std::size_t>(index)];
}

/// The bundle that a feature map reads, directly or through Ω; −1: there is none.
int bundle_of(const Graph& graph, int features) {
  const OpKind map = node_at(graph, features).op;
  if (map != OpKind::RandomFeatures && map != OpKind::Dpfp) return -1;
  int at = node_at(graph, features).inputs.front();
  if (node_at(graph, at).op == OpKind::Conv2d) at = node_at(graph, at).inputs.front();
  return node_at(graph, at).op == OpKind::GridSum ? at : -1;
}

}  // namespace

std::vector<LogitNodes> logit_nodes(const Graph& graph) {
  std::vector<LogitNodes> all;
  for (const Node& node : graph.nodes) {
    if (node.op != OpKind::Attention) continue;
    LogitNodes found{.attention = node.name};
    found.q_bundle = bundle_of(graph, node.inputs[0]);
    found.k_bundle = bundle_of(graph, node.inputs[1]);
    if (found.q_bundle < 0 || found.k_bundle < 0) continue;
    const auto unsigned_of = [&](int bundle) {
      const int in = node_at(graph, bundle).inputs.front();
      return node_at(graph, in).op == OpKind::Hadamard ? node_at(graph, in).inputs.front() : in;
    };
    found.q = unsigned_of(found.q_bundle);
    found.k = unsigned_of(found.k_bundle);
    all.push_back(std::move(found));
  }
  return all;
}

InterferenceMeter::InterferenceMeter(const Graph& graph, LogitNodes nodes)
    : graph_(graph),
      nodes_(std::move(nodes)),
      channels_(static_cast<std::size_t>(node_at(graph, nodes_.q).shape.channels)),
      positions_(static_cast<std::size_t>(node_at(graph, nodes_.q).shape.height)),
      heads_(static_cast<std::size_t>(node_at(graph, nodes_.q).shape.width)),
      scale_(static_cast<double>(grid_factor(graph, node_at(graph, nodes_.q_bundle))) *
             static_cast<double>(grid_factor(graph, node_at(graph, nodes_.k_bundle)))) {
}

double InterferenceMeter::dot(const float* a, const float* b) const {
  double sum = 0.0;
  for (std::size_t c = 0; c < channels_; ++c) sum += static_cast<double>(a[c]) * static_cast<double>(b[c]);
  return sum;
}

void InterferenceMeter::add(const ValueOfNode& own, const ValueOfNode& seen) {
  const float *q = own(nodes_.q), *k = own(nodes_.k);
  const float *queries = seen(nodes_.q_bundle), *keys = seen(nodes_.k_bundle);
  const auto slots = static_cast<std::size_t>(graph_.grid.size()),
             n = static_cast<std::size_t>(graph_.grid.n);
  const auto at = [&](std::size_t slot, std::size_t position, std::size_t head) {
    return ((slot * positions_ + position) * heads_ + head) * channels_;
  };
  for (std::size_t b = 0; b < slots; ++b)
    for (std::size_t h = 0; h < heads_; ++h)
      for (std::size_t l = 0; l < positions_; ++l)
        for (std::size_t r = 0; r < positions_; ++r) {
          const float *q_own = q + at(b, l, h), *k_own = k + at(b, r, h);
          const double error =
              dot(queries + at(b % n, l, h), keys + at(b / n, r, h)) - scale_ * dot(q_own, k_own);
          errors_ += error * error;
          norms_ += scale_ * scale_ * dot(q_own, q_own) * dot(k_own, k_own);
          count_ += 1.0;
        }
}

double InterferenceMeter::relative() const {
  return std::sqrt(errors_ / norms_);
}

double InterferenceMeter::law() const {
  return std::sqrt((graph_.grid.size() - 1) / static_cast<double>(channels_));
}

double InterferenceMeter::error_power() const {
  return errors_ / count_;
}

double InterferenceMeter::own_power() const {
  return norms_ / count_;
}

}  // namespace mimosa
