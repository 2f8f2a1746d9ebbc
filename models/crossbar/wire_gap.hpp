// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "models/crossbar/array.hpp"

// What a treatment of the wires leaves out: column sums at `wires.level` beside those of the same cells in
// the network of all their nodes.
namespace mimosa {

/// Differences of column sums, without read noise.
struct WireGap {
  std::int64_t sums = 0;   ///< that were compared
  double rms = 0.0;        ///< of the difference, over the rms of the exact sums
  double largest = 0.0;    ///< difference, over the largest exact sum
  double rms_steps = 0.0;  ///< of the difference, in steps of the ADC
};

/// Vectors that are compared of one array.
constexpr std::size_t wire_gap_vectors = 4;

/// The other side of the comparison: every node solved. Non-linear cells by pulse width are compared at one
/// instant of the pulses, where they are voltages.
[[nodiscard]] ArraySpec with_exact_wires(const DeviceSpec& device, const ArraySpec& spec);
/// The same cells without compensation, which is digital.
[[nodiscard]] DeviceSpec without_compensation(DeviceSpec device);
/// Why nothing can be compared: no resistance, or a combination that has no meaning. Empty where it can.
[[nodiscard]] std::string wire_gap_obstacle(const DeviceSpec& device, const ArraySpec& spec);

/// What is looked at, by uniform draws of their own family.
class WireSampleDraws {
 public:
  WireSampleDraws(std::uint64_t seed, const std::string& layer);
  /// 0 … size − 1
  [[nodiscard]] std::size_t below(std::size_t size);

 private:
  std::uint64_t key_;
  std::uint32_t next_ = 0;
};

/// Adds up the comparison of one plane of an array for several vectors.
class WireGapMeter {
 public:
  /// Of the chosen treatment.
  WireGapMeter(const DeviceSpec& device, const ArraySpec& spec);
  /// `digits` of one vector, `full` the largest of their part; an instant of them is drawn where pulses need
  /// one (with_exact_wires).
  template <class T>
  void compare(const Array<T>& chosen, const Array<double>& exact, std::size_t plane, std::span<T> digits,
               double full, WireSampleDraws& draws);
  /// `step`: of the ADC, in units of the sums.
  [[nodiscard]] WireGap gap(double step) const;

 private:
  void add(double chosen, double exact);

  bool at_instant_;
  std::int64_t sums_ = 0;
  double error2_ = 0.0, exact2_ = 0.0, largest_error_ = 0.0, largest_ = 0.0;
};

}  // namespace mimosa
