// SPDX-License-Identifier: Apache-2.0
#include "tests/support/double_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mimosa {

using Eigen::Index;
using Eigen::VectorXd;

VectorXd DoubleOracle::parameter(const Node& node, const char* name) const {
  const std::vector<float>& data = network_.tensors.at(node.name + "." + name).data;
  VectorXd values =
      Eigen::Map<const Eigen::VectorXf>(data.data(), static_cast<Index>(data.size())).cast<double>();
  return absolute_ ? values.cwiseAbs() : values;
}

OracleMap DoubleOracle::convolve(const Node& node, const OracleMap& x, const Shape& in) const {
  const VectorXd w = parameter(node, "weight");
  OracleMap y = OracleMap::Zero(node.out_channels, node.shape.height * node.shape.width);
  if (node.bias) y.colwise() += parameter(node, "bias");
  const int k = node.kernel;
  for (int o = 0; o < node.out_channels; ++o)
    for (int c = 0; c < in.channels; ++c)
      for (int oy = 0; oy < node.shape.height; ++oy)
        for (int ox = 0; ox < node.shape.width; ++ox)
          for (int ky = 0; ky < k; ++ky)
            for (int kx = 0; kx < k; ++kx) {
              const int iy = oy * node.stride + ky - node.padding, ix = ox * node.stride + kx - node.padding;
              if (iy < 0 || ix < 0 || iy >= in.height || ix >= in.width) continue;
              y(o, oy * node.shape.width + ox) +=
                  w(((o * in.channels + c) * k + ky) * k + kx) * x(c, iy * in.width + ix);
            }
  return y;
}

OracleMap DoubleOracle::affine(const Node& node, const OracleMap& x) const {
  const VectorXd w = parameter(node, "weight");
  const Index inputs = x.rows(), outputs = w.size() / inputs;
  // [out][in], row-major, is a column-major in × out matrix.
  OracleMap y = Eigen::Map<const Eigen::MatrixXd>(w.data(), inputs, outputs).transpose() * x;
  if (node.bias) y.colwise() += parameter(node, "bias");
  return y;
}

OracleMap DoubleOracle::bind(const Node& node, const OracleMap& x, Index slot) const {
  const Index size = x.rows();
  const VectorXd key = parameter(node, "keys").segment(slot * size, size);
  OracleMap y = OracleMap::Zero(size, x.cols());
  for (Index t = 0; t < size; ++t)
    for (Index m = 0; m < size; ++m) y.row(t) += key(m) * x.row((t - m + size) % size);
  return y;
}

OracleMap DoubleOracle::pool(const Node& node, const OracleMap& x, const Shape& in) const {
  if (node.kernel == 0) return x.rowwise().mean();
  const bool average = node.op == OpKind::AvgPool;
  OracleMap y = OracleMap::Constant(x.rows(), node.shape.height * node.shape.width,
                                    average ? 0.0 : -std::numeric_limits<double>::infinity());
  for (Index p = 0; p < y.cols(); ++p)
    for (int k = 0; k < node.kernel * node.kernel; ++k) {
      const auto oy = static_cast<int>(p) / node.shape.width, ox = static_cast<int>(p) % node.shape.width;
      const int iy = oy * node.stride + k / node.kernel - node.padding;
      const int ix = ox * node.stride + k % node.kernel - node.padding;
      if (iy < 0 || ix < 0 || iy >= in.height || ix >= in.width) continue;
      const VectorXd value = x.col(iy * in.width + ix);
      y.col(p) = average ? VectorXd(y.col(p) + value / (node.kernel * node.kernel))
                         : VectorXd(y.col(p).cwiseMax(value));
    }
  return y;
}

OracleMap DoubleOracle::map(const Node& node, const std::vector<const OracleMap*>& inputs, Index slot) const {
  const OracleMap& x = *inputs[0];
  const Shape& in = network_.graph.nodes[static_cast<std::size_t>(node.inputs[0])].shape;
  switch (node.op) {
    case OpKind::Conv2d:
      return convolve(node, x, in);
    case OpKind::Linear:
      return affine(node, x);
    case OpKind::BatchNorm: {
      const VectorXd sigma = (parameter(node, "running_var").array() + node.eps).sqrt();
      const VectorXd mean =
          absolute_ ? VectorXd(-parameter(node, "running_mean")) : parameter(node, "running_mean");
      const VectorXd scale = parameter(node, "weight").cwiseQuotient(sigma);
      return (scale.asDiagonal() * (x.colwise() - mean)).colwise() + parameter(node, "bias");
    }
    case OpKind::Relu:
      return x.cwiseMax(0.0);
    case OpKind::Prelu: {
      const OracleMap negative = parameter(node, "weight").asDiagonal() * x;
      return (x.array() < 0.0).select(negative, x);
    }
    case OpKind::Sigmoid:
      return x.unaryExpr([](double v) { return 1.0 / (1.0 + std::exp(-v)); });
    case OpKind::Tanh:
      return x.array().tanh();
    case OpKind::Add:
      return x + *inputs[1];
    case OpKind::AvgPool:
    case OpKind::MaxPool:
      return pool(node, x, in);
    case OpKind::Flatten: {
      const OracleMap turned = x.transpose();
      return Eigen::Map<const VectorXd>(turned.data(), turned.size());
    }
    default:
      return bind(node, x, slot);
  }
}

OracleValue DoubleOracle::superposed(const Node& node, const OracleValue& x) const {
  if (node.op == OpKind::Unbind) {
    const OracleMap all = affine(node, x[0]);
    OracleValue y;
    for (Index slot = 0; slot < node.slots; ++slot)
      y.emplace_back(all.middleRows(slot * x[0].rows(), x[0].rows()));
    return y;
  }
  OracleValue y(static_cast<std::size_t>(node.slots), OracleMap::Zero(x[0].rows(), x[0].cols()));
  for (std::size_t slot = 0; slot < x.size(); ++slot) y[slot % y.size()] += x[slot];
  if (node.op == OpKind::Merge)
    for (OracleMap& v : y) v *= static_cast<double>(y.size()) / static_cast<double>(x.size());
  return y;
}

OracleValue DoubleOracle::evaluate(const Node& node, const std::vector<OracleValue>& inputs) const {
  std::vector<OracleValue> x = inputs;
  if (absolute_)
    for (OracleValue& value : x)
      for (OracleMap& slot : value) slot = slot.cwiseAbs();
  if (node.op == OpKind::Bundle || node.op == OpKind::Unbind || node.op == OpKind::Merge)
    return superposed(node, x[0]);
  OracleValue y;
  for (std::size_t slot = 0; slot < static_cast<std::size_t>(node.slots); ++slot) {
    std::vector<const OracleMap*> operands;
    for (const OracleValue& value : x)
      operands.push_back(&value[slot % value.size()]);  // binding fills the slots
    y.push_back(map(node, operands, static_cast<Index>(slot)));
  }
  return y;
}

}  // namespace mimosa
