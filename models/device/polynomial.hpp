// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>

namespace mimosa {

/// Σ c_k x^k in the order it is written, lowest power first: for the short fits of the literature.
[[nodiscard]] inline double polynomial(std::span<const double> c, double x) {
  double sum = c.empty() ? 0.0 : c[0];
  for (std::size_t k = 1; k < c.size(); ++k) {
    double term = c[k];
    for (std::size_t i = 0; i < k; ++i) term *= x;
    sum += term;
  }
  return sum;
}

/// The same by Horner's rule: for high degrees whose terms cancel.
[[nodiscard]] inline double horner(std::span<const double> c, double x) {
  double sum = 0.0;
  for (std::size_t k = c.size(); k-- > 0;) sum = sum * x + c[k];
  return sum;
}

}  // namespace mimosa
