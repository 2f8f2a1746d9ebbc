// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>
#include <map>
#include <string>

// What is published about the noise of the devices in configs/device, with the sources named there; written
// anew, so that it can be held against the product's laws.
namespace mimosa {

/// Standard deviations of the noise of a device's reads; g and sigma in uS.
struct PublishedReads {
  double (*white)(double g);
  /// sigma of 1/f noise for K = 1, from the conductance as programmed and as drifted; null without
  double (*slow)(double programmed, double g);
  double t_read_s;
};

inline double clamped_line(double r, double slope, double offset, double low, double high) {
  return std::clamp(slope * std::log(std::max(r, 1e-7)) + offset, low, high);
}
inline double joshi_slow(double programmed, double g) {
  return g * std::min(0.0088 / std::max(std::pow(programmed / 25.0, 0.65), 1e-3), 0.2);
}
inline double hermes_1_slow(double programmed, double g) {
  const double r = programmed / 10.35;
  return g * (r < 0.1591 ? clamped_line(r, -0.0078, 0.0038, 0.0179, 0.04)
                         : 0.0664 * r * r * r - 0.1352 * r * r + 0.0768 * r + 0.0088);
}
inline double hermes_2_slow(double programmed, double g) {
  const double r = programmed / 20.7;
  return g * (r < 0.16 ? clamped_line(r, -0.0117, -0.0069, 0.015, 0.04)
                       : 0.0069 * r * r * r - 0.0280 * r * r + 0.0211 * r + 0.0123);
}
inline double cmo_slow(double, double g) {
  return 0.0277316483 * std::log10(g);
}
inline double no_white(double) {
  return 0.0;
}
/// aihwkit's PCM type, sigma of a weight 0.0175 sqrt(|w|): of a device of g_max.
template <int g_max_of_100>
double pcm_white(double g) {
  const double g_max = g_max_of_100 / 100.0;
  return 0.0175 * g_max * std::sqrt(g / g_max);
}

/// By name of the device's file.
inline const std::map<std::string, PublishedReads>& published_reads() {
  static const std::map<std::string, PublishedReads> all = {
      {"pcm-joshi", {pcm_white<2500>, joshi_slow, 250e-9}},
      {"pcm-hermes-1", {pcm_white<1035>, hermes_1_slow, 512e-9}},
      {"pcm-hermes-2", {pcm_white<2070>, hermes_2_slow, 512e-9}},
      {"rram-cmo", {no_white, cmo_slow, 1e-6}},
      {"rram-cmo-2pct", {no_white, cmo_slow, 1e-6}},
      // 1 % of a weight of 1 for a pair of devices up to 40 uS
      {"rram-wan", {[](double) { return 0.01 * 40.0 / std::sqrt(2.0); }, nullptr, 0.0}},
      {"rram-xbsim", {[](double g) { return -0.0006034 * g * g + 0.06184 * g + 0.7240; }, nullptr, 0.0}},
      // currents in nA at 0.1 V
      {"sonos",
       {[](double g) { return 0.1258037 * (1.0 - std::exp(-100.0 * g / 215.36557)); }, nullptr, 0.0}},
      {"generic", {[](double g) { return 0.01 * g; }, nullptr, 0.0}},
  };
  return all;
}

}  // namespace mimosa
