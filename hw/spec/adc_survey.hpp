// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mimosa {

/// One converter of the best published: energy of a conversion and area.
struct AdcSurvey {
  double energy_pj = 0.0, area_um2 = 0.0;
};
/// Regression over the survey of Murmann (ADC performance survey 1997-2023) as the public plug-in of
/// Accelergy/CiMLoop has it (accelergy-adc-plug-in, model.py): the best fifth by energy, the best tenth by
/// area, so optimistic. At least 4 `bits`; `rate_hz` up to 1e10; UserError outside.
[[nodiscard]] AdcSurvey survey_adc(int bits, double rate_hz, double node_nm);

}  // namespace mimosa
