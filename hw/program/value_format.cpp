// SPDX-License-Identifier: Apache-2.0
#include "hw/program/value_format.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "hw/program/geometry.hpp"

namespace mimosa {

int bundle_bits(const Graph& graph, const Node& node, const VectorSpec& vector) {
  if (node.op != OpKind::Bundle || vector.format != NumberFormat::Int16 ||
      vector.bundle == BundleFormat::Same)
    return 0;
  const int slots = graph.nodes[static_cast<std::size_t>(node.inputs[0])].slots;
  return static_cast<int>(std::bit_width(static_cast<unsigned>(slots - 1)));
}

Rounding working_format(const Graph& graph, const Node& node, const VectorSpec& vector) {
  return {.format = vector.format,
          .fraction_bits = vector.fraction_bits,
          .more_bits = bundle_bits(graph, node, vector)};
}

Rounding stored_format(const Graph& graph, const Node& node, const VectorSpec& vector) {
  Rounding rounding = working_format(graph, node, vector);
  if (vector.bundle != BundleFormat::Requantise) return rounding;
  rounding.fraction_bits -= rounding.more_bits;
  rounding.more_bits = 0;
  return rounding;
}

Rounding sum_format(const Stage& stage, const ChipSpec& chip) {
  Rounding rounding{.format = chip.vector.format, .fraction_bits = chip.vector.fraction_bits};
  if (rounding.format != NumberFormat::Int16 || stage.analog.empty()) return rounding;
  const double largest = 2.0 * row_blocks(stage) * largest_result(chip.analog);
  rounding.fraction_bits = std::clamp(15 - static_cast<int>(std::ceil(std::log2(largest))), 0, 15);
  return rounding;
}

int stored_row_bytes(const Graph& graph, const Node& node, const VectorSpec& vector) {
  const int bits = 8 * bytes_of(vector.format) + stored_format(graph, node, vector).more_bits;
  return (row_size(node) * bits + 7) / 8;
}

}  // namespace mimosa
