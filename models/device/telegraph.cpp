// SPDX-License-Identifier: Apache-2.0
#include "models/device/telegraph.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "models/base/portable_math.hpp"
#include "models/base/random.hpp"

namespace mimosa {

double telegraph_step(const TelegraphSpec& spec, const CellRange& range, double g_us) {
  const double g = std::clamp(g_us, range.g_min_us, range.g_max_us);
  const double share = portable_log(range.g_max_us / g) / portable_log(range.g_max_us / range.g_min_us);
  return spec.step_low_r + share * (spec.step_high_r - spec.step_low_r);
}

double telegraph_tau(const TelegraphSpec& spec, double u) {
  return spec.tau_min_s * portable_pow(spec.tau_max_s / spec.tau_min_s, u);
}

namespace {

/// Number of events of a unit-rate Poisson process in a unit of time, from a word; above 6 (once in 12,000)
/// is taken for 6.
int event_count(std::uint32_t word) {
  // 2^32 · Σ_{k ≤ n} 1/(e k!)
  constexpr std::uint32_t below[6] = {1580030168U, 3160060337U, 3950075421U,
                                      4213413783U, 4279248373U, 4292415291U};
  int count = 0;
  while (count < 6 && word >= below[count]) ++count;
  return count;
}

/// State after the last event of unit of time `unit` at or before `phase`: 1 high, 0 low, −1 no event.
int last_state(std::uint64_t key, std::uint32_t index, std::uint64_t unit, double phase, double high_share) {
  const auto low = static_cast<std::uint32_t>(unit), high = static_cast<std::uint32_t>(unit >> 32);
  const auto block = random_block(key, index, 2 * high, low);
  const int count = event_count(block[0]);
  if (count == 0) return -1;
  std::uint32_t events[6] = {block[1], block[2], block[3], 0, 0, 0};
  if (count > 3) {
    const auto more = random_block(key, index, 2 * high + 1, low);
    std::copy_n(more.begin(), 3, events + 3);
  }
  double latest = -1.0;
  int state = -1;
  for (int i = 0; i < count; ++i) {
    const double at = static_cast<double>(events[i] >> 16) * 0x1p-16;
    if (at > phase || at <= latest) continue;
    latest = at;
    state = static_cast<double>(events[i] & 0xFFFFU) < high_share * 0x1p16 ? 1 : 0;
  }
  return state;
}

}  // namespace

bool telegraph_is_high(std::uint64_t key, std::uint32_t index, double t, double high_share) {
  const double whole = std::floor(t);
  // Time starts at 2^40 units, so that the last event may lie before t = 0.
  std::uint64_t unit = (std::uint64_t{1} << 40) + static_cast<std::uint64_t>(whole);
  int state = last_state(key, index, unit, t - whole, high_share);
  while (state < 0) state = last_state(key, index, --unit, 1.0, high_share);
  return state == 1;
}

double TelegraphProcess::mean_us() const {
  return g0_us * (1.0 - (1.0 - high_share()) * step / (1.0 + step));
}

double TelegraphProcess::variance_us2() const {
  const double fall = g0_us * step / (1.0 + step), p = high_share();
  return fall * fall * p * (1.0 - p);
}

double TelegraphProcess::autocorrelation(double t_s) const {
  return portable_exp(-std::fabs(t_s) * rate_hz());
}

double TelegraphProcess::corner_hz() const {
  return rate_hz() / (2.0 * std::numbers::pi);
}

}  // namespace mimosa
