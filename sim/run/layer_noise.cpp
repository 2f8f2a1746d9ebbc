// SPDX-License-Identifier: Apache-2.0
#include "sim/run/layer_noise.hpp"

#include "models/base/portable_math.hpp"

namespace mimosa {
namespace {

constexpr double ln_10 = 2.302585092994046;

}  // namespace

SlotMeter::SlotMeter(std::size_t channels, std::size_t causes)
    : sums_(channels), squares_(channels), errors_(causes) {
}

void SlotMeter::add_signal(std::span<const float> exact) {
  const std::size_t channels = sums_.size();
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const auto value = static_cast<double>(exact[i]);
    sums_[i % channels] += value;
    squares_[i % channels] += value * value;
  }
  positions_ += static_cast<std::int64_t>(exact.size() / channels);
}

void SlotMeter::add_noise(std::size_t cause, std::span<const float> exact, std::span<const float> noisy) {
  double sum = 0.0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double error = static_cast<double>(noisy[i]) - static_cast<double>(exact[i]);
    sum += error * error;
  }
  errors_[cause] += sum;
}

SlotNoise SlotMeter::result(int slot, std::span<const std::string> causes) const {
  SlotNoise noise{.slot = slot, .signal_power = 0.0, .causes = {}};
  const auto n = static_cast<double>(positions_), channels = static_cast<double>(sums_.size());
  for (std::size_t c = 0; c < sums_.size(); ++c)
    noise.signal_power += (squares_[c] - sums_[c] * sums_[c] / n) / n / channels;
  for (std::size_t c = 0; c < causes.size(); ++c) {
    CauseNoise of{.cause = causes[c], .noise_power = errors_[c] / n / channels, .snr_db = {}};
    if (of.noise_power > 0.0 && noise.signal_power > 0.0)
      of.snr_db = 10.0 * portable_log(noise.signal_power / of.noise_power) / ln_10;
    noise.causes.push_back(of);
  }
  return noise;
}

}  // namespace mimosa
