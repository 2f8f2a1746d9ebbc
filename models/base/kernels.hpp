// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace mimosa {

struct DigitField;

/// The vector code in use. All paths give the same bytes: every output is one chain of fused multiply-adds in
/// a fixed order, every elementary function is ours, and a NaN that is computed is always the quiet one,
/// 0x7FC00000.
enum class KernelPath { Portable, Avx2, Avx512 };

[[nodiscard]] std::string_view to_string(KernelPath path);
/// Paths this machine can run, slowest first.
[[nodiscard]] std::vector<KernelPath> available_kernel_paths();
/// The fastest available one, unless `MIMOSA_KERNELS=portable|avx2|avx512` or `use_kernel_path` says
/// otherwise.
[[nodiscard]] KernelPath kernel_path();
/// For tests; throws UserError where the machine lacks the path.
void use_kernel_path(KernelPath path);

/// A rows × cols float matrix (rows = inputs), stored in panels of `panel` columns, zero-padded, 64-byte
/// aligned.
class PackedMatrix {
 public:
  static constexpr std::size_t panel = 32;
  PackedMatrix() = default;
  /// Zeros.
  PackedMatrix(std::size_t rows, std::size_t cols);
  /// From row-major data with leading dimension `stride` (elements).
  PackedMatrix(std::size_t rows, std::size_t cols, const float* data, std::size_t stride);
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] bool empty() const { return rows_ == 0; }
  /// Panel p: rows × 32 values, row after row.
  [[nodiscard]] const float* panel_data(std::size_t p) const {
    return reinterpret_cast<const float*>(storage_.data()) + p * rows_ * panel;
  }
  /// Replaces `count` rows from `row` on by row-major values with leading dimension `stride`.
  void set_rows(std::size_t row, std::size_t count, const float* values, std::size_t stride);
  void get_rows(std::size_t row, std::size_t count, float* values, std::size_t stride) const;
  /// Replaces panel `p` of `count` rows from `row` on by that of base + sigma · normal, where base and sigma
  /// have the shape of this matrix and rows of `normal`, whole panels, are `stride` apart.
  void set_perturbed(const PackedMatrix& base, const PackedMatrix& sigma, std::size_t p, std::size_t row,
                     std::size_t count, const float* normal, std::size_t stride);

 private:
  static constexpr std::size_t line_size = 16;
  [[nodiscard]] float* place(std::size_t p, std::size_t row) {
    return reinterpret_cast<float*>(storage_.data()) + (p * rows_ + row) * panel;
  }
  struct alignas(64) Line {
    float value[line_size] = {};
  };
  std::size_t rows_ = 0, cols_ = 0;
  std::vector<Line> storage_;
};

/// y[b][j] = Σ_k x[b][k] w[k][j], b < count; per output one fused multiply-add per k, k ascending, from 0,
/// whatever the batch. x rows are `x_stride` apart, y rows `y_stride`.
void gemm(const PackedMatrix& w, const float* x, std::size_t x_stride, std::size_t count, float* y,
          std::size_t y_stride);

/// out[i] = clamp(round-half-even(x[i] · scale), −limit, limit); in place allowed. NaN becomes −limit.
void quantise(std::span<const float> x, float scale, float limit, std::span<float> out);
/// out[i] = x[i]² (voltage inputs) and |x[i]| (pulse-width inputs).
void square(std::span<const float> x, std::span<float> out);
void magnitude(std::span<const float> x, std::span<float> out);
/// value[i] = fma(√max(variance[i], 0), normal[i], value[i])
void add_noise(std::span<const float> variance, std::span<const float> normal, std::span<float> value);
/// Rounds in place to the nearest fp16 / bf16 value (ties to even; subnormals kept; overflow to infinity).
void round_to_fp16(std::span<float> x);
void round_to_bf16(std::span<float> x);
/// x[r][c] = fma(x[r][c], scale[c], shift[c]) over rows of scale.size().
void scale_shift(std::span<float> x, std::span<const float> scale, std::span<const float> shift);
/// x[r][c] = x < 0 ? x · slope[c] : x over rows of slope.size().
void prelu(std::span<float> x, std::span<const float> slope);
/// y[i] += x[i]
void add(std::span<const float> x, std::span<float> y);
/// y[i] = fma(x[i], factor, y[i])
void add_scaled(std::span<const float> x, float factor, std::span<float> y);
/// x[i] = fma(x[i], factor, shift)
void scale_by(std::span<float> x, float factor, float shift);
/// y[i] = fma(quantise(x[i]), factor, y[i])
void add_quantised(std::span<const float> x, float scale, float limit, float factor, std::span<float> y);
/// Digits of integers below 2²¹ in magnitude; see DigitField. In place allowed.
void digits(std::span<const float> x, const DigitField& of, std::span<float> out);

}  // namespace mimosa
