// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "models/converter/adc_ramp.hpp"
#include "models/converter/adc_sar.hpp"
#include "models/converter/adc_simple.hpp"
#include "models/converter/adc_spec.hpp"
#include "models/converter/adc_stages.hpp"

namespace mimosa {

/// The converters of the columns of one array on one chip. Immutable: any number of threads may convert.
class Adc {
 public:
  /// `key`: address of the fabrication draws; `first_column`: of the layer's matrix. `spec` has passed
  /// `check`.
  Adc(const AdcSpec& spec, std::uint64_t key, std::size_t first_column, std::size_t columns);
  /// True where conversion is clip and round (half to even) with a gain and an offset per column, so that a
  /// vector kernel may do it.
  [[nodiscard]] bool is_rounding() const { return spec_.kind == AdcKind::Ideal; }
  /// Centred codes of one vector: values[j] of column j in units of half the range, so −1 … 1 is the range.
  /// Applies gains and offsets. Noise is not added here. Values beyond the range give the outermost codes,
  /// NaN the lowest. At a threshold a circuit says the higher code, Ideal the even one. In place allowed;
  /// sizes are `columns`.
  void convert(std::span<const double> values, std::span<double> codes) const;
  /// The same for one column.
  [[nodiscard]] double convert(std::size_t column, double value) const;
  /// Per column: value' = value · gain + offset (units of half the range) before conversion; empty: 1 and 0.
  [[nodiscard]] std::span<const double> gains() const { return gains_; }
  [[nodiscard]] std::span<const double> offsets() const { return offsets_; }
  [[nodiscard]] const AdcSpec& spec() const { return spec_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }

 private:
  using Kind = std::variant<RoundingConverter, CounterConverter, RampConverter, SarConverter, StageConverter>;
  [[nodiscard]] static Kind make_kind(const AdcSpec& spec, std::uint64_t key, std::size_t first_column,
                                      std::size_t columns);
  [[nodiscard]] double in_steps(std::size_t column, double value) const;

  AdcSpec spec_;
  std::size_t columns_;
  double half_steps_;
  Kind kind_;
  std::vector<double> gains_, offsets_;
};

}  // namespace mimosa
