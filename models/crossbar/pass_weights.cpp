// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/pass_weights.hpp"

#include <algorithm>
#include <array>
#include <atomic>

#include "models/base/random.hpp"
#include "models/crossbar/column_ops.hpp"

namespace mimosa {
namespace {

constexpr std::size_t kept_planes = 8;

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

template <class T>  // NOLINTNEXTLINE(readability-function-size): a block is three arguments
PassWeights<T>::PassWeights(Plane<T>& plane, const ArraySite& site, std::size_t rows, std::size_t cols,
                            std::uint32_t number, double pass_s)
    : rows_(rows),
      cols_(cols),
      plane_cols_(plane.weights.size() / rows),
      row0_(static_cast<std::uint32_t>(site.row0)),
      col0_(static_cast<std::uint32_t>(site.col0)),
      layer_cols_(site.layer_cols > 0 ? static_cast<std::uint32_t>(site.layer_cols)
                                      : static_cast<std::uint32_t>(cols)),
      pass_s_(pass_s),
      key_(random_key({site.seed, site.chip, site.layer, site.replica, number}, Effect::PassNoise)),
      serial_(next_serial()),
      sigmas_(std::move(plane.pass_sigmas)),
      switching_(std::move(plane.switching)) {
  if (!sigmas_.empty() || !switching_.empty()) weights_ = plane.weights;
}

template <class T>
std::uint32_t PassWeights<T>::index(std::size_t row) const {
  return (row0_ + static_cast<std::uint32_t>(row)) * layer_cols_ + col0_;
}

template <class T>
void PassWeights<T>::add_noise(std::uint32_t pass, std::size_t row, T* weights) const {
  if (sigmas_.empty()) return;
  thread_local std::vector<float> normal;
  normal.resize(plane_cols_);
  normals(key_, pass, 0, index(row), {normal.data(), cols_});
  if (plane_cols_ > cols_)  // the unit column of this block of columns
    normals(random_subkey(key_, col0_), pass, 0, row0_ + static_cast<std::uint32_t>(row),
            {normal.data() + cols_, 1});
  add_product(sigmas_.data() + row * plane_cols_, normal.data(), plane_cols_, weights);
}

template <class T>
void PassWeights<T>::add_switching(std::uint32_t pass, std::size_t row, T* weights) const {
  const double time_s = static_cast<double>(pass) * pass_s_;
  for (const SwitchingCells& part : switching_)
    for (std::size_t c = 0; c < part.cols; ++c) {
      const Telegraph& cell = part.cells[row * part.cols + c];
      const std::uint32_t number =
          part.unit ? row0_ + static_cast<std::uint32_t>(row) : index(row) + static_cast<std::uint32_t>(c);
      const double events = time_s * static_cast<double>(cell.rate_hz),
                   share = static_cast<double>(cell.high_share);
      if (!telegraph_is_high(part.key, number, events, share))
        weights[(part.unit ? cols_ : 0) + c] -= static_cast<T>(part.sign * static_cast<double>(cell.drop_us));
    }
}

template <class T>
void PassWeights<T>::fill(std::uint32_t pass, ColumnMatrix<T>& now) const {
  if (now.rows() != rows_ || now.cols() != plane_cols_) now = ColumnMatrix<T>(rows_, plane_cols_);
  thread_local std::vector<T> row;
  for (std::size_t r = 0; r < rows_; ++r) {
    const auto first = weights_.begin() + static_cast<std::ptrdiff_t>(r * plane_cols_);
    row.assign(first, first + static_cast<std::ptrdiff_t>(plane_cols_));
    add_noise(pass, r, row.data());
    add_switching(pass, r, row.data());
    now.set_row(r, row.data());
  }
}

/// The calling thread keeps the weights of a few planes and passes: reads of one block of vectors take turns
/// among the planes, and a block may reach into a second pass.
template <class T>
const ColumnMatrix<T>& PassWeights<T>::in_pass(std::uint32_t pass) const {
  struct Kept {
    std::uint64_t serial = 0, used = 0;
    std::uint32_t pass = 0;
    ColumnMatrix<T> weights;
  };
  thread_local std::array<Kept, kept_planes> cache;
  thread_local std::uint64_t clock = 0;
  const auto found = std::find_if(cache.begin(), cache.end(), [&](const Kept& kept) {
    return kept.serial == serial_ && kept.pass == pass;
  });
  const auto oldest = std::min_element(cache.begin(), cache.end(),
                                       [](const Kept& a, const Kept& b) { return a.used < b.used; });
  Kept& kept = found != cache.end() ? *found : *oldest;
  kept.used = ++clock;
  if (found == cache.end()) {
    fill(pass, kept.weights);
    kept.serial = serial_;
    kept.pass = pass;
  }
  return kept.weights;
}

template class PassWeights<float>;
template class PassWeights<double>;

}  // namespace mimosa
