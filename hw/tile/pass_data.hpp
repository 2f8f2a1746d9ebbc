// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "hw/program/datapath.hpp"

namespace mimosa {

/// The numbers behind the packets: states of the passes that are on the chip. Packets carry indices; a task
/// computes on rows only after it has received them.
class PassData {
 public:
  /// `inputs`: [pass][input][y][x][channel] of all passes; both live as long as the chip.
  PassData(const Datapath& datapath, std::span<const float> inputs, int first_pass);

  /// Inputs of passes from `first_pass` on, instead of those before; forgets the outputs so far.
  void next_inputs(std::span<const float> inputs, int first_pass);

  /// How many inputs the last pass holds if it is not full; the other slots of a grid are masked.
  void fill_last(int inputs) { last_filled_ = inputs; }

  void begin(int pass);
  void mvm(int pass, int stage, int replica, int block, int iteration);
  void sum(int pass, int stage, int replica, int sum, int iteration);
  void vec(int pass, int stage, int replica, int iteration);
  /// Takes the result row values of a finished pass and forgets the rest.
  void finish(int pass);

  /// [pass][input][class] of finished passes, in order.
  [[nodiscard]] const std::vector<float>& outputs() const { return outputs_; }
  /// Called with every finished pass before it is forgotten; for tests.
  std::function<void(const PassState&)> on_finish;
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  const Datapath& datapath_;
  std::span<const float> inputs_;
  int first_pass_;
  int inputs_from_ = 0;  ///< pass of the first inputs
  int last_filled_ = 0;
  std::map<int, std::unique_ptr<PassState>> passes_;
  std::vector<float> outputs_;
  Counts counts_;
};

}  // namespace mimosa
