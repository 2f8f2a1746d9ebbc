// SPDX-License-Identifier: Apache-2.0
#include "models/nn/batch_norm.hpp"

#include <cmath>
#include <cstddef>

namespace mimosa {

BatchNormAffine batch_norm_affine(const Network& network, const Node& node) {
  const Tensor& weight = tensor(network, node, "weight");
  const Tensor& bias = tensor(network, node, "bias");
  const Tensor& mean = tensor(network, node, "running_mean");
  const Tensor& variance = tensor(network, node, "running_var");
  BatchNormAffine affine;
  for (std::size_t c = 0; c < weight.data.size(); ++c) {
    const double scale = weight.data[c] / std::sqrt(static_cast<double>(variance.data[c]) + node.eps);
    affine.scale.push_back(scale);
    affine.shift.push_back(bias.data[c] - mean.data[c] * scale);
  }
  return affine;
}

}  // namespace mimosa
