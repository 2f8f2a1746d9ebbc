// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/converter/adc.hpp"
#include "models/crossbar/array_spec.hpp"
#include "models/crossbar/cell_reads.hpp"
#include "models/crossbar/cells.hpp"
#include "models/crossbar/column_matrix.hpp"
#include "models/crossbar/pass_weights.hpp"
#include "models/crossbar/planes.hpp"
#include "models/device/device_spec.hpp"

namespace mimosa {

/// One programmed array at a fixed time after programming: its planes of effective weights over g_max, the
/// white-noise variance of each cell, its converters. T is float in runs, double in `mvm` and parity tests.
template <class T>
class Array {
 public:
  /// `weights`: −1 … 1, larger ones saturate. UserError where the layer has more than 2^32 weights or a
  /// weight is not finite.
  Array(const WeightBlock<T>& weights, const DeviceSpec& device, const ArraySpec& spec, const ArraySite& site,
        CellPath path = CellPath::WhereNeeded);

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
  /// The same for the digits of one vector, `full` the largest of their part. Sizes: rows(), plane_cols().
  void digit_sums(std::span<const T> digits, std::size_t plane, double full, std::span<T> out) const;

  /// Digital factors that undo the mean drift of results, one or one a column: mean |w| read after
  /// programming over mean |w| now, each floored at 1e-4; 1 when off, or when the ADC's range undoes it.
  [[nodiscard]] const std::vector<double>& drift_factors() const { return drift_factors_; }
  /// Conductance of all cells of each row, whole nS: both polarities, all slices and parallel cells, aged,
  /// with the noise that is frozen for a run.
  [[nodiscard]] const std::vector<double>& row_ns() const { return row_ns_; }
  /// Of its programming.
  [[nodiscard]] const PulseCount& pulse_count() const { return pulse_count_; }
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
  struct StoredPlane {
    ColumnMatrix<T> weights, variances, held_variances, shot_variances, square, cube;
    std::vector<T> column_variances;  ///< of a part's largest digit
    PassWeights<T> changing;          ///< empty where weights stay the same
    CellReads<T> cells;               ///< empty where the matrices above give the sums
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
  /// What a block applies to one plane: `parts` rows of digits, one after the other, for each vector. Cells
  /// read one by one take one part of one read, which draws them anew by its `key`.
  struct Drive {
    const T* digits;
    std::size_t stride, plane, parts;
    std::uint64_t key;
  };

  /// Σ drive · variance over one matrix, for `rows` rows of digits.
  void weighted_variances(const ColumnMatrix<T>& variances, InputKind kind, const Drive& drive,
                          std::size_t rows, T* out) const;
  void store_planes(std::vector<Plane<T>>&& planes, const DeviceSpec& device, const ArraySite& site);
  void plan_reads(std::uint64_t key);
  [[nodiscard]] bool is_single() const;
  [[nodiscard]] std::size_t block_size(std::span<const MvmId> ids) const;
  /// Column sums of `drive.parts` rows a vector, before the noise of columns and conversion. The variances of
  /// that noise, plane_cols() a row, valid until the thread's next call; null where there is none.
  const T* currents(const Block& block, const Drive& drive, T* y, std::size_t y_stride) const;
  void multiply_weights(const Block& block, const Drive& drive, T* y, std::size_t y_stride) const;
  using Digits = typename CellReads<T>::Inputs;
  void add_bends(const StoredPlane& plane, const Digits& inputs, T* y, std::size_t y_stride) const;
  /// Without noise, in units of Σ g·digit.
  void quiet_sums(const StoredPlane& plane, const Digits& inputs, T* out, std::size_t out_stride) const;
  /// Σ drive · variance, and whether there is any.
  bool sum_variances(const Block& block, const Drive& drive, T* variance) const;
  void add_noise(const Read& read, const MvmId& id, const T* variance, T* y) const;
  void convert(const Read& read, std::span<const double> ranges, T* values) const;
  /// Steps of the ADC per unit of a read's column sums.
  [[nodiscard]] double gain_of(std::span<const double> ranges, const Read& read) const;
  /// True where conversion is clip and round to integers.
  [[nodiscard]] bool rounds_codes() const;
  /// The only read, whose codes are the results.
  void read_once(const Block& block, T* out, std::size_t out_stride) const;
  /// Codes of all reads, added with their weights.
  void sum_reads(const Block& block, double* sums) const;
  /// Of a read's codes in the result, in units of the codes of slice 0.
  [[nodiscard]] double relative_coefficient(std::span<const double> ranges, const Read& read) const;
  /// True where float holds every partial sum of the codes exactly.
  [[nodiscard]] bool sums_fit_float(std::span<const double> ranges) const;
  template <class Sum>
  void add_reads(const Block& block, Sum* sums) const;
  /// Of `reads` that share one product: of each part of the drive, its repeats.
  template <class Sum>
  void add_product(const Block& block, const Drive& drive, std::span<const Read> reads, Sum* sums) const;
  /// Converts `y`, of one read of one vector, and adds its codes.
  template <class Sum>
  void add_read(const Block& block, const Read& read, T* y, Sum* sums) const;
  void take_digits(const Block& block, std::size_t first, std::size_t parts, T* digits) const;
  void finish(const Block& block, const double* sums, T* out, std::size_t out_stride) const;
  /// Replaces the drift factors by those of a read-out, or puts them into the ADC's range.
  void compensate_drift(const WeightBlock<T>& weights, const DeviceSpec& device, const ArraySite& site);
  /// Mean over the cells, or over those of each column, of |result| when every word line in turn gets a full
  /// input; in units of g·x.
  [[nodiscard]] std::vector<double> mean_results(double range, bool per_column, std::uint32_t pass) const;

  std::size_t rows_, cols_, plane_cols_;
  ArraySpec spec_;
  std::uint32_t col0_;
  double g_min_, part_unit_ = 1.0;  ///< largest digit of a part
  double result_scale_ = 1.0;       ///< a power of two
  std::vector<InputPart> parts_;
  std::vector<StoredPlane> planes_;
  std::vector<Read> reads_;
  std::vector<double> drift_factors_, current_factors_;  ///< the latter: before a constant is subtracted
  std::vector<double> row_ns_;
  PulseCount pulse_count_;
  double range_factor_ = 1.0;  ///< of the ADC's range, that drift compensation sets
  double clamped_read_gap_ = 0.0;
  Adc adc_;
  std::vector<T> adc_scale_, adc_shift_;  ///< per plane column; empty: 1 and 0
};

extern template class Array<float>;
extern template class Array<double>;

}  // namespace mimosa
