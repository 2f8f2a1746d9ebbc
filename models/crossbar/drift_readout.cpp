// SPDX-License-Identifier: Apache-2.0
// Drift compensation of an array: the factor a0 / a(t), a = mean |w|, as aihwkit's code takes it
// (src/aihwkit/inference/compensation/drift.py: the input is the identity, one word line at a time).
#include <algorithm>
#include <cmath>

#include "models/crossbar/array.hpp"
#include "models/crossbar/logical_weights.hpp"
#include "models/device/exact.hpp"
#include "models/device/state_laws.hpp"

namespace mimosa {
namespace {

constexpr std::size_t read_at_once = 64;
/// Read noise of the read-outs has addresses that no pass of a run reaches.
constexpr std::uint32_t pass_after_programming = 0xFFFFFFFE, pass_now = 0xFFFFFFFF;

/// The same cells when their programming has ended: nothing that needs time or reads has changed them.
DeviceSpec after_programming(DeviceSpec device) {
  device.drift_compensation = DriftCompensation::Off;
  device.ageing = {};
  device.low_frequency = {};
  device.read_disturb = {};
  device.temperature_k = device.temperature.reference_k;
  device.time_s = 0.0;
  if (is_state_law(device.programming.law))
    device.time_s = first_time(device.programming, device.programming.law == ProgrammingLaw::Csv
                                                       ? read_measured_table(device.programming.file)
                                                       : MeasuredTable{});
  return device;
}

}  // namespace

template <class T>
std::vector<double> Array<T>::mean_results(double range, bool per_column, std::uint32_t pass) const {
  const std::vector<double> ranges(weight_slices(spec_.weights).size(), range);
  const bool unit = plane_cols_ > cols_;
  std::vector<double> means(per_column ? cols_ : 1), sums(read_at_once * plane_cols_);
  std::vector<T> codes(read_at_once * rows_);
  std::vector<MvmId> ids;
  for (std::size_t first = 0; first < rows_; first += read_at_once) {
    const std::size_t count = std::min(read_at_once, rows_ - first);
    std::fill(codes.begin(), codes.end(), T{0});
    ids.clear();
    for (std::size_t b = 0; b < count; ++b) {
      codes[b * rows_ + first + b] = static_cast<T>(spec_.dac.full_code());
      ids.push_back({pass, static_cast<std::uint32_t>(first + b)});
    }
    sum_reads({codes.data(), rows_, ids, ranges}, sums.data());
    for (std::size_t b = 0; b < count; ++b)
      for (std::size_t c = 0; c < cols_; ++c) {
        const double* sum = sums.data() + b * plane_cols_;
        means[per_column ? c : 0] += std::fabs(sum[c] - (unit ? sum[cols_] : 0.0));
      }
  }
  const double value = range / spec_.adc.half_steps() * part_unit_ / spec_.dac.full_code() /
                       (static_cast<double>(rows_) * static_cast<double>(per_column ? 1 : cols_)) /
                       spec_.read.repeats;
  for (double& mean : means) mean *= value;
  return means;
}

template <class T>
void Array<T>::compensate_drift(const WeightBlock<T>& weights, const DeviceSpec& device,
                                const ArraySite& site) {
  if (device.drift_compensation == DriftCompensation::Off || is_exact(device)) return;
  if (device.drift_readout == DriftReadout::Adc) {
    const bool per_column = device.drift_compensation == DriftCompensation::Column;
    const Array<T> fresh(weights, after_programming(device), spec_, site);
    drift_factors_ =
        drift_ratios(fresh.mean_results(device.drift_readout_range, per_column, pass_after_programming),
                     mean_results(device.drift_readout_range, per_column, pass_now));
  }
  if (device.drift_compensation != DriftCompensation::AdcRange) return;
  range_factor_ = 1.0 / drift_factors_[0];
  drift_factors_ = {1.0};
}

template std::vector<double> Array<float>::mean_results(double, bool, std::uint32_t) const;
template std::vector<double> Array<double>::mean_results(double, bool, std::uint32_t) const;
template void Array<float>::compensate_drift(const WeightBlock<float>&, const DeviceSpec&, const ArraySite&);
template void Array<double>::compensate_drift(const WeightBlock<double>&, const DeviceSpec&,
                                              const ArraySite&);

}  // namespace mimosa
