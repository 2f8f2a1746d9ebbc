// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/adc_survey.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "models/base/error.hpp"

namespace mimosa {

AdcSurvey survey_adc(int bits, double rate_hz, double node_nm) {
  if (bits < 4)
    throw UserError(
        fmt::format("chip.adc.bits: {} is below the 4 bits where the survey of converters begins", bits));
  if (!(rate_hz > 0.0 && rate_hz <= 1e10))
    throw UserError(fmt::format(
        "chip.mvm.adc.rate_gs: {} is outside 0 .. 10, where the survey of converters holds", rate_hz * 1e-9));
  const double signal_to_noise_db = 6.0206 * bits + 1.7609;
  const double figure_of_merit_db =
      std::min(213.7806687 - 2.8719030 * std::log(rate_hz), 128.3068287 + 3.2205115 * bits);
  AdcSurvey adc;
  adc.energy_pj =
      std::pow(10.0, -(figure_of_merit_db - signal_to_noise_db) / 10.0) / 2.0 *
      std::exp(26.0496216 + 1.8800369 * std::log(node_nm) - 2.8291256 * std::log(bits) - 1.4702022);
  adc.area_um2 = std::exp(1.3461916 + 0.9932795 * std::log(node_nm) + 0.1807154 * std::log(rate_hz) +
                          0.2991243 * std::log(adc.energy_pj));
  return adc;
}

}  // namespace mimosa
