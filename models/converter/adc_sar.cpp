// SPDX-License-Identifier: Apache-2.0
#include "models/converter/adc_sar.hpp"

#include <numeric>

namespace mimosa {
namespace {

/// V_ref · C_k / C_f with C_f = V_ref = 2^(bits−1) units and steps, the last of `normals`.
std::vector<double> binary_weights(std::size_t bits, double sigma, const std::vector<double>& normals) {
  std::vector<double> weights(bits);
  for (std::size_t k = 0; k < bits; ++k)
    weights[k] = drawn_capacitor(static_cast<double>(1L << k), sigma, normals[k]);
  const double scale = static_cast<double>(1L << (bits - 1)) / weights.back();
  weights.pop_back();
  for (double& weight : weights) weight *= scale;
  return weights;
}

/// Two arrays joined by a bridge C_B of 2^h/(2^h − 1) units, h = ⌊bits/2⌋: low bits and a terminating unit
/// C_L, high bits C_H. A low bit weighs C_k C_B / D, a high one C_k (C_L + C_B) / D with D = (C_L + C_B)(C_H
/// + C_B) − C_B².
std::vector<double> split_weights(std::size_t bits, double sigma, const std::vector<double>& normals) {
  const std::size_t low = std::min(bits / 2, bits - 1);
  std::vector<double> weights(bits - 1);
  for (std::size_t k = 0; k + 1 < bits; ++k)
    weights[k] = drawn_capacitor(static_cast<double>(1L << (k < low ? k : k - low)), sigma, normals[k]);
  const auto size = static_cast<double>(1L << low);
  const double terminator = drawn_capacitor(1.0, sigma, normals[bits - 1]);
  const double bridge = drawn_capacitor(size / (size - 1.0), sigma, normals[bits]);
  const auto middle = weights.begin() + static_cast<std::ptrdiff_t>(low);
  const double low_sum = std::accumulate(weights.begin(), middle, terminator) + bridge;
  const double high_sum = std::accumulate(middle, weights.end(), bridge);
  const double scale = static_cast<double>(1L << (bits - 1)) / (low_sum * high_sum - bridge * bridge);
  for (std::size_t k = 0; k + 1 < bits; ++k) weights[k] *= scale * (k < low ? bridge : low_sum);
  return weights;
}

}  // namespace

SarConverter::SarConverter(const AdcSpec& spec, std::uint64_t key, std::size_t first_column,
                           std::size_t columns)
    : groups_(spec, first_column, columns),
      magnitude_bits_(static_cast<std::size_t>(spec.bits) - 1),
      shift_(spec.levels == Levels::Symmetric ? 0.5 : 0.0),
      lowest_(-spec.half_steps()) {
  const std::size_t bits = magnitude_bits_ + 1;
  const auto weights_of = spec.split_capacitor ? split_weights : binary_weights;
  for (std::size_t i = 0; i < groups_.count; ++i) {
    const std::size_t converter = groups_.first + i;
    const auto weights =
        weights_of(bits, spec.capacitor_sigma, adc_normals(key, AdcDraw::Capacitor, converter, 0, bits + 1));
    weights_.insert(weights_.end(), weights.begin(), weights.end());
    const double offset = adc_normals(key, AdcDraw::Comparator, converter, 0, 1).front();
    offsets_.push_back(offset * spec.comparator_sigma * spec.half_steps() + shift_);
  }
}

}  // namespace mimosa
