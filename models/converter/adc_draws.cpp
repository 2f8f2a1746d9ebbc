// SPDX-License-Identifier: Apache-2.0
#include "models/converter/adc_draws.hpp"

#include <algorithm>
#include <cmath>

#include "models/base/random.hpp"

namespace mimosa {

std::vector<double> adc_normals(std::uint64_t key, AdcDraw what, std::size_t converter, std::size_t first,
                                std::size_t count) {
  std::vector<float> drawn(count);
  normals(key, static_cast<std::uint32_t>(what), static_cast<std::uint32_t>(converter),
          static_cast<std::uint32_t>(first), drawn);
  return {drawn.begin(), drawn.end()};
}

double drawn_capacitor(double units, double sigma, double normal) {
  constexpr double smallest = 0.01;
  return std::max(units + sigma * std::sqrt(units) * normal, smallest * units);
}

AdcGroups::AdcGroups(const AdcSpec& spec, std::size_t first_column, std::size_t columns) {
  const auto share = static_cast<std::size_t>(spec.columns_per_adc);
  first = first_column / share;
  for (std::size_t j = 0; j < columns; ++j)
    local.push_back(static_cast<std::uint32_t>((first_column + j) / share - first));
  count = local.empty() ? 0 : local.back() + std::size_t{1};
}

}  // namespace mimosa
