// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "models/base/kernels.hpp"
#include "models/converter/adc.hpp"
#include "models/crossbar/array_spec.hpp"
#include "models/crossbar/cells.hpp"
#include "models/crossbar/planes.hpp"
#include "models/device/device_spec.hpp"

namespace mimosa {

/// Address of one MVM's read noise.
struct MvmId {
  std::uint32_t pass = 0;
  std::uint32_t mvm = 0;  ///< position within the layer and pass
};

/// One programmed array at a fixed time after programming: its planes of effective weights over g_max, the
/// white-noise variance of each cell, its converters. T is float in runs, double in `mvm` and parity tests.
template <class T>
class Array {
 public:
  /// `weights`: −1 … 1, larger ones saturate. UserError where the layer has more than 2^32 weights or a
  /// weight is not finite.
  Array(const WeightBlock<T>& weights, const DeviceSpec& device, const ArraySpec& spec,
        const ArraySite& site);

  /// Results of `ids.size()` vectors of DAC codes; vector b starts at codes + b · stride. With one read, a
  /// result is an ADC code; with several, their codes are added with their weights, exactly, scaled by a
  /// power of two to the size of a code, and rounded to T once. `ranges`: of the ADC per weight slice, in
  /// units of Σ g·x with g over g_max and x in −1 … 1. Depends on nothing but each vector and its id. `codes`
  /// and `out` do not overlap.
  void mvm(const T* codes, std::size_t stride, std::span<const MvmId> ids, std::span<const double> ranges,
           T* out, std::size_t out_stride) const;
  /// Σ x·w, x and w in −1 … 1, of a result of 1 before drift compensation.
  [[nodiscard]] double output_unit(std::span<const double> ranges) const;

  /// Column sums of one plane for one part of the inputs before the ADC, without read noise, in units of Σ
  /// g·x; out has plane_cols() columns. For calibration and tests.
  void column_sums(const T* codes, std::size_t stride, std::size_t count, std::size_t plane, std::size_t part,
                   T* out, std::size_t out_stride) const;

  /// Digital factors that undo the mean drift of results, one or one a column: mean |w| read after
  /// programming over mean |w| now, each floored at 1e-4; 1 when off.
  [[nodiscard]] const std::vector<double>& drift_factors() const { return drift_factors_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] std::size_t plane_cols() const { return plane_cols_; }
  [[nodiscard]] std::size_t planes() const { return planes_.size(); }
  [[nodiscard]] std::size_t slice_of(std::size_t plane) const { return planes_[plane].slice; }
  [[nodiscard]] const std::vector<InputPart>& parts() const { return parts_; }
  /// How far unclamped Gaussian reads are from reads clamped at zero conductance: rms over the weights of the
  /// mean shift that the clamp would cause, in units of w, at full input. 0 without read noise.
  [[nodiscard]] double clamped_read_gap() const { return clamped_read_gap_; }
  /// Effective weight and white-noise variance of a cell (pair) of a plane.
  [[nodiscard]] T weight(std::size_t row, std::size_t col, std::size_t plane = 0) const;
  [[nodiscard]] T variance(std::size_t row, std::size_t col, std::size_t plane = 0) const;

 private:
  /// The kernels' panels for float, plain rows for double.
  using Storage = std::conditional_t<std::is_same_v<T, float>, PackedMatrix, std::vector<T>>;
  struct StoredPlane {
    Storage weights, variances;
    double coefficient = 1.0;
    std::size_t slice = 0;
  };
  /// One conversion of the columns of a plane.
  struct Read {
    std::size_t plane = 0, part = 0;
    std::uint64_t key = 0;     ///< of its noise
    double coefficient = 1.0;  ///< of its codes in the result
  };
  struct Block {
    const T* codes;
    std::size_t stride;
    std::span<const MvmId> ids;
    std::span<const double> ranges;
  };

  void plan_reads(std::uint64_t key);
  [[nodiscard]] bool is_single() const;
  [[nodiscard]] T element(const Storage& matrix, std::size_t row, std::size_t col) const;
  void multiply(const Storage& matrix, const T* x, std::size_t stride, std::size_t count, T* y,
                std::size_t y_stride) const;
  void read_plane(const Block& block, const Read& read, const T* digits, T* y, std::size_t y_stride) const;
  void add_noise(const Block& block, const Read& read, const T* digits, T* y, std::size_t y_stride) const;
  void convert(const Block& block, const Read& read, T* y, std::size_t y_stride) const;
  void add_reads(const Block& block, T* out, std::size_t out_stride) const;
  void finish(const Block& block, const double* sums, T* out, std::size_t out_stride) const;

  std::size_t rows_, cols_, plane_cols_;
  ArraySpec spec_;
  std::uint32_t col0_;
  double g_min_, part_unit_ = 1.0;  ///< largest digit of a part
  double result_scale_ = 1.0;       ///< a power of two
  std::vector<InputPart> parts_;
  std::vector<StoredPlane> planes_;
  std::vector<Read> reads_;
  std::vector<double> drift_factors_, current_factors_;  ///< the latter: before a constant is subtracted
  double clamped_read_gap_ = 0.0;
  Adc adc_;
  std::vector<T> adc_scale_, adc_shift_;  ///< per plane column; empty: 1 and 0
};

extern template class Array<float>;
extern template class Array<double>;

}  // namespace mimosa
