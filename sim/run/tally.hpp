// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/run/partners.hpp"
#include "sim/run/result.hpp"

namespace mimosa {

/// The outputs that answer for the inputs, [input][class], of those of all rows of passes.
[[nodiscard]] std::vector<float> picked(std::span<const float> outputs, std::span<const std::size_t> rows,
                                        std::size_t classes);

/// Adds up what chip samples answered: right and wrong, by input, by slot, by the key of the next slot.
class Tally {
 public:
  Tally(Arrangement arrangement, std::vector<std::uint8_t> labels, std::size_t classes);

  /// Outputs of one chip sample, [row of all passes][class].
  void add(std::span<const float> outputs);
  /// Share of right answers of each chip sample.
  [[nodiscard]] const std::vector<double>& accuracies() const { return right_.of_chips; }
  /// Fills in what depends on the chip samples.
  void write(AccuracyResult& result) const;

 private:
  /// Whether a key's answer is the input's class.
  struct Count {
    std::vector<double> of_chips;   ///< share of inputs
    std::vector<double> of_inputs;  ///< chip samples
  };
  void count(Count& count, std::span<const std::uint8_t> answers, bool next_slot) const;
  [[nodiscard]] std::size_t next_row(std::size_t input) const;
  [[nodiscard]] bool has_next_slot(std::size_t input) const;
  /// Half-width over inputs, with passes as samples.
  [[nodiscard]] std::optional<double> inputs_ci95(const Count& count, bool next_slot) const;
  [[nodiscard]] double chance() const;

  Arrangement arrangement_;
  std::vector<std::uint8_t> labels_;
  std::size_t classes_;
  Count right_, wrong_key_;
  std::vector<std::vector<double>> of_slots_;  ///< [slot][chip]
  std::vector<double> answers_;                ///< of the next slots, by class
};

}  // namespace mimosa
