// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

namespace mimosa {

/// y = x w by Eigen, built with -march=native, one thread; all row-major: x batch × rows, w rows × cols, y
/// batch × cols. One vector goes through Eigen's matrix-vector product.
void eigen_sgemm(const float* x, const float* w, float* y, std::size_t batch, std::size_t rows,
                 std::size_t cols);

}  // namespace mimosa
