// SPDX-License-Identifier: Apache-2.0
#include "models/converter/adc.hpp"

#include <algorithm>
#include <cassert>

namespace mimosa {
namespace {

/// Far outside every range and offset, yet finite, in steps.
constexpr double beyond = 1e12;

}  // namespace

Adc::Adc(const AdcSpec& spec, std::uint64_t key, std::size_t first_column, std::size_t columns)
    : spec_(spec),
      columns_(columns),
      half_steps_(spec.half_steps()),
      kind_(make_kind(spec, key, first_column, columns)) {
  if (spec.gain_sigma > 0.0) {
    gains_ = adc_normals(key, AdcDraw::Gain, 0, first_column, columns);
    for (double& gain : gains_) gain = 1.0 + spec.gain_sigma * gain;
  }
  if (spec.offset_lsb > 0.0) {
    offsets_ = adc_normals(key, AdcDraw::Offset, 0, first_column, columns);
    for (double& offset : offsets_) offset *= spec.offset_lsb / half_steps_;
  }
}

Adc::Kind Adc::make_kind(const AdcSpec& spec, std::uint64_t key, std::size_t first_column,
                         std::size_t columns) {
  switch (spec.kind) {
    case AdcKind::Ideal:
      break;
    case AdcKind::Ramp:
      return RampConverter(spec, key, first_column, columns);
    case AdcKind::Sar:
      return SarConverter(spec, key, first_column, columns);
    case AdcKind::Pipeline:
    case AdcKind::Cyclic:
      return StageConverter(spec, key, first_column, columns);
    case AdcKind::Cco:
      return CounterConverter(spec);
  }
  return RoundingConverter(spec);
}

double Adc::in_steps(std::size_t column, double value) const {
  if (!gains_.empty()) value *= gains_[column];
  if (!offsets_.empty()) value += offsets_[column];
  const double steps = value * half_steps_;
  return steps > -beyond ? std::min(steps, beyond) : -beyond;  // NaN is not above
}

void Adc::convert(std::span<const double> values, std::span<double> codes) const {
  assert(values.size() == columns_ && codes.size() == columns_);
  std::visit(
      [&](const auto& kind) {
        for (std::size_t j = 0; j < columns_; ++j) codes[j] = kind.code(j, in_steps(j, values[j]));
      },
      kind_);
}

double Adc::convert(std::size_t column, double value) const {
  assert(column < columns_);
  return std::visit([&](const auto& kind) { return kind.code(column, in_steps(column, value)); }, kind_);
}

}  // namespace mimosa
