// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
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
  [[nodiscard]] bool empty() const { return latest_ == nullptr; }
  /// `base`: the plane's weights without this noise. Valid until the calling thread asks for another pass, or
  /// for several other planes. Kept for the other threads while no other pass is asked for.
  [[nodiscard]] const ColumnMatrix<T>& in_pass(std::uint32_t pass, const ColumnMatrix<T>& base) const;

 private:
  /// One pass's; filled by the thread that is first to ask for it.
  struct Pass {
    std::uint32_t number = 0;
    std::once_flag once;
    ColumnMatrix<T> weights;
  };
  struct Latest {
    std::mutex mutex;
    std::shared_ptr<Pass> pass;
  };
  /// Devices of one part that switch between two conductances, as arrays over [rows][cols].
  struct Switches {
    std::uint64_t key = 0;
    std::size_t cols = 0;  ///< of the block, or 1
    bool unit = false;     ///< the unit column's, numbered by their rows
    std::vector<float> rate_hz;
    std::vector<std::uint32_t> high_share;  ///< in 2^-16
    std::vector<T> drop;                    ///< of the weight in the low state
  };

  [[nodiscard]] std::shared_ptr<Pass> shared_pass(std::uint32_t number, std::shared_ptr<Pass> spare) const;
  void fill(const ColumnMatrix<T>& base, Pass& pass) const;
  void add_noise(const ColumnMatrix<T>& base, Pass& pass) const;
  void draw(std::uint32_t pass, std::size_t row, std::size_t col, std::size_t width, float* normal) const;
  /// In `count` rows from `first` on.
  void add_switching(const ColumnMatrix<T>& base, std::size_t first, std::size_t count, Pass& pass) const;
  [[nodiscard]] std::uint32_t index(std::size_t row) const;

  std::size_t rows_ = 0, cols_ = 0, plane_cols_ = 0;
  std::uint32_t row0_ = 0, col0_ = 0, layer_cols_ = 0;
  double pass_s_ = 0.0;
  std::uint64_t key_ = 0, serial_ = 0;  ///< the latter tells this object's weights from others' in the cache
  ColumnMatrix<T> sigmas_;
  std::vector<Switches> switches_;
  std::shared_ptr<Latest> latest_;
};

extern template class PassWeights<float>;
extern template class PassWeights<double>;

}  // namespace mimosa
