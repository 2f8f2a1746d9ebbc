// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "hw/program/counts.hpp"
#include "hw/program/program.hpp"
#include "models/digital/linear_attention.hpp"
#include "models/nn/graph.hpp"

namespace mimosa {

/// Values and ADC codes of some consecutive passes on their way through a program, and what was counted on
/// it.
class PassState {
 public:
  PassState(const Graph& graph, const Program& program, std::uint32_t first_pass, int passes);

  [[nodiscard]] std::uint32_t first_pass() const { return first_pass_; }
  [[nodiscard]] int passes() const { return passes_; }
  /// Row of a node ([x][channel]) in pass `pass` (0 … passes − 1).
  [[nodiscard]] float* row(int node, int pass, int row);
  [[nodiscard]] const float* row(int node, int pass, int row) const;
  [[nodiscard]] std::size_t value_size(int node) const {
    return values_[static_cast<std::size_t>(node)].size_per_pass;
  }
  /// ADC codes of one iteration of a block: [mvm][column].
  [[nodiscard]] float* codes(int stage, int block, int pass, int iteration);
  [[nodiscard]] const float* codes(int stage, int block, int pass, int iteration) const;
  /// What sum `sum` of a stage gives in one iteration: [mvm][column of the sum].
  [[nodiscard]] float* sum(int stage, int sum, int pass, int iteration);
  [[nodiscard]] const float* sum(int stage, int sum, int pass, int iteration) const;
  /// State of linear attention of one head.
  [[nodiscard]] LinearAttentionState& attention(int stage, int pass, int head);
  /// Inputs of a pass where it holds fewer than the grid has slots: the others are masked. 0: all.
  void fill(int pass, int inputs) { filled_[static_cast<std::size_t>(pass)] = inputs; }
  [[nodiscard]] bool is_masked(int pass, int slot) const {
    const int filled = filled_[static_cast<std::size_t>(pass)];
    return filled > 0 && slot >= filled;
  }
  /// Starts over with other passes, all of them full; buffers are kept.
  void restart(std::uint32_t first_pass, int passes);

  Counts counts;

 private:
  struct Buffer {
    std::size_t size_per_pass = 0, row_size = 0;
    std::vector<float> data;

    [[nodiscard]] const float* row(int pass, int row) const {
      return data.data() + static_cast<std::size_t>(pass) * size_per_pass +
             static_cast<std::size_t>(row) * row_size;
    }
  };
  std::uint32_t first_pass_;
  int passes_;
  std::vector<int> filled_;                 ///< per pass
  std::vector<Buffer> values_;              ///< per node
  std::vector<std::vector<Buffer>> codes_;  ///< per stage and block; a row is an iteration
  std::vector<std::vector<Buffer>> sums_;   ///< per stage and sum, likewise
  struct Recurring {
    int heads = 0;
    std::vector<LinearAttentionState> fresh;   ///< one, or none where the stage keeps no state
    std::vector<LinearAttentionState> states;  ///< [pass][head]
  };
  std::vector<Recurring> recurring_;  ///< per stage
};

}  // namespace mimosa
