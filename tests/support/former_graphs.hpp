// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>

#include "models/mimo/mimoformer.hpp"
#include "tests/support/machine.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"
#include "tests/support/small_former.hpp"

namespace mimosa {

/// Networks of attention of every kind, by name.
[[nodiscard]] inline std::map<std::string, Graph> former_graphs() {
  std::map<std::string, Graph> all;
  all["Performer"] = mimoformer(small_former({1, 1}));
  all["2x2 att."] = mimoformer(small_former({2, 2}));
  FormerOptions mlp = small_former({2, 3});
  mlp.sharing = Sharing::AttentionAndMlp;
  mlp.readout = Readout::MeanOfPositions;
  all["2x3 att.+MLP"] = mimoformer(mlp);
  FormerOptions causal = small_former({3, 2});
  causal.mask = Mask::Causal;
  causal.map = FeatureMap::Exp;
  all["3x2 causal, exponential features"] = mimoformer(causal);
  FormerOptions prefix = small_former({2, 2});
  prefix.mask = Mask::Prefix;
  prefix.prefix = 4;
  prefix.map = FeatureMap::Dpfp;
  Graph& dpfp = all["2x2 prefix, DPFP"] = mimoformer(prefix);
  // Sparse features of untrained bundles have products near zero, and quotients by them no bound on their
  // error: a denominator of at least 0.1 has.
  for (Node& node : dpfp.nodes)
    if (node.op == OpKind::Attention) node.eps = 0.1;
  FormerOptions sub = small_former({1, 2});
  sub.keys = {2, 2};
  all["1x2 of 2x2 keys"] = mimoformer(sub);
  all["softmax"] = softmax_transformer(small_former({1, 1}));
  all["DataMUX"] = datamux(small_former({4, 1}));
  return all;
}

/// The small chip with more tiles and a matrix unit.
[[nodiscard]] inline ChipSpec chip_with_matrix_unit() {
  ChipSpec chip = small_chip();
  chip.mesh = {.rows = 12, .cols = 12};
  chip.matrix.macs_per_cycle = 16;
  return chip;
}

/// A network of that graph on `chip`, its converters fitted on what it runs: nothing clips.
[[nodiscard]] inline Machine former_machine(const Graph& graph, int passes, const DeviceSpec& device,
                                            ChipSpec chip = chip_with_matrix_unit(),
                                            const CompilerOptions& compiler = {}) {
  MachineParts parts{
      .network = random_network(graph, "n"), .chip = std::move(chip), .compiler = compiler, .device = device};
  parts.images =
      random_tokens(parts.network, static_cast<std::size_t>(passes * parts.network.inputs_per_pass));
  parts.held_out = parts.images;
  return Machine(std::move(parts));
}

/// Converters whose errors are those of float arithmetic.
[[nodiscard]] inline ArraySpec fine_converters() {
  ArraySpec fine;
  fine.dac.bits = 16;
  fine.dac.input = InputKind::Voltage;
  fine.adc.bits = 24;
  return fine;
}

}  // namespace mimosa
