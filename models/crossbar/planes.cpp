// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/planes.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "models/base/error.hpp"
#include "models/device/exact.hpp"

namespace mimosa {
namespace {

/// Floor of a read-out mean, aihwkit src/aihwkit/inference/compensation/drift.py.
constexpr double smallest_mean = 1e-4;

/// E[max(0, g + σ ξ)] − g.
double clamp_shift(double g, double sigma) {
  const double z = sigma > 0.0 ? g / sigma : 1e9;
  if (z > 8.0) return 0.0;
  const double density = std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
  return sigma * density - g * 0.5 * std::erfc(z / std::numbers::sqrt2);
}

/// Cells of one polarity of one slice, over g_max: means of the parallel cells.
struct Cells {
  std::vector<double> programmed, now, variance;
};

template <class T>
class PlaneProgrammer {
 public:
  PlaneProgrammer(const WeightBlock<T>& weights, const DeviceSpec& device, const ArraySpec& spec,
                  const ArraySite& site)
      : weights_(weights),
        device_(device),
        spec_(spec),
        site_(site),
        has_unit_(has_unit_column(spec.weights)),
        cols_(weights.cols + (has_unit_ ? 1 : 0)),
        g_min_(device.g_min_us / device.g_max_us),
        programmed_(weights.rows * weights.cols),
        now_(weights.rows * weights.cols) {
    refuse_non_finite();
  }

  ProgrammedPlanes<T> run() {
    ProgrammedPlanes<T> out;
    out.cols = cols_;
    const std::vector<WeightSlice> slices = weight_slices(spec_.weights);
    for (std::size_t s = 0; s < slices.size(); ++s) {
      const bool pair = spec_.weights.scheme == WeightScheme::Pair;
      Cells positive = cells(slices[s], s, 0);
      if (!pair) {
        note_drift(positive, nullptr, slices[s].coefficient);
        attenuate(positive);
        out.planes.push_back(plane(positive, nullptr, slices[s].coefficient, s));
        continue;
      }
      Cells negative = cells(slices[s], s, 1);
      note_drift(positive, &negative, slices[s].coefficient);
      attenuate(positive);
      attenuate(negative);
      if (spec_.read.phases == 4) {
        out.planes.push_back(plane(positive, nullptr, slices[s].coefficient, s));
        out.planes.push_back(plane(negative, nullptr, -slices[s].coefficient, s));
      } else {
        out.planes.push_back(plane(positive, &negative, slices[s].coefficient, s));
      }
    }
    out.drift_factors = drift_factors();
    out.clamped_read_gap = clamped_read_gap();
    return out;
  }

 private:
  void refuse_non_finite() const {
    for (std::size_t r = 0; r < weights_.rows; ++r)
      for (std::size_t c = 0; c < weights_.cols; ++c)
        if (!std::isfinite(weights_.values[r * weights_.stride + c]))
          throw UserError("layer " + site_.layer + ": weight " +
                          std::to_string(site_.row0 + static_cast<int>(r)) + ", " +
                          std::to_string(site_.col0 + static_cast<int>(c)) + " is not a finite number");
  }

  [[nodiscard]] double conductance(double level) const { return g_min_ + level * (1.0 - g_min_); }

  Cells cells(const WeightSlice& slice, std::size_t slice_index, int polarity) {
    const std::size_t size = weights_.rows * cols_;
    Cells out{std::vector<double>(size), std::vector<double>(size), {}};
    const auto pairs = static_cast<std::uint32_t>(spec_.weights.pairs);
    for (std::uint32_t pair = 0; pair < pairs; ++pair) {
      const std::uint32_t part =
          2 * (static_cast<std::uint32_t>(slice_index) * pairs + pair) + static_cast<std::uint32_t>(polarity);
      add_block(out, slice, polarity, part);
      if (has_unit_) add_unit_column(out, slice, part);
    }
    if (pairs > 1) {
      for (double& g : out.programmed) g /= pairs;
      for (double& g : out.now) g /= pairs;
      for (double& v : out.variance) v /= pairs * pairs;
    }
    return out;
  }

  void add_block(Cells& out, const WeightSlice& slice, int polarity, std::uint32_t part) {
    std::vector<double> targets(weights_.cols);
    const bool exact = is_exact(device_);
    CellProgrammer programmer(device_, site_, weights_.rows, weights_.cols, part);
    for (std::size_t r = 0; r < weights_.rows; ++r) {
      for (std::size_t c = 0; c < weights_.cols; ++c) {
        const auto w = static_cast<double>(weights_.values[r * weights_.stride + c]);
        targets[c] = conductance(cell_level(spec_.weights, slice, w, polarity));
      }
      if (exact)
        add_exact(out, r * cols_, targets);
      else
        add_row(out, r * cols_, targets, programmer, r);
    }
  }

  /// Its cells have a place of their own among the random numbers: one a row, per block of columns.
  void add_unit_column(Cells& out, const WeightSlice& slice, std::uint32_t part) {
    ArraySite site = site_;
    site.layer_cols = 1;
    site.col0 = 0;
    const std::uint32_t own = (1U << 31) | (static_cast<std::uint32_t>(site_.col0) << 8) | part;
    CellProgrammer programmer(device_, site, weights_.rows, 1, own);
    std::vector<double> target{conductance(unit_level(spec_.weights, slice))};
    for (std::size_t r = 0; r < weights_.rows; ++r) {
      if (is_exact(device_))
        add_exact(out, r * cols_ + weights_.cols, target);
      else
        add_row(out, r * cols_ + weights_.cols, target, programmer, r);
    }
  }

  static void add_exact(Cells& out, std::size_t first, const std::vector<double>& targets) {
    for (std::size_t c = 0; c < targets.size(); ++c) {
      out.programmed[first + c] += targets[c];
      out.now[first + c] += targets[c];
    }
  }

  void add_row(Cells& out, std::size_t first, std::vector<double> targets, CellProgrammer& programmer,
               std::size_t row) {
    for (double& g : targets) g *= device_.g_max_us;
    const CellRow& cells = programmer.program(row, targets);
    if (!cells.read_variance_us2.empty() && out.variance.empty()) out.variance.assign(out.now.size(), 0.0);
    for (std::size_t c = 0; c < targets.size(); ++c) {
      out.programmed[first + c] += cells.programmed_us[c] / device_.g_max_us;
      out.now[first + c] += cells.now_us[c] / device_.g_max_us;
      if (!cells.read_variance_us2.empty())
        out.variance[first + c] += cells.read_variance_us2[c] / (device_.g_max_us * device_.g_max_us);
    }
  }

  /// Replaces conductances by those that ideal wires would need.
  void attenuate(Cells& cells) const {
    if (spec_.wires.level == WireLevel::Ideal) return;
    std::vector<double> g_us = cells.now;
    for (double& g : g_us) g *= device_.g_max_us;
    const CellGrid grid{g_us, weights_.rows, cols_};
    const std::string where = "layer " + site_.layer + ", array at " + std::to_string(site_.row0) + ", " +
                              std::to_string(site_.col0);
    const std::vector<double> effective = effective_conductances(grid, spec_.wires, where);
    if (!cells.variance.empty()) {
      const std::vector<double> share = noise_attenuations(grid, spec_.wires, where);
      for (std::size_t i = 0; i < share.size(); ++i) cells.variance[i] *= share[i] * share[i];
    }
    for (std::size_t i = 0; i < effective.size(); ++i) cells.now[i] = effective[i] / device_.g_max_us;
  }

  /// Adds a slice to the logical weights whose mean magnitude the compensation reads.
  void note_drift(const Cells& positive, const Cells* negative, double coefficient) {
    const auto add = [&](const std::vector<double>& plus, const std::vector<double>* minus,
                         std::vector<double>& sum) {
      for (std::size_t r = 0; r < weights_.rows; ++r)
        for (std::size_t c = 0; c < weights_.cols; ++c) {
          const std::size_t i = r * cols_ + c;
          const double other = minus != nullptr ? (*minus)[i]
                               : has_unit_      ? plus[r * cols_ + weights_.cols]
                                                : 0.0;
          sum[r * weights_.cols + c] += coefficient * (plus[i] - other);
        }
    };
    add(positive.programmed, negative != nullptr ? &negative->programmed : nullptr, programmed_);
    add(positive.now, negative != nullptr ? &negative->now : nullptr, now_);
    if (!positive.variance.empty()) note_clamp(positive, negative, coefficient);
  }

  void note_clamp(const Cells& positive, const Cells* negative, double coefficient) {
    shift_.resize(now_.size());
    for (std::size_t r = 0; r < weights_.rows; ++r)
      for (std::size_t c = 0; c < weights_.cols; ++c) {
        const std::size_t i = r * cols_ + c;
        double shift = clamp_shift(positive.now[i], std::sqrt(positive.variance[i]));
        if (negative != nullptr) shift -= clamp_shift(negative->now[i], std::sqrt(negative->variance[i]));
        shift_[r * weights_.cols + c] += coefficient * shift;
      }
  }

  [[nodiscard]] double clamped_read_gap() const {
    double sum = 0.0;
    for (const double shift : shift_) sum += shift * shift;
    if (sum == 0.0) return 0.0;
    return std::sqrt(sum / static_cast<double>(shift_.size())) /
           ((1.0 - g_min_) * weight_unit(spec_.weights));
  }

  [[nodiscard]] std::vector<double> drift_factors() const {
    if (device_.drift_compensation == DriftCompensation::Off || is_exact(device_)) return {1.0};
    const bool per_column = device_.drift_compensation == DriftCompensation::Column;
    const std::size_t groups = per_column ? weights_.cols : 1;
    std::vector<double> before(groups), after(groups);
    for (std::size_t r = 0; r < weights_.rows; ++r)
      for (std::size_t c = 0; c < weights_.cols; ++c) {
        before[per_column ? c : 0] += std::fabs(programmed_[r * weights_.cols + c]);
        after[per_column ? c : 0] += std::fabs(now_[r * weights_.cols + c]);
      }
    const auto size = static_cast<double>(programmed_.size() / groups);
    for (std::size_t g = 0; g < groups; ++g)
      before[g] = std::max(before[g] / size, smallest_mean) / std::max(after[g] / size, smallest_mean);
    return before;
  }

  Plane<T> plane(const Cells& positive, const Cells* negative, double coefficient, std::size_t slice) const {
    Plane<T> out{{}, {}, coefficient, slice};
    out.weights.resize(positive.now.size());
    for (std::size_t i = 0; i < out.weights.size(); ++i)
      out.weights[i] = static_cast<T>(positive.now[i] - (negative != nullptr ? negative->now[i] : 0.0));
    if (positive.variance.empty()) return out;
    out.variances.resize(positive.now.size());
    for (std::size_t i = 0; i < out.variances.size(); ++i)
      out.variances[i] =
          static_cast<T>(positive.variance[i] + (negative != nullptr ? negative->variance[i] : 0.0));
    return out;
  }

  const WeightBlock<T>& weights_;
  const DeviceSpec& device_;
  const ArraySpec& spec_;
  const ArraySite& site_;
  bool has_unit_;
  std::size_t cols_;
  double g_min_;
  std::vector<double> programmed_, now_;  ///< logical weights, up to one factor
  std::vector<double> shift_;             ///< of them by a clamp of reads; empty without read noise
};

}  // namespace

template <class T>
ProgrammedPlanes<T> program_planes(const WeightBlock<T>& weights, const DeviceSpec& device,
                                   const ArraySpec& spec, const ArraySite& site) {
  return PlaneProgrammer<T>(weights, device, spec, site).run();
}

template ProgrammedPlanes<float> program_planes(const WeightBlock<float>&, const DeviceSpec&,
                                                const ArraySpec&, const ArraySite&);
template ProgrammedPlanes<double> program_planes(const WeightBlock<double>&, const DeviceSpec&,
                                                 const ArraySpec&, const ArraySite&);

}  // namespace mimosa
