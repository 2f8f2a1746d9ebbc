// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <Eigen/Core>
#include <vector>

#include "models/nn/graph.hpp"

namespace mimosa {

/// One slot's value, channels × positions (position = y · width + x), in double.
using OracleMap = Eigen::MatrixXd;
/// The slots of one pass.
using OracleValue = std::vector<OracleMap>;

/// Every operation written straight from its definition, one pass in double: shares no code with the
/// reference. `absolute` takes every weight and input by its magnitude: the sum of the magnitudes of all
/// terms, which bounds the rounding error of an fp32 sum.
class DoubleOracle {
 public:
  DoubleOracle(const Network& network, bool absolute) : network_(network), absolute_(absolute) {}
  [[nodiscard]] OracleValue evaluate(const Node& node, const std::vector<OracleValue>& inputs) const;

 private:
  [[nodiscard]] Eigen::VectorXd parameter(const Node& node, const char* name) const;
  [[nodiscard]] OracleMap convolve(const Node& node, const OracleMap& x, const Shape& in) const;
  [[nodiscard]] OracleMap affine(const Node& node, const OracleMap& x) const;
  [[nodiscard]] OracleMap bind(const Node& node, const OracleMap& x, Eigen::Index slot) const;
  [[nodiscard]] OracleMap pool(const Node& node, const OracleMap& x, const Shape& in) const;
  [[nodiscard]] OracleMap map(const Node& node, const std::vector<const OracleMap*>& x,
                              Eigen::Index slot) const;
  [[nodiscard]] OracleValue superposed(const Node& node, const OracleValue& x) const;

  const Network& network_;
  const bool absolute_;
};

}  // namespace mimosa
