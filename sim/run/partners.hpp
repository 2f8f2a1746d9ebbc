// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/nn/graph.hpp"
#include "sim/config/experiment.hpp"

namespace mimosa {

/// Which inputs share passes, and which output answers for each.
struct Arrangement {
  static constexpr std::ptrdiff_t blank = -1;
  int inputs_per_pass = 1;
  std::vector<std::ptrdiff_t> inputs;  ///< [pass][input], a number of an input or `blank`; the last pass of
                                       ///< Partners::Next may be short
  std::vector<std::size_t> rows;       ///< place in `inputs` of the answer of each input
  [[nodiscard]] std::size_t pass_of(std::size_t input) const {
    return rows[input] / static_cast<std::size_t>(inputs_per_pass);
  }
  [[nodiscard]] int slot_of(std::size_t input) const {
    return static_cast<int>(rows[input] % static_cast<std::size_t>(inputs_per_pass));
  }
};

/// Passes for inputs of these labels. With Partners::Next every slot holds an input that counts. Else pass p
/// is about input p, in slot p mod n; the other slots hold what `partners` says: of other inputs the next
/// ones in the order that fit. `order` 0 is as the inputs stand, k > 0 the k-th of permutations that depend
/// on nothing else. UserError where too few inputs fit.
[[nodiscard]] Arrangement arrange(std::span<const std::uint8_t> labels, int inputs_per_pass,
                                  Partners partners, int order);

/// Binds to none (an impulse: every slot is added up as it is) or to random keys of the trained ones' norm,
/// in place of the trained. Batch norms keep the statistics of the trained ones. UserError where the network
/// binds nothing.
void replace_keys(Network& network, Keys keys, std::uint64_t seed);

}  // namespace mimosa
