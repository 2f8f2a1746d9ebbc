// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "hw/program/datapath.hpp"
#include "hw/program/geometry.hpp"
#include "hw/program/signed_copies.hpp"

namespace mimosa {
namespace {

struct Gather {
  const Node& analog;
  const Node& input;
  int input_node;
  const PassState& state;
  int pass;
};

/// Copies word lines [block.row0, …) of the patch under output (oy, ox) of one slot.
void gather_conv(const Gather& g, const Block& block, int slot, int oy, int ox, float* out) {
  const Shape& in = g.input.shape;
  for (int k = block.row0; k < block.row0 + block.rows;) {
    const int tap = k / in.channels, first = k % in.channels;
    const int count = std::min(in.channels - first, block.row0 + block.rows - k);
    const int y = oy * g.analog.stride - g.analog.padding + tap / g.analog.kernel;
    const int x = ox * g.analog.stride - g.analog.padding + tap % g.analog.kernel;
    if (y < 0 || y >= in.height || x < 0 || x >= in.width)
      std::fill_n(out, count, 0.0F);
    else
      std::copy_n(g.state.row(g.input_node, g.pass, slot * in.height + y) + x * in.channels + first, count,
                  out);
    out += count;
    k += count;
  }
}

/// Copies word lines of the stacked slots at one position.
void gather_slots(const Gather& g, const Block& block, int y, int x, float* out) {
  const int channels = g.input.shape.channels;
  for (int k = block.row0; k < block.row0 + block.rows;) {
    const int slot = k / channels % g.input.slots, first = k % channels;
    const int count = std::min(channels - first, block.row0 + block.rows - k);
    std::copy_n(g.state.row(g.input_node, g.pass, slot * g.input.shape.height + y) + x * channels + first,
                count, out);
    out += count;
    k += count;
  }
}

/// Copies word lines of the stacked slots of a grid at position y, zero where they hold no input.
void gather_copies(const Gather& g, const SignedCopies& copies, const Block& block, int y, float* out) {
  for (int k = block.row0; k < block.row0 + block.rows;) {
    const int slot = copies.slots[static_cast<std::size_t>(k / copies.inputs)], first = k % copies.inputs;
    const int count = std::min(copies.inputs - first, block.row0 + block.rows - k);
    if (g.state.is_masked(g.pass, slot))
      std::fill_n(out, count, 0.0F);
    else
      std::copy_n(g.state.row(g.input_node, g.pass, slot * g.input.shape.height + y) + first, count, out);
    out += count;
    k += count;
  }
}

}  // namespace

void gather_inputs(const Graph& graph, const Stage& stage, const Block& block, int iteration,
                   const PassState& state, int pass, float* out) {
  const Node& analog = graph.nodes[static_cast<std::size_t>(node_index(graph, stage.analog))];
  const int source = array_input(graph, stage);
  const Gather g{analog, graph.nodes[static_cast<std::size_t>(source)], source, state, pass};
  if (stage.signed_copies) return gather_copies(g, signed_copies(graph, stage), block, iteration, out);
  for (int m = 0; m < stage.mvms; ++m, out += block.rows) {
    if (analog.op == OpKind::Conv2d)
      gather_conv(g, block, iteration / analog.shape.height, iteration % analog.shape.height, m, out);
    else if (analog.op == OpKind::Bundle)
      gather_slots(g, block, iteration, m, out);
    else
      std::copy_n(state.row(source, pass, iteration) + block.row0, block.rows, out);
  }
}

}  // namespace mimosa
