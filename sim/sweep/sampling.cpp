// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/sampling.hpp"

#include <algorithm>
#include <boost/random/sobol.hpp>
#include <numeric>

#include "models/base/random.hpp"
#include "sim/config/axis_values.hpp"

namespace mimosa {
namespace {

/// 64 bits to [0, 1).
double share_of(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// Word `number` of an axis; `what` tells several uses apart.
std::uint64_t word(std::uint64_t seed, const std::string& axis, std::uint32_t what, std::size_t number) {
  const std::uint64_t key = random_key({.seed = seed, .layer = "axis " + axis, .part = what}, Effect::Inputs);
  const auto block = random_block(key, static_cast<std::uint32_t>(number), 0, 0);
  return (static_cast<std::uint64_t>(block[0]) << 32) | block[1];
}

void fill_sobol(std::vector<double>& shares, const std::vector<std::string>& axes, std::uint64_t seed) {
  boost::random::sobol sequence(axes.size());
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const std::size_t a = i % axes.size();
    const std::uint64_t value = i < axes.size() ? 0 : sequence();  // Boost leaves the zero out
    shares[i] = share_of(value ^ word(seed, axes[a], 1, 0));
  }
}

/// Part `order[point]` of the axis for each point, at a random place of it.
void fill_latin(std::vector<double>& shares, std::size_t axis, const std::vector<std::string>& axes,
                std::uint64_t seed) {
  const std::size_t points = shares.size() / axes.size();
  std::vector<std::uint32_t> order(points);
  std::iota(order.begin(), order.end(), 0U);
  for (std::size_t i = points; i > 1; --i)
    std::swap(
        order[i - 1],
        order[static_cast<std::size_t>(share_of(word(seed, axes[axis], 2, i)) * static_cast<double>(i))]);
  for (std::size_t i = 0; i < points; ++i)
    shares[i * axes.size() + axis] = std::min(
        (order[i] + share_of(word(seed, axes[axis], 3, i))) / static_cast<double>(points), 1.0 - 0x1p-53);
}

}  // namespace

std::vector<double> sample_shares(SweepMethod method, std::size_t points,
                                  const std::vector<std::string>& axes, std::uint64_t seed) {
  std::vector<double> shares(points * axes.size());
  if (method == SweepMethod::Sobol || method == SweepMethod::Pareto) {
    fill_sobol(shares, axes, seed);
    return shares;
  }
  for (std::size_t a = 0; a < axes.size(); ++a) {
    if (method == SweepMethod::Latin)
      fill_latin(shares, a, axes, seed);
    else
      for (std::size_t i = 0; i < points; ++i)
        shares[i * axes.size() + a] = share_of(word(seed, axes[a], 0, i));
  }
  return shares;
}

AxisStep step_at(const Axis& axis, double share) {
  if (axis.range) {
    const std::string value = value_in(*axis.range, share);
    return {value, {{axis.name, value}}};
  }
  const auto at = static_cast<std::size_t>(share * static_cast<double>(axis.steps.size()));
  return axis.steps[std::min(at, axis.steps.size() - 1)];
}

}  // namespace mimosa
