// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "models/crossbar/column_matrix.hpp"
#include "models/crossbar/planes.hpp"

namespace mimosa {

/// Weights of a plane whose noise is slower than a pass: one draw a cell and pass, so that all MVMs of the
/// pass see it. A pass's weights depend on nothing but its number.
template <class T>
class PassWeights {
 public:
  PassWeights() = default;
  /// Empty where the plane does not change from pass to pass. `cols`: of the block, a unit column beyond.
  PassWeights(Plane<T>& plane, const ArraySite& site, std::size_t rows, std::size_t cols,
              std::uint32_t number, double pass_s);
  [[nodiscard]] bool empty() const { return weights_.empty(); }
  /// The calling thread's, until it asks for several others.
  [[nodiscard]] const ColumnMatrix<T>& in_pass(std::uint32_t pass) const;

 private:
  void fill(std::uint32_t pass, ColumnMatrix<T>& now) const;
  void add_noise(std::uint32_t pass, std::size_t row, T* weights) const;
  void add_switching(std::uint32_t pass, std::size_t row, T* weights) const;
  [[nodiscard]] std::uint32_t index(std::size_t row) const;

  std::size_t rows_ = 0, cols_ = 0, plane_cols_ = 0;
  std::uint32_t row0_ = 0, col0_ = 0, layer_cols_ = 0;
  double pass_s_ = 0.0;
  std::uint64_t key_ = 0, serial_ = 0;  ///< the latter tells this object's weights from others' in the cache
  std::vector<T> weights_, sigmas_;
  std::vector<SwitchingCells> switching_;
};

extern template class PassWeights<float>;
extern template class PassWeights<double>;

}  // namespace mimosa
