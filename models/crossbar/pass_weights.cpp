// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/pass_weights.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <numeric>
#include <span>

#include "models/base/random.hpp"
#include "models/crossbar/column_ops.hpp"
#include "models/device/telegraph.hpp"

namespace mimosa {
namespace {

constexpr std::size_t kept_planes = 8;
/// Rows of switching cells looked at together: they stay in the cache.
constexpr std::size_t rows_at_once = 8;

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

/// The fence makes what the last other owner read happen before what this one writes.
template <class Pointed>
bool is_only_owner(const std::shared_ptr<Pointed>& pointer) {
  if (pointer.use_count() != 1) return false;
  std::atomic_thread_fence(std::memory_order_acquire);
  return true;
}

/// weights[i] -= drop[i] where `high` is 0 and not 1; without a branch, which could not be predicted.
template <class T>
void drop_low(const std::uint32_t* high, const T* drop, std::size_t size, T* weights) {
  for (std::size_t i = 0; i < size; ++i)
    weights[i] -= static_cast<T>(1 - static_cast<std::int32_t>(high[i])) * drop[i];
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
      sigmas_(std::move(plane.pass_sigmas), rows, plane.weights.size() / rows) {
  for (const SwitchingCells& part : plane.switching) {
    Switches to{
        .key = part.key, .cols = part.cols, .unit = part.unit, .rate_hz = {}, .high_share = {}, .drop = {}};
    for (const Telegraph& cell : part.cells) {
      to.rate_hz.push_back(cell.rate_hz);
      to.high_share.push_back(telegraph_share(static_cast<double>(cell.high_share)));
      to.drop.push_back(static_cast<T>(part.sign * static_cast<double>(cell.drop_us)));
    }
    switches_.push_back(std::move(to));
  }
  if (!sigmas_.empty() || !switches_.empty()) latest_ = std::make_shared<Latest>();
}

template <class T>
std::uint32_t PassWeights<T>::index(std::size_t row) const {
  return (row0_ + static_cast<std::uint32_t>(row)) * layer_cols_ + col0_;
}

/// Of columns [col, col + width), a unit column among them where they reach beyond the block's.
template <class T>
void PassWeights<T>::draw(std::uint32_t pass, std::size_t row, std::size_t col, std::size_t width,
                          float* normal) const {
  const std::size_t of_block = std::min(width, cols_ - std::min(col, cols_));
  normals(key_, pass, 0, index(row) + static_cast<std::uint32_t>(col), {normal, of_block});
  if (of_block < width)
    normals(random_subkey(key_, col0_), pass, 0, row0_ + static_cast<std::uint32_t>(row),
            {normal + of_block, 1});
}

/// A piece at a time: few columns, so that the pieces of their panels can be in the cache together, and many
/// rows, so that memory is read in long runs.
template <class T>
void PassWeights<T>::add_noise(const ColumnMatrix<T>& base, Pass& pass) const {
  constexpr std::size_t piece_rows = 32, piece_cols = 8 * PackedMatrix::panel;
  float* normal = scratch<float>(3, piece_rows * piece_cols);
  for (std::size_t col = 0; col < plane_cols_; col += piece_cols) {
    const std::size_t width = std::min(piece_cols, plane_cols_ - col);
    for (std::size_t first = 0; first < rows_; first += piece_rows) {
      const std::size_t count = std::min(piece_rows, rows_ - first);
      for (std::size_t r = 0; r < count; ++r)
        draw(pass.number, first + r, col, width, normal + r * piece_cols);
      pass.weights.set_perturbed(base, sigmas_, first, count, col, width, normal, piece_cols);
    }
  }
}

template <class T>
void PassWeights<T>::add_switching(const ColumnMatrix<T>& base, std::size_t first, std::size_t count,
                                   Pass& pass) const {
  thread_local std::vector<std::uint32_t> devices, high;
  thread_local std::vector<T> rows;
  rows.resize(count * plane_cols_);
  (sigmas_.empty() ? base : pass.weights).get_rows(first, count, rows.data());
  const double time_s = static_cast<double>(pass.number) * pass_s_;
  for (const Switches& part : switches_) {
    const std::size_t cols = part.cols, begin = first * cols, size = count * cols;
    devices.resize(size);
    high.resize(size);
    for (std::size_t r = 0; r < count; ++r)
      std::iota(devices.data() + r * cols, devices.data() + (r + 1) * cols,
                part.unit ? row0_ + static_cast<std::uint32_t>(first + r) : index(first + r));
    telegraph_states(
        part.key, time_s,
        {devices, std::span(part.rate_hz).subspan(begin), std::span(part.high_share).subspan(begin)}, high);
    for (std::size_t r = 0; r < count; ++r)
      drop_low(high.data() + r * cols, part.drop.data() + begin + r * cols, cols,
               rows.data() + r * plane_cols_ + (part.unit ? cols_ : 0));
  }
  pass.weights.set_rows(first, count, rows.data());
}

template <class T>
void PassWeights<T>::fill(const ColumnMatrix<T>& base, Pass& pass) const {
  if (pass.weights.rows() != rows_ || pass.weights.cols() != plane_cols_)
    pass.weights = ColumnMatrix<T>(rows_, plane_cols_);
  if (!sigmas_.empty()) add_noise(base, pass);
  for (std::size_t first = 0; first < rows_ && !switches_.empty(); first += rows_at_once)
    add_switching(base, first, std::min(rows_at_once, rows_ - first), pass);
}

/// `spare` was the calling thread's; its storage, or that of the pass before, is used again if nobody else
/// looks at it.
template <class T>
auto PassWeights<T>::shared_pass(std::uint32_t number, std::shared_ptr<Pass> spare) const
    -> std::shared_ptr<Pass> {
  const std::lock_guard lock(latest_->mutex);
  std::shared_ptr<Pass>& latest = latest_->pass;
  if (latest && latest->number == number) return latest;
  if (spare == latest)
    latest.reset();
  else if (!is_only_owner(spare))
    spare = std::move(latest);
  latest = std::make_shared<Pass>();
  latest->number = number;
  if (is_only_owner(spare)) latest->weights = std::move(spare->weights);
  return latest;
}

/// The calling thread keeps the weights of a few planes, of one pass each: reads of a block of vectors take
/// turns among the planes.
template <class T>
const ColumnMatrix<T>& PassWeights<T>::in_pass(std::uint32_t pass, const ColumnMatrix<T>& base) const {
  struct Kept {
    std::uint64_t serial = 0, used = 0;
    std::shared_ptr<Pass> pass;
  };
  thread_local std::array<Kept, kept_planes> cache;
  thread_local std::uint64_t clock = 0;
  auto kept = std::find_if(cache.begin(), cache.end(), [&](const Kept& k) { return k.serial == serial_; });
  if (kept == cache.end())
    kept = std::min_element(cache.begin(), cache.end(),
                            [](const Kept& a, const Kept& b) { return a.used < b.used; });
  kept->used = ++clock;
  if (kept->serial != serial_ || kept->pass->number != pass) {
    kept->serial = 0;  // until its pass is known
    kept->pass = shared_pass(pass, std::move(kept->pass));
    std::call_once(kept->pass->once, [&] { fill(base, *kept->pass); });
    kept->serial = serial_;
  }
  return kept->pass->weights;
}

template class PassWeights<float>;
template class PassWeights<double>;

}  // namespace mimosa
