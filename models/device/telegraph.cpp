// SPDX-License-Identifier: Apache-2.0
#include "models/device/telegraph.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "models/base/event_count.hpp"
#include "models/base/kernel_table.hpp"
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

constexpr std::uint32_t phase_unit = 1U << 16;

/// A time: units since 2^40 units before t = 0, so that the last event may lie before t = 0, and 2^-16 units.
struct EventTime {
  std::uint64_t unit;
  std::uint32_t phase;
};
EventTime event_time(double t) {
  const auto whole = static_cast<std::int64_t>(t);  // of t ≥ 0, the floor
  const auto phase = static_cast<std::int64_t>((t - static_cast<double>(whole)) * phase_unit);
  return {(std::uint64_t{1} << 40) + static_cast<std::uint64_t>(whole), static_cast<std::uint32_t>(phase)};
}
std::uint32_t low_word(std::uint64_t unit) {
  return static_cast<std::uint32_t>(unit);
}
std::uint32_t high_word(std::uint64_t unit) {
  return 2 * static_cast<std::uint32_t>(unit >> 32);
}

int event_count(std::uint32_t word) {
  int count = 0;
  while (count < 6 && word >= event_count_below[count]) ++count;
  return count;
}

/// What the last event of unit of time `at.unit` at or before `at.phase` leaves: 1, 0, or −1 where
/// there is none.
int last_event(std::uint64_t key, std::uint32_t index, const EventTime& at, std::uint32_t share) {
  const auto block = random_block(key, index, high_word(at.unit), low_word(at.unit));
  const int count = event_count(block[0]);
  std::uint32_t events[6] = {block[1], block[2], block[3], 0, 0, 0};
  if (count > 3) {
    const auto more = random_block(key, index, high_word(at.unit) + 1, low_word(at.unit));
    std::copy_n(more.begin(), 3, events + 3);
  }
  std::uint32_t latest = 0;  // one more than its time
  int state = -1;
  for (int i = 0; i < count; ++i) {
    const std::uint32_t time = events[i] >> 16;
    if (time > at.phase || time < latest) continue;
    latest = time + 1;
    state = (events[i] & 0xFFFFU) < share ? 1 : 0;
  }
  return state;
}

}  // namespace

std::uint32_t telegraph_share(double share) {
  return static_cast<std::uint32_t>(std::ceil(share * phase_unit));
}

bool telegraph_is_high(std::uint64_t key, std::uint32_t index, double t, double high_share) {
  EventTime at = event_time(t);
  for (;;) {
    const int state = last_event(key, index, at, telegraph_share(high_share));
    if (state >= 0) return state == 1;
    at = {at.unit - 1, phase_unit};
  }
}

void telegraph_states(std::uint64_t key, double time_s, const TelegraphDevices& devices,
                      std::span<std::uint32_t> high) {
  constexpr std::size_t step = 16;
  const std::size_t size = high.size(), whole = (size + step - 1) / step * step;
  thread_local std::vector<std::uint32_t> words[5];
  for (std::vector<std::uint32_t>& values : words) values.resize(whole, 0);
  for (std::size_t i = 0; i < size; ++i) {
    const EventTime at = event_time(time_s * static_cast<double>(devices.rate_hz[i]));
    words[0][i] = devices.index[i];
    words[1][i] = high_word(at.unit);
    words[2][i] = low_word(at.unit);
    words[3][i] = at.phase;
    words[4][i] = devices.share[i];
  }
  thread_local std::vector<std::uint32_t> states;
  states.resize(whole);
  kernels().last_events({key, words[0].data(), words[1].data(), words[2].data(), words[3].data(),
                         words[4].data(), whole, states.data()});
  std::copy_n(states.begin(), size, high.begin());
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
