// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/wire_gap.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "models/base/error.hpp"
#include "models/base/random.hpp"
#include "models/crossbar/combinations.hpp"

namespace mimosa {
namespace {

/// Pulses of bent cells have no sum of voltages: they are compared at an instant.
bool compares_instants(const DeviceSpec& device, const ArraySpec& spec) {
  return has_bent_cells(device) && spec.dac.input == InputKind::PulseWidth;
}

}  // namespace

ArraySpec with_exact_wires(const DeviceSpec& device, const ArraySpec& spec) {
  ArraySpec exact = spec;
  exact.wires.level = WireLevel::Exact;
  if (compares_instants(device, spec)) exact.dac.input = InputKind::Voltage;
  return exact;
}

DeviceSpec without_compensation(DeviceSpec device) {
  device.drift_compensation = DriftCompensation::Off;
  return device;
}

std::string wire_gap_obstacle(const DeviceSpec& device, const ArraySpec& spec) {
  if (!has_resistance(spec.wires)) return "no resistance given";
  try {
    check_combination(device, with_exact_wires(device, spec));
  } catch (const UserError& e) {
    return e.what();
  }
  return {};
}

WireSampleDraws::WireSampleDraws(std::uint64_t seed, const std::string& layer)
    : key_(random_key({seed, 0, layer, 0, 0}, Effect::WireSample)) {
}

std::size_t WireSampleDraws::below(std::size_t size) {
  float u = 0.0F;
  uniforms(key_, 0, 0, next_++, {&u, 1});
  return std::min(size - 1, static_cast<std::size_t>(static_cast<double>(u) * static_cast<double>(size)));
}

WireGapMeter::WireGapMeter(const DeviceSpec& device, const ArraySpec& spec)
    : at_instant_(compares_instants(device, spec)) {
}

template <class T>
void WireGapMeter::compare(const Array<T>& chosen, const Array<double>& exact, std::size_t plane,
                           std::span<T> digits, double full, WireSampleDraws& draws) {
  if (at_instant_) {
    const auto slot = static_cast<T>(draws.below(static_cast<std::size_t>(std::ceil(full))));
    for (T& d : digits) d = std::fabs(d) > slot ? std::copysign(static_cast<T>(full), d) : T{0};
  }
  const std::vector<double> same(digits.begin(), digits.end());
  std::vector<T> ours(chosen.plane_cols());
  std::vector<double> theirs(exact.plane_cols());
  chosen.digit_sums(digits, plane, full, ours);
  exact.digit_sums(same, plane, full, theirs);
  for (std::size_t c = 0; c < theirs.size(); ++c) add(static_cast<double>(ours[c]), theirs[c]);
}

void WireGapMeter::add(double chosen, double exact) {
  const double error = chosen - exact;
  ++sums_;
  error2_ += error * error;
  exact2_ += exact * exact;
  largest_error_ = std::max(largest_error_, std::fabs(error));
  largest_ = std::max(largest_, std::fabs(exact));
}

WireGap WireGapMeter::gap(double step) const {
  return {.sums = sums_,
          .rms = exact2_ > 0.0 ? std::sqrt(error2_ / exact2_) : 0.0,
          .largest = largest_ > 0.0 ? largest_error_ / largest_ : 0.0,
          .rms_steps = sums_ > 0 ? std::sqrt(error2_ / static_cast<double>(sums_)) / step : 0.0};
}

template void WireGapMeter::compare(const Array<float>&, const Array<double>&, std::size_t, std::span<float>,
                                    double, WireSampleDraws&);
template void WireGapMeter::compare(const Array<double>&, const Array<double>&, std::size_t,
                                    std::span<double>, double, WireSampleDraws&);

}  // namespace mimosa
