// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mimosa {

/// Elementary functions with the same bytes on every machine and compiler we support: fixed operation order,
/// IEEE basic operations and fma only. Errors against the correctly rounded result stand in the tests (less
/// than 1 ulp in the stated ranges). The double versions serve device models; the float ones digital
/// activations.
[[nodiscard]] double portable_exp(double x);
[[nodiscard]] double portable_log(double x);  ///< x > 0; log(0) = −inf, negative gives NaN
[[nodiscard]] double portable_pow(double base, double exponent);  ///< base > 0, or base = 0 with exponent > 0
[[nodiscard]] double portable_sin(double x);                      ///< |x| ≤ 1e5
[[nodiscard]] double portable_cos(double x);
[[nodiscard]] double portable_tanh(double x);

}  // namespace mimosa
