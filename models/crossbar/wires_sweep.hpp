// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <Eigen/Core>

namespace mimosa {

/// Gauss-Jordan elimination of a symmetric positive definite matrix of which only the lower triangle is read
/// and written: s becomes −s⁻¹ and each column of rhs s⁻¹ · rhs. The bytes depend on the values and sizes
/// only.
void sweep(Eigen::MatrixXd& s, Eigen::Ref<Eigen::MatrixXd> rhs);

/// −s · x in the same way, from the lower triangle of s.
[[nodiscard]] Eigen::MatrixXd negative_product(const Eigen::MatrixXd& s, const Eigen::MatrixXd& x);

}  // namespace mimosa
