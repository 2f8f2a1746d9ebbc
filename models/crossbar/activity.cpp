// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/activity.hpp"

#include <cmath>
#include <vector>

namespace mimosa {

Activity activity_of(const ArraySpec& spec, std::span<const float> codes, std::span<const double> row_ns) {
  const bool squares = spec.dac.input == InputKind::Voltage;
  thread_local std::vector<float> digits;
  digits.resize(codes.size());
  double driven_ns = 0.0, drives = 0.0;
  for (const InputPart& part : input_parts(spec.dac, spec.read.phases > 1)) {
    take_part(part, codes, digits);
    double weighted = 0.0, plain = 0.0;  // of whole (even levels: half) numbers: exact while below 2^53
    for (std::size_t i = 0; i < digits.size(); ++i) {
      const auto digit = static_cast<double>(digits[i]);
      const double drive = squares ? digit * digit : std::fabs(digit);
      plain += drive;
      weighted += drive * row_ns[i];
    }
    const double full = squares ? part.full * part.full : part.full;
    driven_ns += weighted / full;
    drives += plain / full;
  }
  // Four phases read the polarities in turn: every word line is driven twice, each cell draws current once.
  const int repeats = spec.read.repeats, polarities = spec.read.phases == 4 ? 2 : 1;
  return {.driven_ns = std::llround(driven_ns * repeats),
          .driven_milli = std::llround(drives * repeats * polarities * 1e3)};
}

}  // namespace mimosa
