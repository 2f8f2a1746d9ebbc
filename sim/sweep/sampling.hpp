// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/config/sweep_spec.hpp"

namespace mimosa {

/// Where each of `points` samples lies in the unit cube of the axes, [point][axis], each in [0, 1):
/// random: independent uniform numbers, addressed by seed, axis and point; sobol: the Sobol sequence from its
/// zero on, digitally shifted by the seed (each axis has one point of 2^k in each 2^k-th part); latin: one
/// point in each `points`-th part of each axis; pareto: the first generation, as sobol.
[[nodiscard]] std::vector<double> sample_shares(SweepMethod method, std::size_t points,
                                                const std::vector<std::string>& axes, std::uint64_t seed);

/// The step of an axis at a share of it: one of its steps, each as likely, or, where it has a range, a number
/// of it.
[[nodiscard]] AxisStep step_at(const Axis& axis, double share);

}  // namespace mimosa
