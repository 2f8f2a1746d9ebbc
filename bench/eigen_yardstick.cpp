// SPDX-License-Identifier: Apache-2.0
#include "bench/eigen_yardstick.hpp"

#include <Eigen/Core>

namespace mimosa {

void eigen_sgemm(const float* x, const float* w, float* y, std::size_t batch, std::size_t rows,
                 std::size_t cols) {
  using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto b = static_cast<Eigen::Index>(batch), r = static_cast<Eigen::Index>(rows),
             c = static_cast<Eigen::Index>(cols);
  const Eigen::Map<const Matrix> weights(w, r, c);
  if (batch == 1)
    Eigen::Map<Eigen::RowVectorXf>(y, c).noalias() = Eigen::Map<const Eigen::RowVectorXf>(x, r) * weights;
  else
    Eigen::Map<Matrix>(y, b, c).noalias() = Eigen::Map<const Matrix>(x, b, r) * weights;
}

}  // namespace mimosa
