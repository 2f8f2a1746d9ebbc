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
void ColumnMatrix<T>::set_rows(std::size_t row, std::size_t count, const T* values) {
  assert(row + count <= rows_);
  if constexpr (std::is_same_v<T, float>)
    storage_.set_rows(row, count, values, cols_);
  else
    std::copy_n(values, count * cols_, storage_.data() + row * cols_);
}

template <class T>
void ColumnMatrix<T>::get_rows(std::size_t row, std::size_t count, T* values) const {
  assert(row + count <= rows_);
  if constexpr (std::is_same_v<T, float>)
    storage_.get_rows(row, count, values, cols_);
  else
    std::copy_n(storage_.data() + row * cols_, count * cols_, values);
}

template <class T>  // NOLINTNEXTLINE(readability-function-size): a rectangle is four numbers
void ColumnMatrix<T>::set_perturbed(const ColumnMatrix& base, const ColumnMatrix& sigma, std::size_t row,
                                    std::size_t count, std::size_t col, std::size_t width,
                                    const float* normal, std::size_t stride) {
  if constexpr (std::is_same_v<T, float>) {
    constexpr std::size_t panel = PackedMatrix::panel;
    for (std::size_t c = 0; c < width; c += panel)
      storage_.set_perturbed(base.storage_, sigma.storage_, (col + c) / panel, row, count, normal + c,
                             stride);
  } else {
    for (std::size_t r = row; r < row + count; ++r, normal += stride)
      for (std::size_t c = 0; c < width; ++c) {
        const std::size_t at = r * cols_ + col + c;
        storage_[at] = std::fma(sigma.storage_[at], static_cast<double>(normal[c]), base.storage_[at]);
      }
  }
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
