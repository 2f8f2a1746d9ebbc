// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/wires_sweep.hpp"

#include <Eigen/Cholesky>
#include <algorithm>

namespace mimosa {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;

/// Every product sums over so many terms at most, in one go: Eigen splits longer sums where the machine's
/// cache ends, which would make the bytes depend on it.
constexpr Index panel = 32;
/// Columns of the lower triangle updated together.
constexpr Index strip = 64;

/// Columns first … first + width of the symmetric matrix of which s is the lower triangle.
MatrixXd columns(const MatrixXd& s, Index first, Index width) {
  const Index n = s.rows();
  MatrixXd c(n, width);
  c.topRows(first) = s.block(first, 0, width, first).transpose();
  c.bottomRows(n - first) = s.block(first, first, n - first, width);
  c.middleRows(first, width).triangularView<Eigen::StrictlyUpper>() =
      c.middleRows(first, width).transpose().triangularView<Eigen::StrictlyUpper>();
  return c;
}

}  // namespace

void sweep(MatrixXd& s, Eigen::Ref<MatrixXd> rhs) {
  const Index n = s.rows();
  for (Index k = 0; k < n; k += panel) {
    const Index width = std::min(panel, n - k);
    MatrixXd c = columns(s, k, width);
    const MatrixXd pivot = MatrixXd(c.middleRows(k, width)).llt().solve(MatrixXd::Identity(width, width));
    c.middleRows(k, width).setZero();
    const MatrixXd w = c * pivot;
    for (Index j = 0; j < n; j += strip) {
      const Index count = std::min(strip, n - j);
      s.block(j, j, n - j, count).noalias() -= w.bottomRows(n - j) * c.middleRows(j, count).transpose();
    }
    s.block(k, 0, width, k) = w.topRows(k).transpose();
    s.block(k, k, n - k, width) = w.bottomRows(n - k);
    s.block(k, k, width, width) = -pivot;
    const MatrixXd r = pivot * rhs.middleRows(k, width);
    rhs.noalias() -= c * r;
    rhs.middleRows(k, width) = r;
  }
}

MatrixXd negative_product(const MatrixXd& s, const MatrixXd& x) {
  MatrixXd y = MatrixXd::Zero(x.rows(), x.cols());
  for (Index k = 0; k < s.rows(); k += panel) {
    const Index width = std::min(panel, s.rows() - k);
    y.noalias() -= columns(s, k, width) * x.middleRows(k, width);
  }
  return y;
}

}  // namespace mimosa
