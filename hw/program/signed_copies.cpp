// SPDX-License-Identifier: Apache-2.0
#include "hw/program/signed_copies.hpp"

#include <algorithm>

#include "hw/program/geometry.hpp"
#include "models/nn/sequence.hpp"

namespace mimosa {
namespace {

std::size_t size(int count) {
  return static_cast<std::size_t>(count);
}

/// The only input of a node that nothing else reads, if it is such an operation; else -1.
int private_input(const Graph& graph, int index, OpKind op) {
  const int input = graph.nodes[size(index)].inputs.front();
  std::ptrdiff_t readers = 0;
  for (const Node& node : graph.nodes) readers += std::count(node.inputs.begin(), node.inputs.end(), input);
  return graph.nodes[size(input)].op == op && readers == 1 ? input : -1;
}

/// Bit line `line` of a slot's copy is the projection's times this.
float key_at(const Network& network, const Tensor& keys, const SignedCopies& copies, int slot, int line) {
  const std::size_t channels = size(network.graph.nodes[size(copies.keys)].shape.channels);
  return keys.data[key_of(network.graph, size(slot)) * channels + size(line) % channels];
}

const Tensor& keys_of(const Network& network, const SignedCopies& copies) {
  return tensor(network, network.graph.nodes[size(copies.keys)], "keys");
}

}  // namespace

std::optional<SignedCopies> signed_copies(const Graph& graph, int sum) {
  if (graph.nodes[size(sum)].op != OpKind::GridSum) return std::nullopt;
  SignedCopies found;
  found.sum = sum;
  found.keys = private_input(graph, sum, OpKind::Hadamard);
  if (found.keys < 0 || graph.nodes[size(found.keys)].sequence.spread != SlotAxis::None) return std::nullopt;
  const int heads = private_input(graph, found.keys, OpKind::Heads);
  found.projection = private_input(graph, heads < 0 ? found.keys : heads, OpKind::Conv2d);
  if (found.projection < 0) return std::nullopt;
  const Node &projection = graph.nodes[size(found.projection)], &bundles = graph.nodes[size(sum)];
  if (projection.kernel != 1 || projection.stride != 1 || projection.padding != 0 ||
      projection.shape.width != 1)
    return std::nullopt;
  found.inputs = graph.nodes[size(projection.inputs.front())].shape.channels;
  found.outputs = projection.shape.channels;
  for (int bundle = 0; bundle < bundles.slots; ++bundle)
    for (const int slot : summed_slots(graph, bundles, bundle)) found.slots.push_back(slot);
  found.per_bundle = static_cast<int>(found.slots.size()) / bundles.slots;
  return found;
}

SignedCopies signed_copies(const Graph& graph, const Stage& stage) {
  return signed_copies(graph, node_index(graph, stage.result)).value();
}

std::vector<Block> copy_blocks(const SignedCopies& copies, int rows, int cols) {
  std::vector<Block> blocks;
  const int bundles = static_cast<int>(copies.slots.size()) / copies.per_bundle;
  const int height = copies.per_bundle * copies.inputs;
  for (int bundle = 0; bundle < bundles; ++bundle)
    for (int col = 0; col < copies.outputs; col += cols)
      for (int row = 0; row < height; row += rows)
        blocks.push_back({bundle * height + row, std::min(rows, height - row), bundle * copies.outputs + col,
                          std::min(cols, copies.outputs - col)});
  return blocks;
}

Matrix copy_matrix(const Network& network, const SignedCopies& copies, const Matrix& projection) {
  const int count = static_cast<int>(copies.slots.size());
  Matrix all{count * copies.inputs, count / copies.per_bundle * copies.outputs, {}};
  all.data.resize(size(all.rows) * size(all.cols));
  const Tensor& keys = keys_of(network, copies);
  for (int copy = 0; copy < count; ++copy)
    for (int row = 0; row < copies.inputs; ++row) {
      const float* from = projection.data.data() + size(row) * size(copies.outputs);
      float* to = all.data.data() + size(copy * copies.inputs + row) * size(all.cols) +
                  size(copy / copies.per_bundle * copies.outputs);
      for (int line = 0; line < copies.outputs; ++line)
        to[line] = from[line] * key_at(network, keys, copies, copies.slots[size(copy)], line);
    }
  return all;
}

std::vector<SlotShift> slot_shifts(const Network& network, const SignedCopies& copies) {
  std::vector<SlotShift> shifts;
  const Node &projection = network.graph.nodes[size(copies.projection)],
             &sum = network.graph.nodes[size(copies.sum)];
  if (!projection.bias) return shifts;
  const Tensor &bias = tensor(network, projection, "bias"), &keys = keys_of(network, copies);
  const float factor = grid_factor(network.graph, sum);
  for (std::size_t copy = 0; copy < copies.slots.size(); ++copy) {
    const int bundle = static_cast<int>(copy) / copies.per_bundle;
    SlotShift& of_slot = shifts.emplace_back();
    of_slot = {.slot = copies.slots[copy], .first = bundle * copies.outputs, .shift = {}};
    for (int line = 0; line < copies.outputs; ++line)
      of_slot.shift.push_back(factor * key_at(network, keys, copies, of_slot.slot, line) *
                              bias.data[size(line)]);
  }
  return shifts;
}

}  // namespace mimosa
