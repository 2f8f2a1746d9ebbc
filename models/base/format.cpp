// SPDX-License-Identifier: Apache-2.0
#include "models/base/format.hpp"

#include <cmath>

#include "models/base/kernel_table.hpp"

namespace mimosa {

std::string_view to_string(NumberFormat format) {
  switch (format) {
    case NumberFormat::Fp32:
      return "fp32";
    case NumberFormat::Bf16:
      return "bf16";
    case NumberFormat::Fp16:
      return "fp16";
    case NumberFormat::Int16:
      break;
  }
  return "int16";
}

int bytes_of(NumberFormat format) {
  return format == NumberFormat::Fp32 ? 4 : 2;
}

void round_to(NumberFormat format, int fraction_bits, std::span<float> x) {
  switch (format) {
    case NumberFormat::Fp32:
      return;
    case NumberFormat::Bf16:
      return kernels().round_to_bf16(x.data(), x.size());
    case NumberFormat::Fp16:
      return kernels().round_to_fp16(x.data(), x.size());
    case NumberFormat::Int16:
      break;
  }
  round_to_fixed_point(16, fraction_bits, x);
}

void round_to_fixed_point(int bits, int fraction_bits, std::span<float> x) {
  const float half = std::ldexp(1.0F, bits - 1);
  kernels().fixed_point(x.data(), x.size(), std::ldexp(1.0F, fraction_bits), -half, half - 1.0F);
}

}  // namespace mimosa
