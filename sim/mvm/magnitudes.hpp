// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace mimosa {

/// A percentile of the magnitudes of a stream of values: the largest of all at 100, else that of every n-th
/// (nearest rank), so that about two million are held.
class Magnitudes {
 public:
  Magnitudes(double percentile, std::size_t expected)
      : percentile_(percentile), stride_(expected / 2'000'000 + 1) {}

  void add(std::span<const double> values) {
    if (percentile_ >= 100.0) {
      for (const double value : values) largest_ = std::max(largest_, std::fabs(value));
      return;
    }
    for (; next_ < values.size(); next_ += stride_) kept_.push_back(std::fabs(values[next_]));
    next_ -= values.size();
  }

  /// 1 where it would be 0, so that it can be divided by.
  [[nodiscard]] double value() {
    if (!kept_.empty()) {
      // The rank ⌈p n⌉, where p n may lie an ulp above the integer that is meant.
      const double share = percentile_ / 100.0 * static_cast<double>(kept_.size());
      const auto rank = static_cast<std::size_t>(std::max(std::ceil(share - 1e-12 * share), 1.0));
      const auto place = kept_.begin() + static_cast<std::ptrdiff_t>(std::min(rank, kept_.size()) - 1);
      std::nth_element(kept_.begin(), place, kept_.end());
      largest_ = *place;
    }
    return largest_ > 0.0 ? largest_ : 1.0;
  }

 private:
  double percentile_, largest_ = 0.0;
  std::size_t stride_, next_ = 0;
  std::vector<double> kept_;
};

}  // namespace mimosa
