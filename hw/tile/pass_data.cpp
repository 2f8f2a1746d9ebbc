// SPDX-License-Identifier: Apache-2.0
#include "hw/tile/pass_data.hpp"

#include <algorithm>

#include "hw/program/geometry.hpp"

namespace mimosa {

PassData::PassData(const Datapath& datapath, std::span<const float> inputs, int first_pass)
    : datapath_(datapath), inputs_(inputs), first_pass_(first_pass) {
}

void PassData::next_inputs(std::span<const float> inputs, int first_pass) {
  inputs_ = inputs;
  inputs_from_ = first_pass;
  last_filled_ = 0;
  outputs_.clear();
}

void PassData::begin(int pass) {
  auto state = std::make_unique<PassState>(datapath_.network().graph, datapath_.program(),
                                           static_cast<std::uint32_t>(first_pass_ + pass), 1);
  const std::size_t size = state->value_size(0);
  const std::size_t at = size * static_cast<std::size_t>(pass - inputs_from_);
  if (at + size > inputs_.size()) throw std::out_of_range("the chip was given fewer inputs than passes");
  if (at + size == inputs_.size()) state->fill(0, last_filled_);
  std::copy_n(inputs_.begin() + static_cast<std::ptrdiff_t>(at), size, state->row(0, 0, 0));
  passes_[pass] = std::move(state);
}

void PassData::mvm(int pass, int stage, int replica, int block, int iteration) {
  datapath_.mvm(*passes_.at(pass), {.stage = stage, .replica = replica, .iterations = {&iteration, 1}},
                block);
}

void PassData::sum(int pass, int stage, int replica, int sum, int iteration) {
  datapath_.sum(*passes_.at(pass), {.stage = stage, .replica = replica, .iterations = {&iteration, 1}}, sum);
}

void PassData::vec(int pass, int stage, int replica, int iteration) {
  datapath_.vec(*passes_.at(pass), {.stage = stage, .replica = replica, .iterations = {&iteration, 1}});
}

void PassData::finish(int pass) {
  const PassState& state = *passes_.at(pass);
  const int output = static_cast<int>(datapath_.network().graph.nodes.size()) - 1;
  const float* values = state.row(output, 0, 0);
  outputs_.insert(outputs_.end(), values, values + state.value_size(output));
  counts_ += state.counts;
  if (on_finish) on_finish(state);
  passes_.erase(pass);
}

}  // namespace mimosa
