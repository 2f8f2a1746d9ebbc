// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace mimosa {

/// A point as a number of each variable: 0 … 1 where its `choices` are 0, else the place of one of so many.
using Proposal = std::vector<double>;
/// Costs of points, [point][objective], finite; smaller is better. Empty: a point without costs. What it
/// throws ends the evolution.
using EvaluateBatch = std::function<std::vector<std::vector<double>>(const std::vector<Proposal>&)>;

/// Proposes generations towards the points whose costs none beats: `first`, then `generations` - 1 of the
/// same number by NSGA-II (Deb et al. 2002, with their settings: crossover 0.9, index 20; mutation one in the
/// variables, index 20), from pagmo. `choices`: of each variable, 0 or 2 and more; `first`: a multiple of 4
/// points, 8 or more, one of them with costs. All others are preferred to a point without costs, or with
/// those of a point before it. The same seed and costs propose the same points. Starts no thread.
void evolve_nsga2(const std::vector<std::size_t>& choices, const std::vector<Proposal>& first,
                  int generations, std::uint64_t seed, const EvaluateBatch& evaluate);

}  // namespace mimosa
