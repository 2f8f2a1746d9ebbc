// SPDX-License-Identifier: Apache-2.0
#include "models/device/write_verify.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "models/base/random.hpp"
#include "models/device/programming.hpp"

namespace mimosa {

void program_and_verify(const WriteVerifySpec& spec, const CellRange& range,
                        std::span<const double> targets_us, const ProgrammingDraws& draws,
                        std::span<double> out_us, std::span<std::uint32_t> pulses) {
  const std::size_t size = targets_us.size();
  std::vector<float> read(size), step(size);
  std::vector<bool> done(size, false);
  std::fill(out_us.begin(), out_us.end(), range.g_min_us);
  std::fill(pulses.begin(), pulses.end(), 0U);
  std::size_t left = size;
  for (int k = 0; left > 0; ++k) {
    const auto number = static_cast<std::uint32_t>(2 * k);
    normals(draws.key, 1, number, draws.first, read);
    if (k < spec.max_iterations) normals(draws.key, 1, number + 1, draws.first, step);
    for (std::size_t c = 0; c < size; ++c) {
      if (done[c]) continue;
      const double seen = out_us[c] + spec.verify_noise_us * static_cast<double>(read[c]);
      const double error = targets_us[c] - seen;
      if (std::fabs(error) <= spec.tolerance_us || k == spec.max_iterations) {
        done[c] = true;
        --left;
        continue;
      }
      const double aim = std::clamp(error, -spec.step_us, spec.step_us);
      out_us[c] = range.clamp(out_us[c] + aim * (1.0 + spec.pulse_noise * static_cast<double>(step[c])));
      ++pulses[c];
    }
  }
}

}  // namespace mimosa
