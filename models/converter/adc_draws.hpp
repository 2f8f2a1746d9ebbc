// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/converter/adc_spec.hpp"

namespace mimosa {

/// What a fabrication draw of a converter is for; its address is (key, this, converter, number). Values are
/// part of results: they stay.
enum class AdcDraw : std::uint32_t { Gain, Offset, Comparator, Capacitor };

/// Standard normals number first … first + count − 1 of one converter, or of index 0 where each number is a
/// column.
[[nodiscard]] std::vector<double> adc_normals(std::uint64_t key, AdcDraw what, std::size_t converter,
                                              std::size_t first, std::size_t count);

/// A capacitor of `units` unit capacitors in parallel: its error grows with the square root of its size.
/// Never below a hundredth of its size.
[[nodiscard]] double drawn_capacitor(double units, double sigma, double normal);

/// Which columns share a converter. Converters are numbered over the layer, so that a cut at a multiple of
/// `columns_per_adc` changes nothing.
struct AdcGroups {
  AdcGroups(const AdcSpec& spec, std::size_t first_column, std::size_t columns);
  std::size_t first = 0, count = 0;  ///< converters that serve the columns
  std::vector<std::uint32_t> local;  ///< per column: its converter less `first`
};

}  // namespace mimosa
