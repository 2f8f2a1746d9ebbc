// SPDX-License-Identifier: Apache-2.0
#include "sim/run/paired.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace mimosa {
namespace {

/// Means of consecutive `size` values; the last one may be of fewer.
std::vector<double> means_of(const std::vector<double>& values, std::size_t size) {
  std::vector<double> means;
  for (std::size_t first = 0; first < values.size(); first += size) {
    const std::size_t end = std::min(values.size(), first + size);
    const double sum = std::accumulate(values.begin() + static_cast<std::ptrdiff_t>(first),
                                       values.begin() + static_cast<std::ptrdiff_t>(end), 0.0);
    means.push_back(sum / static_cast<double>(end - first));
  }
  return means;
}

}  // namespace

std::optional<PairedResult> paired(const RunResult& first, const RunResult& other) {
  if (!first.accuracy || !other.accuracy || first.accuracy->inputs != other.accuracy->inputs ||
      first.provenance.dataset_sha256 != other.provenance.dataset_sha256)
    return std::nullopt;
  const AccuracyResult &a = *first.accuracy, &b = *other.accuracy;
  std::vector<double> of_chips(std::min(a.analog.size(), b.analog.size()));
  for (std::size_t c = 0; c < of_chips.size(); ++c) of_chips[c] = b.analog[c] - a.analog[c];
  std::vector<double> of_inputs(a.of_inputs.size());
  for (std::size_t i = 0; i < of_inputs.size(); ++i) of_inputs[i] = b.of_inputs[i] - a.of_inputs[i];
  // Noise is shared within the passes of either network.
  const auto block = static_cast<std::size_t>(std::lcm(a.inputs_that_count, b.inputs_that_count));
  const std::vector<double> of_blocks = means_of(of_inputs, block);
  PairedResult result{.network = first.network.name,
                      .difference = mean_interval(of_chips),
                      .chips = static_cast<std::int64_t>(of_chips.size()),
                      .inputs_ci95 = {}};
  if (of_blocks.size() > 1) result.inputs_ci95 = mean_interval(of_blocks).ci95;
  return result;
}

}  // namespace mimosa
