// SPDX-License-Identifier: Apache-2.0
// A 2 × 3 matrix of your own on PCM cells, from C++.
#include <cstdio>
#include <vector>

#include "models/base/error.hpp"
#include "sim/mvm/analog_matrix.hpp"

int main() {
  const std::vector<double> w = {1.0, -2.0, 0.5, 0.25, 0.0, 4.0};  // [outputs][inputs]
  const std::vector<double> x = {1.0, 0.5, -1.0, 0.0, 0.5, 1.0};   // [inputs][vectors]
  try {
    const mimosa::MvmConfig config = mimosa::load_mvm_config(
        {{"device", "pcm-joshi"}, {"device.time_s", "3600"}, {"chip.adc.bits", "10"}, {"seed", "7"}});
    const mimosa::AnalogMatrix matrix(config, {w, 2, 3});
    std::vector<double> y(2 * 2);  // [outputs][vectors]
    matrix.multiply({x, 3, 2}, matrix.fit_ranges({x, 3, 2}), {}, y);
    std::printf("%.6f %.6f\n%.6f %.6f\n", y[0], y[1], y[2], y[3]);
  } catch (const mimosa::UserError& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 2;
  }
  return 0;
}
