// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/column_matrix.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace mimosa {

template <class T>
ColumnMatrix<T>::ColumnMatrix(std::vector<T>&& values, std::size_t rows, std::size_t cols) {
  if (values.empty()) return;
  rows_ = rows;
  cols_ = cols;
  if constexpr (std::is_same_v<T, float>)
    storage_ = PackedMatrix(rows, cols, values.data(), cols);
  else
    storage_ = std::move(values);
}

template <class T>
ColumnMatrix<T>::ColumnMatrix(std::size_t rows, std::size_t cols) : rows_(rows), cols_(cols) {
  if constexpr (std::is_same_v<T, float>)
    storage_ = PackedMatrix(rows, cols);
  else
    storage_.resize(rows * cols);
}

template <class T>
void ColumnMatrix<T>::set_row(std::size_t row, const T* values) {
  assert(row < rows_);
  if constexpr (std::is_same_v<T, float>)
    storage_.set_row(row, values);
  else
    std::copy_n(values, cols_, storage_.data() + row * cols_);
}

template <class T>
T ColumnMatrix<T>::at(std::size_t row, std::size_t col) const {
  assert(row < rows_ && col < cols_);
  constexpr std::size_t panel = PackedMatrix::panel;
  if constexpr (std::is_same_v<T, float>)
    return storage_.panel_data(col / panel)[row * panel + col % panel];
  else
    return storage_[row * cols_ + col];
}

template <class T>
void ColumnMatrix<T>::multiply(const T* x, std::size_t stride, std::size_t count, T* y,
                               std::size_t y_stride) const {
  if constexpr (std::is_same_v<T, float>) {
    gemm(storage_, x, stride, count, y, y_stride);
  } else {
    for (std::size_t b = 0; b < count; ++b) {
      T* out = y + b * y_stride;
      std::fill_n(out, cols_, T{0});
      for (std::size_t r = 0; r < rows_; ++r)
        for (std::size_t c = 0; c < cols_; ++c)
          out[c] = std::fma(x[b * stride + r], storage_[r * cols_ + c], out[c]);
    }
  }
}

template class ColumnMatrix<float>;
template class ColumnMatrix<double>;

}  // namespace mimosa
