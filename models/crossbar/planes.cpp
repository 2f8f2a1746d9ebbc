// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/planes.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "models/base/error.hpp"
#include "models/crossbar/combinations.hpp"
#include "models/crossbar/logical_weights.hpp"
#include "models/crossbar/slice_cells.hpp"
#include "models/device/exact.hpp"

namespace mimosa {
namespace {

template <class T>
class PlaneProgrammer {
 public:
  PlaneProgrammer(const WeightBlock<T>& weights, const DeviceSpec& device, const ArraySpec& spec,
                  const ArraySite& site, CellPath path)
      : weights_(weights),
        device_(device),
        spec_(spec),
        site_(site),
        keeps_cells_(path == CellPath::Always || needs_cell_reads(device, spec)),
        slices_(weights, device, spec, site, keeps_cells_),
        cols_(slices_.cols()),
        logical_(weights.rows, weights.cols),
        noise_(current_noise_factors(device.current_noise, device.g_max_us, device.temperature_k,
                                     {device.thermal_noise, device.shot_noise})) {
    refuse_non_finite();
    check_combination(device, spec);
  }

  ProgrammedPlanes<T> run() {
    ProgrammedPlanes<T> out;
    out.cols = cols_;
    const std::vector<WeightSlice> slices = weight_slices(spec_.weights);
    for (std::size_t s = 0; s < slices.size(); ++s) {
      const bool pair = spec_.weights.scheme == WeightScheme::Pair;
      SliceCells positive = slices_.program(slices[s], s, 0);
      if (!pair) {
        note(positive, nullptr, slices[s].coefficient);
        add_conductances(positive, out.row_ns);
        attenuate(positive);
        out.planes.push_back(plane(positive, nullptr, slices[s].coefficient, s));
        continue;
      }
      SliceCells negative = slices_.program(slices[s], s, 1);
      note(positive, &negative, slices[s].coefficient);
      add_conductances(positive, out.row_ns);
      add_conductances(negative, out.row_ns);
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
    for (double& ns : out.row_ns) ns = std::nearbyint(ns);
    out.pulses = slices_.pulses();
    out.clamped_read_gap =
        logical_.rms_shift() / ((1.0 - device_.g_min_us / device_.g_max_us) * weight_unit(spec_.weights));
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

  void add_conductances(const SliceCells& cells, std::vector<double>& row_ns) const {
    row_ns.resize(weights_.rows);
    for (std::size_t r = 0; r < weights_.rows; ++r)
      for (std::size_t c = 0; c < cols_; ++c)
        row_ns[r] += cells.now[r * cols_ + c] * spec_.weights.pairs * device_.g_max_us * 1e3;
  }

  /// Replaces conductances by those that ideal wires would need.
  void attenuate(SliceCells& cells) const {
    if (spec_.wires.level == WireLevel::Ideal || keeps_cells_) return;
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
  void note(const SliceCells& positive, const SliceCells* negative, double coefficient) {
    for (std::size_t r = 0; r < weights_.rows; ++r)
      for (std::size_t c = 0; c < weights_.cols; ++c) {
        const std::size_t i = r * cols_ + c, unit = r * cols_ + weights_.cols;
        const auto difference = [&](std::vector<double> SliceCells::*of) {
          return coefficient * ((positive.*of)[i] - (negative != nullptr              ? (negative->*of)[i]
                                                     : has_unit_column(spec_.weights) ? (positive.*of)[unit]
                                                                                      : 0.0));
        };
        logical_.add(r, c, difference(&SliceCells::programmed), difference(&SliceCells::now));
        if (positive.variance.empty()) continue;
        double shift = clamp_shift(positive.now[i], std::sqrt(positive.variance[i]));
        if (negative != nullptr) shift -= clamp_shift(negative->now[i], std::sqrt(negative->variance[i]));
        logical_.add_shift(r, c, coefficient * shift);
      }
  }

  /// `conductances`: of both polarities together.
  void add_current_noise(Plane<T>& out, const std::vector<T>& conductances) const {
    const double pairs = spec_.weights.pairs;
    if (noise_.thermal > 0.0) {
      std::vector<double> sums(cols_);
      for (std::size_t i = 0; i < conductances.size(); ++i)
        sums[i % cols_] += static_cast<double>(conductances[i]);
      for (const double sum : sums)
        out.column_variances.push_back(static_cast<T>(noise_.thermal / pairs * sum));
    }
    if (noise_.shot <= 0.0) return;
    std::vector<T>& shot = spec_.dac.input == InputKind::PulseWidth ? out.variances : out.shot_variances;
    shot.resize(conductances.size());
    for (std::size_t i = 0; i < shot.size(); ++i)
      shot[i] += static_cast<T>(noise_.shot / pairs) * conductances[i];
  }

  Plane<T> plane(const SliceCells& positive, const SliceCells* negative, double coefficient,
                 std::size_t slice) const {
    const auto join = [&](std::vector<double> SliceCells::*member, double sign) {
      const std::vector<double>& plus = positive.*member;
      std::vector<T> out(plus.size());
      for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<T>(plus[i] + (negative != nullptr ? sign * (negative->*member)[i] : 0.0));
      return out;
    };
    Plane<T> out;
    out.coefficient = coefficient;
    out.slice = slice;
    out.weights = join(&SliceCells::now, -1.0);
    if (keeps_cells_) {
      add_current_noise(out, join(&SliceCells::now, 1.0));
      out.cells = positive.read;
      if (negative == nullptr) return out;
      for (ReadCells cells : negative->read) {
        cells.sign = -cells.sign;
        out.cells.push_back(std::move(cells));
      }
      return out;
    }
    out.variances = join(&SliceCells::variance, 1.0);
    out.held_variances = join(&SliceCells::held_variance, 1.0);
    out.square = join(&SliceCells::square, -1.0);
    out.cube = join(&SliceCells::cube, -1.0);
    out.pass_sigmas = join(&SliceCells::pass_variance, 1.0);
    for (T& v : out.pass_sigmas) v = std::sqrt(v);
    if (spec_.dac.input == InputKind::Voltage && !out.held_variances.empty()) {
      out.variances.resize(out.held_variances.size());
      for (std::size_t i = 0; i < out.variances.size(); ++i) out.variances[i] += out.held_variances[i];
      out.held_variances.clear();
    }
    add_current_noise(out, join(&SliceCells::now, 1.0));
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
  bool keeps_cells_;
  SliceProgrammer<T> slices_;
  std::size_t cols_;
  LogicalWeights logical_;
  CurrentNoiseFactors noise_;
};

}  // namespace

template <class T>
ProgrammedPlanes<T> program_planes(const WeightBlock<T>& weights, const DeviceSpec& device,
                                   const ArraySpec& spec, const ArraySite& site, CellPath path) {
  return PlaneProgrammer<T>(weights, device, spec, site, path).run();
}

template ProgrammedPlanes<float> program_planes(const WeightBlock<float>&, const DeviceSpec&,
                                                const ArraySpec&, const ArraySite&, CellPath);
template ProgrammedPlanes<double> program_planes(const WeightBlock<double>&, const DeviceSpec&,
                                                 const ArraySpec&, const ArraySite&, CellPath);

}  // namespace mimosa
