// SPDX-License-Identifier: Apache-2.0
#include "models/device/pulses.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "models/base/portable_math.hpp"
#include "models/base/random.hpp"
#include "models/device/programming.hpp"

namespace mimosa {

namespace {

constexpr double most_pulses = 1e9;
constexpr int most_trains = 8;

/// Slope of a step over w: u(w) = 1 − slope · w.
double slope_of(const PulsedDevice& d, bool up) {
  return up ? d.gamma_up / d.w_max : d.gamma_down / d.w_min;
}

/// x^n for the growth of a train; n pulses one after the other.
double power(double x, double n) {
  return x > 0.0 ? portable_pow(x, n) : 0.0;
}

double to_w(const PulseSpec& s, const CellRange& range, double g_us) {
  return s.w_min + (g_us - range.g_min_us) / (range.g_max_us - range.g_min_us) * (s.w_max - s.w_min);
}
double to_us(const PulseSpec& s, const CellRange& range, double w) {
  return range.g_min_us + (w - s.w_min) / (s.w_max - s.w_min) * (range.g_max_us - range.g_min_us);
}

}  // namespace

PulsedDevice pulsed_device(const PulseSpec& s, std::span<const double, 5> xi) {
  const auto vary = [](double value, double spread, double x) {
    return value * std::max(0.01, 1.0 + spread * x);
  };
  return {vary(s.dw, s.dw_spread, xi[0]), vary(s.w_min, s.bound_spread, xi[1]),
          vary(s.w_max, s.bound_spread, xi[2]), std::fabs(s.gamma_up + s.gamma_spread * xi[3]),
          std::fabs(s.gamma_down + s.gamma_spread * xi[4])};
}

double after_pulses(const PulsedDevice& d, double w, bool up, double count, double cycle_noise, double xi) {
  const double step = up ? d.dw : -d.dw, slope = slope_of(d, up);
  const double a = step * slope;  // u_n = u_0 (1 − a)^n
  double mean, sigma;
  if (std::fabs(a) < 1e-12) {
    mean = w + count * step;
    sigma = cycle_noise * d.dw * std::sqrt(count);
  } else {
    const double u = 1.0 - slope * w, factor = 1.0 - a;
    const double decayed = power(factor, count);
    mean = (1.0 - u * decayed) / slope;
    const double square = power(factor * factor + a * cycle_noise * a * cycle_noise, count);
    sigma = std::fabs(u / slope) * std::sqrt(std::max(0.0, square - decayed * decayed));
  }
  return std::clamp(mean + sigma * xi, d.w_min, d.w_max);
}

double pulses_to(const PulsedDevice& d, double w, double target) {
  const bool up = target > w;
  const double step = up ? d.dw : -d.dw, slope = slope_of(d, up), a = step * slope;
  double count = (target - w) / step;
  if (std::fabs(a) >= 1e-12) {
    const double now = 1.0 - slope * w, then = 1.0 - slope * target;
    if (then <= 0.0 || now <= 0.0 || a >= 1.0) return most_pulses;
    count = portable_log(then / now) / portable_log(1.0 - a);
  }
  return std::min(std::nearbyint(count), most_pulses);
}

void apply_pulses(const PulseSpec& s, const CellRange& range, std::span<const double> targets_us,
                  const ProgrammingDraws& draws, std::span<double> out_us, std::span<std::uint32_t> pulses) {
  const std::size_t size = targets_us.size();
  std::array<std::vector<float>, 5> spread;
  for (std::uint32_t k = 0; k < 5; ++k) {
    spread[k].resize(size);
    normals(draws.key, 0, k, draws.first, spread[k]);
  }
  const int trains = s.loop == PulseLoop::Open ? 1 : most_trains;
  std::vector<std::vector<float>> noise(static_cast<std::size_t>(trains), std::vector<float>(size));
  for (int k = 0; k < trains; ++k)
    normals(draws.key, 1, static_cast<std::uint32_t>(k), draws.first, noise[static_cast<std::size_t>(k)]);
  const PulsedDevice nominal{s.dw, s.w_min, s.w_max, s.gamma_up, s.gamma_down};
  for (std::size_t c = 0; c < size; ++c) {
    std::array<double, 5> xi{};
    for (std::size_t k = 0; k < 5; ++k) xi[k] = static_cast<double>(spread[k][c]);
    const PulsedDevice device = pulsed_device(s, xi);
    const double target = to_w(s, range, targets_us[c]);
    double w = device.w_min, total = 0.0;
    for (int k = 0; k < trains; ++k) {
      // Open loop knows neither the device nor where it starts.
      const double count = pulses_to(nominal, s.loop == PulseLoop::Open ? s.w_min : w, target);
      if (count <= 0.0) break;
      w = after_pulses(device, w, target > w, count, s.cycle_noise,
                       static_cast<double>(noise[static_cast<std::size_t>(k)][c]));
      total += count;
    }
    out_us[c] = range.clamp(to_us(s, range, w));
    pulses[c] = static_cast<std::uint32_t>(std::min(total, 4e9));
  }
}

}  // namespace mimosa
