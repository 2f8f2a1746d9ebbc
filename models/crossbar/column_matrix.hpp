// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <type_traits>
#include <vector>

#include "models/base/kernels.hpp"

namespace mimosa {

/// A rows × cols matrix that multiplies row vectors, each output one chain of fused multiply-adds in the
/// order of the rows: the kernels' panels for float, plain rows for double.
template <class T>
class ColumnMatrix {
 public:
  ColumnMatrix() = default;
  /// `values`: row-major; none give an empty matrix.
  ColumnMatrix(std::vector<T>&& values, std::size_t rows, std::size_t cols);
  /// Zeros.
  ColumnMatrix(std::size_t rows, std::size_t cols);
  /// `count` rows from `row` on, as row-major values.
  void set_rows(std::size_t row, std::size_t count, const T* values);
  void get_rows(std::size_t row, std::size_t count, T* values) const;
  /// Replaces columns [col, col + width) of them by those of base + sigma · normal. `col` is a multiple of
  /// the kernels' panel; rows of `normal` are `stride` apart, with values up to a whole panel.
  void set_perturbed(const ColumnMatrix& base, const ColumnMatrix& sigma, std::size_t row, std::size_t count,
                     std::size_t col, std::size_t width, const float* normal, std::size_t stride);
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] bool empty() const { return cols_ == 0; }
  [[nodiscard]] T at(std::size_t row, std::size_t col) const;
  /// y[b][j] = Σ_k x[b][k] m[k][j] for b < count; rows of x and y are their strides apart.
  void multiply(const T* x, std::size_t stride, std::size_t count, T* y, std::size_t y_stride) const;

 private:
  std::size_t rows_ = 0, cols_ = 0;
  std::conditional_t<std::is_same_v<T, float>, PackedMatrix, std::vector<T>> storage_;
};

extern template class ColumnMatrix<float>;
extern template class ColumnMatrix<double>;

}  // namespace mimosa
