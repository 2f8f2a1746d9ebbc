// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/reference_passes.hpp"

#include <algorithm>

#include "hw/program/geometry.hpp"
#include "models/nn/reference.hpp"

namespace mimosa {
namespace {

constexpr std::size_t passes_at_once = 16;

}  // namespace

ReferencePasses::ReferencePasses(const Network& network, const Program& program,
                                 std::span<const float> images)
    : network_(network), program_(program) {
  const Node& input = network.graph.nodes.front();
  pass_size_ = static_cast<std::size_t>(row_size(input) * row_count(input));
  inputs_ = pass_inputs(network, images, images.size() / static_cast<std::size_t>(input.shape.size()));
}

void ReferencePasses::for_each(const std::function<void(const PassState&)>& use) const {
  for (std::size_t first = 0; first < passes(); first += passes_at_once) {
    const std::size_t count = std::min(passes_at_once, passes() - first);
    const std::vector<Value> values = run_reference(
        network_, std::span(inputs_).subspan(first * pass_size_, count * pass_size_), count, true);
    PassState state(network_.graph, program_, static_cast<std::uint32_t>(first), static_cast<int>(count));
    for (std::size_t n = 0; n < values.size(); ++n)
      if (state.value_size(static_cast<int>(n)) != 0 && !values[n].data.empty())
        std::copy(values[n].data.begin(), values[n].data.end(), state.row(static_cast<int>(n), 0, 0));
    use(state);
  }
}

}  // namespace mimosa
