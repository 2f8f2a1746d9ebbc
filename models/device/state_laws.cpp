// SPDX-License-Identifier: Apache-2.0
#include "models/device/state_laws.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/base/portable_math.hpp"
#include "models/device/polynomial.hpp"

namespace mimosa {

namespace {

const std::vector<double>& times_of(const ProgrammingSpec& spec, const MeasuredTable& table) {
  return spec.law == ProgrammingLaw::Csv ? table.times_s : spec.times_s;
}

double between(double a, double b, double share) {
  return share == 0.0 ? a : a + share * (b - a);
}

/// Row `row` of a matrix of `rows` rows, moved by `share` towards the next.
std::vector<double> row_between(const std::vector<double>& matrix, std::size_t rows, std::size_t row,
                                double share) {
  const std::size_t size = matrix.size() / rows, next = std::min(row + 1, rows - 1);
  std::vector<double> out(size);
  for (std::size_t k = 0; k < size; ++k)
    out[k] = between(matrix[row * size + k], matrix[next * size + k], share);
  return out;
}

}  // namespace

double first_time(const ProgrammingSpec& spec, const MeasuredTable& table) {
  return times_of(spec, table).front();
}

double last_time(const ProgrammingSpec& spec, const MeasuredTable& table) {
  return spec.law == ProgrammingLaw::Csv && table.drifts() ? std::numeric_limits<double>::infinity()
                                                           : times_of(spec, table).back();
}

StateLaw::StateLaw(const ProgrammingSpec& spec, const MeasuredTable& table, const CellRange& range,
                   double time_s)
    : spec_(spec), table_(table), range_(range) {
  const std::vector<double>& times = times_of(spec, table);
  const double last = times.back(), inside = std::min(time_s, last);
  while (row_ + 2 < times.size() && times[row_ + 1] <= inside) ++row_;
  if (times.size() > 1) {
    const bool by_log = spec.law == ProgrammingLaw::TableInTime;
    const auto place = [&](double t) { return by_log ? portable_log(t) : t; };
    const double from = place(times[row_]), to = place(times[row_ + 1]);
    share_ = std::clamp((place(inside) - from) / (to - from), 0.0, 1.0);
  }
  if (time_s > last) log_overtime_ = portable_log(time_s / last);
  if (spec.law == ProgrammingLaw::TableInTime) fit_ = row_between(spec.rows_us, times.size(), row_, share_);
  if (spec.law == ProgrammingLaw::Sonos) {
    fit_ = row_between(spec.shift_na, times.size(), row_, share_);
    amplitude_na_ = row_between(spec.amplitude_na, times.size(), row_, share_)[0];
    saturation_na_ = row_between(spec.saturation_na, times.size(), row_, share_)[0];
  }
}

DeviceState StateLaw::sonos(double target_us) const {
  const double na_per_us = 1000.0 * spec_.v_read_v;
  const double current = target_us * na_per_us;
  const double mean = current + horner(fit_, current);
  const double sigma = amplitude_na_ * (1.0 - portable_exp(-mean / saturation_na_));
  return {mean / na_per_us, std::max(0.0, sigma) / na_per_us, 0.0};
}

DeviceState StateLaw::state(double target_us) const {
  if (spec_.law == ProgrammingLaw::Sonos) return sonos(target_us);
  if (spec_.law == ProgrammingLaw::TableInTime) {
    const double sigma = std::max(0.0, polynomial(fit_, target_us / range_.g_max_us));
    return {target_us, sigma * range_.g_max_us / spec_.reference_g_max_us, 0.0};
  }
  const MeasuredRow row = interpolate(table_, target_us, row_, share_);
  return {row.mean_us, row.sigma_us, row.nu};
}

double StateLaw::conductance(double target_us, double xi, double drift_scale) const {
  const DeviceState s = state(target_us);
  const double g = target_us + drift_scale * (s.mean_us - target_us) + s.sigma_us * xi;
  return log_overtime_ > 0.0 ? g * portable_exp(-drift_scale * s.nu * log_overtime_) : g;
}

}  // namespace mimosa
