// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "hw/program/pass_state.hpp"
#include "hw/program/program.hpp"
#include "models/nn/graph.hpp"

namespace mimosa {

/// The float network's values, pass group by pass group, in a state that `gather_inputs` and a datapath read.
class ReferencePasses {
 public:
  /// `images`: [input][channel][y][x] normalised; `network` and `program` outlive this.
  ReferencePasses(const Network& network, const Program& program, std::span<const float> images);

  [[nodiscard]] std::size_t passes() const { return inputs_.size() / pass_size_; }
  /// [pass][input][y][x][channel]
  [[nodiscard]] const std::vector<float>& inputs() const { return inputs_; }
  void for_each(const std::function<void(const PassState&)>& use) const;

 private:
  const Network& network_;
  const Program& program_;
  std::vector<float> inputs_;
  std::size_t pass_size_;
};

}  // namespace mimosa
