// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/planes.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "models/base/error.hpp"
#include "models/crossbar/combinations.hpp"
#include "models/crossbar/logical_weights.hpp"
#include "models/device/exact.hpp"

namespace mimosa {
namespace {

/// Cells of one polarity of one slice, over g_max: means of the parallel cells.
struct Cells {
  std::vector<double> programmed, now;
  std::vector<double> variance, held_variance, pass_variance;  ///< empty without
  std::vector<double> square, cube;                            ///< of x |x| and x³; empty without
  std::vector<SwitchingCells> switching;
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
        logical_(weights.rows, weights.cols) {
    refuse_non_finite();
    check_combination(device, spec);
  }

  ProgrammedPlanes<T> run() {
    ProgrammedPlanes<T> out;
    out.cols = cols_;
    const std::vector<WeightSlice> slices = weight_slices(spec_.weights);
    for (std::size_t s = 0; s < slices.size(); ++s) {
      const bool pair = spec_.weights.scheme == WeightScheme::Pair;
      Cells positive = cells(slices[s], s, 0);
      if (!pair) {
        note(positive, nullptr, slices[s].coefficient);
        attenuate(positive);
        out.planes.push_back(plane(positive, nullptr, slices[s].coefficient, s));
        continue;
      }
      Cells negative = cells(slices[s], s, 1);
      note(positive, &negative, slices[s].coefficient);
      attenuate(positive);
      attenuate(negative);
      if (spec_.read.phases == 4) {
        out.planes.push_back(plane(positive, nullptr, slices[s].coefficient, s));
        out.planes.push_back(plane(negative, nullptr, -slices[s].coefficient, s));
      } else {
        out.planes.push_back(plane(positive, &negative, slices[s].coefficient, s));
      }
    }
    out.drift_factors =
        logical_.drift_factors(is_exact(device_) ? DriftCompensation::Off : device_.drift_compensation);
    out.pulses = std::move(pulses_);
    out.clamped_read_gap = logical_.rms_shift() / ((1.0 - g_min_) * weight_unit(spec_.weights));
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
    Cells out;
    out.programmed.resize(size);
    out.now.resize(size);
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
      for (auto* values : {&out.variance, &out.held_variance, &out.pass_variance})
        for (double& v : *values) v /= pairs * pairs;
    }
    if (device_.iv.law == IvLaw::Cubic) bend(out);
    return out;
  }

  /// Currents of non-linear cells over (g_max · voltage of a full input). With pulse widths every cell sees
  /// the whole voltage, so that the bend is a change of its conductance.
  void bend(Cells& cells) const {
    const double volts = device_.iv.v_read_v, unit = 1e6 / device_.g_max_us;
    cells.square.resize(cells.now.size());
    cells.cube.resize(cells.now.size());
    for (std::size_t i = 0; i < cells.now.size(); ++i) {
      const CubicIv iv = cubic_iv(device_.iv, cells.now[i] * device_.g_max_us, device_.nonlinearity);
      cells.square[i] = iv.n2 * volts * unit;
      cells.cube[i] = iv.n3 * volts * volts * unit;
    }
    if (spec_.dac.input != InputKind::PulseWidth) return;
    for (std::size_t i = 0; i < cells.now.size(); ++i) cells.now[i] += cells.square[i] + cells.cube[i];
    cells.square.clear();
    cells.cube.clear();
  }

  void add_block(Cells& out, const WeightSlice& slice, int polarity, std::uint32_t part) {
    std::vector<double> targets(weights_.cols);
    const bool exact = is_exact(device_);
    CellProgrammer programmer(device_, site_, weights_.rows, weights_.cols, part);
    if (device_.telegraph.law != TelegraphLaw::None)
      out.switching.push_back({programmer.telegraph_key(), 1.0 / spec_.weights.pairs / device_.g_max_us, {}});
    for (std::size_t r = 0; r < weights_.rows; ++r) {
      for (std::size_t c = 0; c < weights_.cols; ++c) {
        const auto w = static_cast<double>(weights_.values[r * weights_.stride + c]);
        targets[c] = conductance(cell_level(spec_.weights, slice, w, polarity));
      }
      if (exact) {
        add_exact(out, r * cols_, targets);
        continue;
      }
      const CellRow& row = add_row(out, r * cols_, targets, programmer, r);
      if (!out.switching.empty())
        out.switching.back().cells.insert(out.switching.back().cells.end(), row.telegraph.begin(),
                                          row.telegraph.end());
    }
  }

  /// Its cells have a place of their own among the random numbers: one a row, per block of columns.
  void add_unit_column(Cells& out, const WeightSlice& slice, std::uint32_t part) {
    ArraySite site = site_;
    site.layer_cols = 1;
    site.col0 = 0;
    const std::uint32_t own = (1U << 31) | (static_cast<std::uint32_t>(site_.col0) << 8) | part;
    DeviceSpec device = device_;
    if (device.faults.law == FaultLaw::Map) device.faults.law = FaultLaw::None;  // a map is of the weights
    CellProgrammer programmer(device, site, weights_.rows, 1, own);
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

  const CellRow& add_row(Cells& out, std::size_t first, std::vector<double> targets,
                         CellProgrammer& programmer, std::size_t row) {
    for (double& g : targets) g *= device_.g_max_us;
    const CellRow& cells = programmer.program(row, targets);
    pulses_.add(row, cells.pulses);
    for (std::size_t c = 0; c < targets.size(); ++c) {
      out.programmed[first + c] += cells.programmed_us[c] / device_.g_max_us;
      out.now[first + c] += cells.now_us[c] / device_.g_max_us;
    }
    add_variances(cells.read_variance_us2, first, out.variance, out.now.size());
    add_variances(cells.mvm_variance_us2, first, out.held_variance, out.now.size());
    std::vector<double> pass = cells.pass_sigma_us;
    for (double& v : pass) v *= v;
    add_variances(pass, first, out.pass_variance, out.now.size());
    return cells;
  }

  void add_variances(const std::vector<double>& of_row, std::size_t first, std::vector<double>& sum,
                     std::size_t size) const {
    if (of_row.empty()) return;
    if (sum.empty()) sum.assign(size, 0.0);
    for (std::size_t c = 0; c < of_row.size(); ++c)
      sum[first + c] += of_row[c] / (device_.g_max_us * device_.g_max_us);
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
    const bool noisy = !cells.variance.empty() || !cells.pass_variance.empty();
    if (noisy) {
      const std::vector<double> share = noise_attenuations(grid, spec_.wires, where);
      for (auto* values : {&cells.variance, &cells.held_variance, &cells.pass_variance})
        for (std::size_t i = 0; i < values->size(); ++i) (*values)[i] *= share[i] * share[i];
    }
    for (std::size_t i = 0; i < effective.size(); ++i) cells.now[i] = effective[i] / device_.g_max_us;
  }

  /// Adds a slice to the logical weights.
  void note(const Cells& positive, const Cells* negative, double coefficient) {
    for (std::size_t r = 0; r < weights_.rows; ++r)
      for (std::size_t c = 0; c < weights_.cols; ++c) {
        const std::size_t i = r * cols_ + c, unit = r * cols_ + weights_.cols;
        const auto difference = [&](std::vector<double> Cells::*of) {
          return coefficient * ((positive.*of)[i] - (negative != nullptr ? (negative->*of)[i]
                                                     : has_unit_         ? (positive.*of)[unit]
                                                                         : 0.0));
        };
        logical_.add(r, c, difference(&Cells::programmed), difference(&Cells::now));
        if (positive.variance.empty()) continue;
        double shift = clamp_shift(positive.now[i], std::sqrt(positive.variance[i]));
        if (negative != nullptr) shift -= clamp_shift(negative->now[i], std::sqrt(negative->variance[i]));
        logical_.add_shift(r, c, coefficient * shift);
      }
  }

  Plane<T> plane(const Cells& positive, const Cells* negative, double coefficient, std::size_t slice) const {
    const auto join = [&](std::vector<double> Cells::*member, double sign) {
      const std::vector<double>& plus = positive.*member;
      std::vector<T> out(plus.size());
      for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<T>(plus[i] + (negative != nullptr ? sign * (negative->*member)[i] : 0.0));
      return out;
    };
    Plane<T> out;
    out.coefficient = coefficient;
    out.slice = slice;
    out.weights = join(&Cells::now, -1.0);
    out.variances = join(&Cells::variance, 1.0);
    out.held_variances = join(&Cells::held_variance, 1.0);
    out.square = join(&Cells::square, -1.0);
    out.cube = join(&Cells::cube, -1.0);
    out.pass_sigmas = join(&Cells::pass_variance, 1.0);
    for (T& v : out.pass_sigmas) v = std::sqrt(v);
    if (spec_.dac.input == InputKind::Voltage && !out.held_variances.empty()) {
      out.variances.resize(out.held_variances.size());
      for (std::size_t i = 0; i < out.variances.size(); ++i) out.variances[i] += out.held_variances[i];
      out.held_variances.clear();
    }
    out.switching = positive.switching;
    if (negative == nullptr) return out;
    for (SwitchingCells cells : negative->switching) {
      cells.sign = -cells.sign;
      out.switching.push_back(std::move(cells));
    }
    return out;
  }

  const WeightBlock<T>& weights_;
  const DeviceSpec& device_;
  const ArraySpec& spec_;
  const ArraySite& site_;
  bool has_unit_;
  std::size_t cols_;
  double g_min_;
  LogicalWeights logical_;
  PulseCount pulses_;
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
