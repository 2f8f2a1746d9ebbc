// SPDX-License-Identifier: Apache-2.0
// Lines are ladders: with the cells' far ends at known voltages, all that lies beyond a cell is a conductance
// Y and a current J, and a segment r turns them into Y / (1 + rY) and J / (1 + rY); sums of positive terms,
// for any r from 0 on. A word-line solve followed by a bit-line solve maps bit voltages b to A b + c, with A
// = M⁻¹ B, M of the bit lines and B = G W⁻¹ G of the word lines, both symmetric. 1 − A is therefore
// self-adjoint in the product xᵀ B y, and conjugate gradients in it need neither M nor 1 / r.
#include "models/crossbar/wires_lines.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mimosa {
namespace {

constexpr int most_newton_steps = 50, most_gradient_steps = 400;
constexpr double settled = 1e-12;   ///< change of the cell currents, of the largest
constexpr double balanced = 1e-14;  ///< residual of the bit voltages, of the largest input

double largest(std::span<const double> values) {
  double most = 0.0;
  for (const double v : values) most = std::max(most, std::abs(v));
  return most;
}

double product(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
  return sum;
}

bool is_separate(const WireSpec& wires) {
  return wires.topology == WireTopology::SeparateSource;
}

Ladders::Shape word_shape(std::size_t rows, std::size_t cols, const WireSpec& wires) {
  const auto width = static_cast<std::ptrdiff_t>(cols);
  const double first_ohm = wires.source_ohm + wires.word_ohm;
  if (is_separate(wires)) return {0, width, 1, rows, cols, first_ohm, wires.word_ohm};
  return {0, 1, width, cols, rows, first_ohm, wires.word_ohm};
}

Ladders::Shape bit_shape(std::size_t rows, std::size_t cols, const WireSpec& wires) {
  const auto width = static_cast<std::ptrdiff_t>(cols), height = static_cast<std::ptrdiff_t>(rows);
  return {(height - 1) * width, -width, 1, rows, cols, wires.sense_ohm + wires.bit_ohm, wires.bit_ohm};
}

}  // namespace

Ladders::Ladders(const Shape& shape)
    : shape_(shape),
      group_(shape.across == 1 ? shape.count : 8),
      step_(shape.length * shape.count),
      carried_(shape.length * shape.count) {
}

template <class Visit>
void Ladders::towards_ends(const Visit& visit) const {
  for (std::size_t first = 0; first < shape_.count; first += group_) {
    const std::size_t last = std::min(shape_.count, first + group_);
    for (std::size_t place = shape_.length; place-- > 0;)
      for (std::size_t line = first; line < last; ++line) visit(line, place);
  }
}

template <class Visit>
void Ladders::from_ends(const Visit& visit) const {
  for (std::size_t first = 0; first < shape_.count; first += group_) {
    const std::size_t last = std::min(shape_.count, first + group_);
    for (std::size_t place = 0; place < shape_.length; ++place)
      for (std::size_t line = first; line < last; ++line) visit(line, place);
  }
}

void Ladders::factorise(const std::vector<double>& us) {
  towards_ends([&](std::size_t line, std::size_t place) {
    const std::size_t k = cell(line, place);
    double beyond = us[k];
    if (place + 1 < shape_.length) {
      const std::size_t next = cell(line, place + 1);
      beyond += carried_[next] * step_[next];
    }
    carried_[k] = beyond;
    step_[k] = 1.0 / (1.0 + megohm(place) * beyond);
  });
}

void Ladders::solve(const std::vector<double>& ua, std::span<const double> end_v, std::vector<double>& v) {
  towards_ends([&](std::size_t line, std::size_t place) {
    const std::size_t k = cell(line, place);
    double beyond = ua[k];
    if (place + 1 < shape_.length) {
      const std::size_t next = cell(line, place + 1);
      beyond += carried_[next] * step_[next];
    }
    carried_[k] = beyond;
  });
  from_ends([&](std::size_t line, std::size_t place) {
    const std::size_t k = cell(line, place);
    const double before = place > 0 ? v[cell(line, place - 1)] : end_v.empty() ? 0.0 : end_v[line];
    v[k] = (before + megohm(place) * carried_[k]) * step_[k];
  });
}

WireLines::WireLines(std::size_t rows, std::size_t cols, const WireSpec& wires, std::string where)
    : rows_(rows),
      cols_(cols),
      wires_(wires),
      where_(std::move(where)),
      word_(word_shape(rows, cols, wires)),
      bit_(bit_shape(rows, cols, wires)) {
  for (auto* of_cells : {&across_v_, &word_v_, &bit_v_, &slope_us_, &rest_ua_, &cell_ua_, &source_,
                         &residual_, &coupled_residual_, &direction_, &coupled_, &image_})
    of_cells->resize(rows * cols);
}

/// Currents and their slopes at the voltages of now; a row that is switched off carries none.
void WireLines::linearise(std::span<const double> g_us, const CellBend& bend,
                          std::span<const double> inputs_v) {
  for (std::size_t k = 0; k < g_us.size(); ++k) {
    const bool off = g_us[k] == 0.0 || (is_separate(wires_) && inputs_v[k / cols_] == 0.0);
    const double v = across_v_[k], size = std::abs(v);
    const double g = off ? 0.0 : g_us[k];
    const double square = off || bend.square.empty() ? 0.0 : bend.square[k];
    const double cube = off || bend.cube.empty() ? 0.0 : bend.cube[k];
    cell_ua_[k] = v * (g + size * (square + size * cube));
    slope_us_[k] = g + size * (2.0 * square + 3.0 * size * cube);
    rest_ua_[k] = cell_ua_[k] - slope_us_[k] * v;
  }
}

/// Currents of the cells into bit lines at ground, that bit lines at `bit_v` cause through the word lines.
void WireLines::couple(const std::vector<double>& bit_v, std::vector<double>& ua) {
  for (std::size_t k = 0; k < ua.size(); ++k) source_[k] = slope_us_[k] * bit_v[k];
  word_.solve(source_, {}, ua);
  for (std::size_t k = 0; k < ua.size(); ++k) ua[k] *= slope_us_[k];
}

/// Word lines for the bit lines of now, then the bit lines for these.
void WireLines::sweep(std::span<const double> end_v, std::vector<double>& bit_v) {
  for (std::size_t k = 0; k < source_.size(); ++k) source_[k] = slope_us_[k] * bit_v_[k] - rest_ua_[k];
  word_.solve(source_, end_v, word_v_);
  for (std::size_t k = 0; k < source_.size(); ++k) source_[k] = slope_us_[k] * word_v_[k] + rest_ua_[k];
  bit_.solve(source_, {}, bit_v);
}

/// False where the gradients do not settle.
bool WireLines::settle(std::span<const double> end_v) {
  word_.factorise(slope_us_);
  bit_.factorise(slope_us_);
  const double limit = balanced * largest(end_v);
  sweep(end_v, residual_);
  for (std::size_t k = 0; k < residual_.size(); ++k) residual_[k] -= bit_v_[k];
  couple(residual_, coupled_residual_);
  direction_ = residual_;
  coupled_ = coupled_residual_;
  double size = product(residual_, coupled_residual_);
  for (int step = 0; largest(residual_) > limit; ++step) {
    if (step == most_gradient_steps || !std::isfinite(size)) return false;
    bit_.solve(coupled_, {}, image_);
    for (std::size_t k = 0; k < image_.size(); ++k) image_[k] = direction_[k] - image_[k];
    const double along = product(image_, coupled_);
    const double length = along > 0.0 ? size / along : 1.0;  // 0: nothing couples back, one sweep is all
    for (std::size_t k = 0; k < image_.size(); ++k) {
      bit_v_[k] += length * direction_[k];
      residual_[k] -= length * image_[k];
    }
    couple(residual_, coupled_residual_);
    const double before = size;
    size = product(residual_, coupled_residual_);
    const double kept = before > 0.0 ? size / before : 0.0;
    for (std::size_t k = 0; k < image_.size(); ++k) {
      direction_[k] = residual_[k] + kept * direction_[k];
      coupled_[k] = coupled_residual_[k] + kept * coupled_[k];
    }
  }
  sweep(end_v, bit_v_);
  for (std::size_t k = 0; k < across_v_.size(); ++k) across_v_[k] = word_v_[k] - bit_v_[k];
  return true;
}

void WireLines::solve(std::span<const double> g_us, const CellBend& bend, std::span<const double> inputs_v,
                      std::span<double> out_ua) {
  const std::vector<double> volts = driver_volts(wires_, inputs_v, where_);
  std::vector<double> end_v(volts);
  if (is_separate(wires_)) end_v.assign(cols_, volts[0]);
  std::fill(bit_v_.begin(), bit_v_.end(), 0.0);
  for (std::size_t k = 0; k < across_v_.size(); ++k) across_v_[k] = volts[k / cols_];
  const bool straight = bend.square.empty() && bend.cube.empty();
  linearise(g_us, bend, inputs_v);
  bool done = false;
  for (int step = 0; step < most_newton_steps && !done; ++step) {
    const std::vector<double> before = cell_ua_;
    if (!settle(end_v)) break;
    linearise(g_us, bend, inputs_v);
    double change = 0.0;
    for (std::size_t k = 0; k < before.size(); ++k)
      change = std::max(change, std::abs(cell_ua_[k] - before[k]));
    done = straight || change <= settled * largest(cell_ua_);
  }
  if (!done) cell_ua_ = solve_nodes({g_us, rows_, cols_}, wires_, inputs_v, where_, bend).cell_ua;
  std::fill(out_ua.begin(), out_ua.end(), 0.0);
  for (std::size_t k = 0; k < cell_ua_.size(); ++k) out_ua[k % cols_] += cell_ua_[k];
}

}  // namespace mimosa
