// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "hw/spec/adc_survey.hpp"
#include "hw/spec/node_scaling.hpp"
#include "sim/validate/validate.hpp"

namespace mimosa {
namespace {

struct Converter {
  int bits;
  double hz, nm, pj, um2;
};
constexpr Converter converters[] = {{8, 1.28e9, 32, 1.92921, 6469.3}, {8, 1.2e9, 32, 1.84861, 6313.1},
                                    {6, 1e9, 32, 1.06509, 5179.8},    {4, 1e9, 32, 0.92375, 4963.8},
                                    {10, 1e9, 32, 13.94548, 11180.1}, {8, 1e8, 65, 6.49448, 11861.7},
                                    {8, 1e9, 14, 0.36221, 1650.4},    {8, 1e9, 7, 0.09840, 561.4}};

struct Scaling {
  double from_nm, to_nm, from_v, to_v, ratio;
};
constexpr Scaling scalings[] = {{32, 14, 0.8, 0.8, 0.210581}, {45, 7, 0.8, 0.8, 0.094309},
                                {32, 7, 0.8, 0.8, 0.143035},  {65, 32, 0.8, 0.8, 0.531445},
                                {45, 32, 0.8, 0.8, 0.659340}, {45, 7, 0.9, 0.7, 0.056631}};

}  // namespace

Checks model_checks() {
  constexpr const char* survey = "Murmann's survey as fitted by accelergy-adc-plug-in";
  constexpr const char* scaling = "Stillmaker & Baas, Integration 58 (2017), as in Accelergy";
  Checks checks;
  for (const Converter& c : converters) {
    const AdcSurvey ours = survey_adc(c.bits, c.hz, c.nm);
    const std::string which = fmt::format("{} bits, {:g} GS/s, {:g} nm", c.bits, c.hz * 1e-9, c.nm);
    checks.push_back({"ADC survey", "energy, " + which, "pJ", c.pj, ours.energy_pj, 1e-4, survey});
    checks.push_back({"ADC survey", "area, " + which, "um2", c.um2, ours.area_um2, 1e-4, survey});
  }
  checks.push_back({"ADC survey", "ISAAC's converter, energy", "pJ", 1.5625,
                    survey_adc(8, 1.28e9, 32).energy_pj, 0.0, "Shafiee et al., ISCA 2016",
                    Expectation::Contradict, "the regression is 23 % dearer than ISAAC's converter"});
  checks.push_back(
      {"ADC survey", "ISAAC's converter, area", "um2", 1200.0, survey_adc(8, 1.28e9, 32).area_um2, 0.0,
       "Shafiee et al., ISCA 2016", Expectation::Contradict,
       "and 5.4 times as large: which model of the ADC is used decides any figure of efficiency"});
  for (const Scaling& s : scalings)
    checks.push_back({"Node scaling",
                      fmt::format("energy of logic, {:g} nm at {:g} V to {:g} nm at {:g} V", s.from_nm,
                                  s.from_v, s.to_nm, s.to_v),
                      "1", s.ratio, logic_energy_scale(s.from_nm, s.to_nm, s.from_v, s.to_v), 1e-5, scaling});
  return checks;
}

}  // namespace mimosa
