// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/data/dataset.hpp"

namespace mimosa {

/// Random numbers of one attempt at one sequence.
class Draws {
 public:
  Draws(std::uint64_t key, std::uint32_t sequence, std::uint32_t attempt)
      : key_(key), sequence_(sequence), attempt_(attempt) {}
  /// Uniform in 0 … n − 1, to 2⁻³² n.
  std::uint32_t below(int n);

 private:
  std::uint64_t key_;
  std::uint32_t sequence_, attempt_, next_ = 0;
  std::array<std::uint32_t, 4> block_{};
};

/// A sequence, its class, and how many of its first tokens decide which split it belongs to.
struct Example {
  std::vector<std::uint8_t> tokens;
  int answer = 0;
  std::size_t context = 0;
};

/// Associative recall and induction head after the public generators of H3 (HazyResearch/safari). Of K keys
/// and W values, V = K + W + 2 tokens: 1 … K are keys, then values, V − 1 is `=>`. Every key gets a value,
/// uniform with replacement; `pairs` (key, value) with keys uniform; `=>`; a key uniform among those present.
/// The answer is its value's token. Token 0 is not used.
[[nodiscard]] Example associative_recall(const TaskSpec& task, Draws& draws);

/// `length` symbols uniform of 1 … V − 2; position p, uniform in 0 … length − 3, becomes `=>` = V − 1; a last
/// `=>`. The answer is the symbol at p + 1.
[[nodiscard]] Example induction_head(const TaskSpec& task, Draws& draws);

/// `count` sequences of `length` tokens (list_ops: filled up with 0) of a split, each a function of seed,
/// task, split and its number. Splits have numbers of their own, and a sequence belongs to one by the FNV-1a
/// hash h of its context's bytes: (h ^ h >> 32) mod 16 is 0 for Test, 1 for HeldOut.
[[nodiscard]] Dataset draw_sequences(const std::string& dataset, const TaskSpec& task, std::size_t length,
                                     Split split, std::size_t count, std::uint64_t seed = 1);

/// 0 … 15
[[nodiscard]] int hash_class(std::span<const std::uint8_t> context);

/// Images [image][28][28] as tokens: rounded means of pool × pool pixels, row by row.
[[nodiscard]] Dataset pixel_sequences(const Dataset& images, int pool);

}  // namespace mimosa
