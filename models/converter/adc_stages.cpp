// SPDX-License-Identifier: Apache-2.0
#include "models/converter/adc_stages.hpp"

#include "models/base/portable_math.hpp"

namespace mimosa {
namespace {

double reference_steps(const AdcSpec& spec) {
  return static_cast<double>(1L << (spec.bits - 1));
}

/// Spread of a comparator's threshold in units of V_ref.
double threshold_sigma(const AdcSpec& spec) {
  return spec.comparator_sigma * spec.half_steps() / reference_steps(spec);
}

}  // namespace

/// Draws of stage n: comparators 1 + 2n and 2 + 2n (number 0 is the last comparator), capacitors 2n and 2n
/// + 1.
StageConverter::Stage StageConverter::draw_stage(const AdcSpec& spec, std::uint64_t key,
                                                 std::size_t converter, std::size_t number) {
  const auto threshold = adc_normals(key, AdcDraw::Comparator, converter, 1 + 2 * number, 2);
  const auto capacitor = adc_normals(key, AdcDraw::Capacitor, converter, 2 * number, 2);
  const double c1 = drawn_capacitor(1.0, spec.capacitor_sigma, capacitor[0]);
  const double c2 = drawn_capacitor(1.0, spec.capacitor_sigma, capacitor[1]);
  const double beta = c1 / (c1 + c2 + spec.parasitic_capacitor);
  const double closed_loop = 1.0 / (1.0 + 1.0 / (portable_pow(10.0, spec.opamp_gain_db / 20.0) * beta));
  Stage stage;
  stage.high += threshold_sigma(spec) * threshold[0];
  stage.low += threshold_sigma(spec) * threshold[1];
  stage.gain = (1.0 + c2 / c1) * closed_loop;
  stage.reference = c2 / c1 * closed_loop;
  return stage;
}

StageConverter::StageConverter(const AdcSpec& spec, std::uint64_t key, std::size_t first_column,
                               std::size_t columns)
    : groups_(spec, first_column, columns),
      stage_count_(static_cast<std::size_t>(spec.bits) - 1),
      shift_(spec.levels == Levels::Symmetric ? 0.5 : 0.0),
      scale_(1.0 / reference_steps(spec)),
      lowest_(-spec.half_steps()) {
  for (std::size_t i = 0; i < groups_.count; ++i) {
    const std::size_t converter = groups_.first + i;
    for (std::size_t n = 0; n < stage_count_; ++n)
      stages_.push_back(draw_stage(spec, key, converter, spec.kind == AdcKind::Pipeline ? n : 0));
    last_.push_back(threshold_sigma(spec) * adc_normals(key, AdcDraw::Comparator, converter, 0, 1).front());
  }
}

}  // namespace mimosa
