// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/crossbar/array.hpp"
#include "models/crossbar/wire_gap.hpp"
#include "sim/config/mvm_config.hpp"

namespace mimosa {

/// Row-major [rows][cols]; refers to values that others hold.
struct MatrixView {
  std::span<const double> values;
  std::size_t rows = 0, cols = 0;
};

/// Half-ranges of the converters.
struct MvmRanges {
  double dac = 1.0;         ///< in units of x
  std::vector<double> adc;  ///< per weight slice: Σ g·x with g over g_max and x over `dac`
};

/// Shares of converter inputs beyond the outermost code by more than half a step, 0 … 1.
struct MvmClipping {
  double dac = 0.0;
  double adc = 0.0;  ///< column sums without read noise
};

/// Which reads of the same vectors: read noise is new in each, and that of a read is always the same.
struct MvmReads {
  std::uint32_t first = 0;
  std::size_t count = 1;
  std::function<void()> between = {};  ///< called now and then; may throw to end the product
};

/// What the treatment of the wires leaves out, on a sample of a matrix: one of its arrays, some of its
/// vectors.
struct MatrixWireGap {
  std::string why;  ///< nothing is compared; empty where it is
  WireGap gap;
  std::size_t row0 = 0, col0 = 0, rows = 0, cols = 0;  ///< the array: its inputs and outputs
  std::size_t vectors = 0;
};

/// A matrix programmed once into analog arrays, in double precision: y ≈ W·x. Products depend on nothing but
/// the config, the matrix, the vector, its position among the vectors, and the number of the read; const
/// members may run on any number of threads.
class AnalogMatrix {
 public:
  /// `weights`: [outputs][inputs], any finite scale: the largest |w| (chip.weights: of the matrix or of each
  /// output, or a percentile) becomes the full conductance. UserError where there is none, or more than 2^32
  /// weights, or one is not finite, or a device or wire law cannot be applied.
  AnalogMatrix(const MvmConfig& config, const MatrixView& weights);

  /// Ranges from the config, and from the vectors `x` [inputs][vectors] what the config leaves open.
  /// UserError where x has another number of rows or a value that is not finite.
  [[nodiscard]] MvmRanges fit_ranges(const MatrixView& x) const;
  /// y [reads][outputs][vectors] of x [inputs][vectors], in units of w·x. UserError as above.
  void multiply(const MatrixView& x, const MvmRanges& ranges, const MvmReads& reads,
                std::span<double> y) const;
  [[nodiscard]] MvmClipping clipping(const MatrixView& x, const MvmRanges& ranges) const;
  /// One array and four of the vectors, both addressed by the seed, all columns, no read noise, against the
  /// same cells in the network of all their nodes (docs/devices.md). `config` and `weights` as they were
  /// given to the constructor. Some tens of milliseconds an array of 256 × 256 cells.
  [[nodiscard]] MatrixWireGap wire_gap(const MvmConfig& config, const MatrixView& weights,
                                       const MatrixView& x, const MvmRanges& ranges) const;

  [[nodiscard]] std::size_t outputs() const { return outputs_; }
  [[nodiscard]] std::size_t inputs() const { return inputs_; }
  [[nodiscard]] std::size_t arrays() const { return blocks_.size(); }
  /// Word lines and logical columns of the largest array.
  [[nodiscard]] std::size_t array_rows() const { return blocks_.front().array.rows(); }
  [[nodiscard]] std::size_t array_cols() const { return blocks_.front().array.cols(); }

 private:
  /// The part of the matrix at (row0, col0), word lines × columns.
  struct Block {
    std::size_t row0, col0;
    Array<double> array;
    std::optional<Array<double>> exact;  ///< the same on cells without effects, where sums are calibrated
  };

  void program(const MvmConfig& config, std::span<const double> word_lines);
  /// [inputs][outputs], each output over its scale.
  [[nodiscard]] std::vector<double> word_lines(const MatrixView& weights) const;
  /// Weights and place of the block at (row, col).
  [[nodiscard]] WeightBlock<double> block_of(std::span<const double> word_lines, std::size_t row,
                                             std::size_t col, std::size_t rows, std::size_t cols) const;
  [[nodiscard]] ArraySite site_of(std::size_t row, std::size_t col) const;
  void check_vectors(const MatrixView& x) const;
  void take_codes(const MatrixView& x, double range, std::size_t first, std::vector<double>& codes) const;
  [[nodiscard]] std::vector<double> calibrated(const MatrixView& x, double dac) const;
  void add_block(const Block& block, const std::vector<double>& codes, std::span<const MvmId> ids,
                 const MvmRanges& ranges, std::vector<double>& sums) const;

  ArraySpec spec_;
  MvmOptions options_;
  double g_min_ = 0.0;  ///< over g_max
  std::size_t outputs_ = 0, inputs_ = 0;
  std::vector<double> scales_;  ///< per output: w of the full conductance
  std::vector<Block> blocks_;   ///< the first is a largest one
};

/// W·x in double, without any array: [outputs][vectors].
[[nodiscard]] std::vector<double> exact_product(const MatrixView& weights, const MatrixView& x);
/// Root mean square of y − exact over that of `exact`, which may repeat in y (reads); 0 where both are 0.
[[nodiscard]] double relative_rms_error(std::span<const double> y, std::span<const double> exact);

}  // namespace mimosa
