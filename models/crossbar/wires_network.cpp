// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/wires_network.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/base/error.hpp"

namespace mimosa {

namespace {

constexpr int most_steps = 50;
constexpr double settled = 1e-12;  ///< of the largest cell current

}  // namespace

WireNetwork::WireNetwork(const CellGrid& cells, const WireSpec& wires, std::span<const double> inputs_v,
                         std::string where)
    : rows_(cells.rows),
      cols_(cells.cols),
      wires_(wires),
      where_(std::move(where)),
      g_us_(cells.g_us.begin(), cells.g_us.end()),
      cell_ua_(g_us_.size()),
      word_end_(g_us_.size()),
      bit_end_(g_us_.size()),
      word_(g_us_.size()),
      bit_(g_us_.size()) {
  for (std::size_t i = 0; i < rows_; ++i) {
    if (wires_.topology == WireTopology::SeparateSource && inputs_v[i] == 0.0)
      std::fill_n(g_us_.begin() + static_cast<std::ptrdiff_t>(index(i, 0)), cols_, 0.0);
  }
  for (std::size_t l = 0; l < word_lines(); ++l)
    add_line(word_line(l), wires_.source_ohm + wires_.word_ohm, wires_.word_ohm, word_);
  for (std::size_t j = 0; j < cols_; ++j)
    add_line(bit_line(j), wires_.sense_ohm + wires_.bit_ohm, wires_.bit_ohm, bit_);
  x_.setZero(nodes_);
}

void WireNetwork::add_line(const std::vector<std::size_t>& from_end, double first_ohm, double ohm,
                           std::vector<int>& nodes) {
  int node = end;
  bool first = true;
  for (const std::size_t cell : from_end) {
    const double step = std::exchange(first, false) ? first_ohm : ohm;
    if (step > 0.0) {
      segments_.push_back({node, nodes_, 1e6 / step});
      node = nodes_++;
    }
    nodes[cell] = node;
  }
}

std::size_t WireNetwork::word_lines() const {
  return wires_.topology == WireTopology::InputSource ? rows_ : cols_;
}

/// Cells of a word or source line from its driver on.
std::vector<std::size_t> WireNetwork::word_line(std::size_t number) const {
  std::vector<std::size_t> line;
  if (wires_.topology == WireTopology::InputSource) {
    for (std::size_t j = 0; j < cols_; ++j) line.push_back(index(number, j));
  } else {
    for (std::size_t i = 0; i < rows_; ++i) line.push_back(index(i, number));
  }
  return line;
}

/// Cells of a bit line from its sense node on.
std::vector<std::size_t> WireNetwork::bit_line(std::size_t col) const {
  std::vector<std::size_t> line;
  for (std::size_t i = rows_; i-- > 0;) line.push_back(index(i, col));
  return line;
}

void WireNetwork::set_ends(std::span<const double> word_v, std::span<const double> bit_v) {
  for (std::size_t k = 0; k < g_us_.size(); ++k) {
    word_end_[k] = word_v[k / cols_];
    bit_end_[k] = bit_v[k % cols_];
  }
  x_.setZero();
}

void WireNetwork::cell_currents(const CellBend& bend, std::vector<double>& ua,
                                std::vector<double>& us) const {
  for (std::size_t k = 0; k < g_us_.size(); ++k) {
    const double v = across_v(k), size = std::abs(v);
    const double square = bend.square.empty() || g_us_[k] == 0.0 ? 0.0 : bend.square[k];
    const double cube = bend.cube.empty() || g_us_[k] == 0.0 ? 0.0 : bend.cube[k];
    ua[k] = v * (g_us_[k] + size * (square + size * cube));
    us[k] = g_us_[k] + size * (2.0 * square + 3.0 * size * cube);
  }
}

/// Current that leaves each node and comes from nowhere.
Eigen::VectorXd WireNetwork::surplus() const {
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(nodes_);
  for (const Segment& s : segments_) {
    const double ua = s.us * (offset(s.a) - offset(s.b));
    if (s.a != end) sum[s.a] += ua;
    sum[s.b] -= ua;
  }
  for (std::size_t k = 0; k < g_us_.size(); ++k) {
    if (word_[k] != end) sum[word_[k]] += cell_ua_[k];
    if (bit_[k] != end) sum[bit_[k]] -= cell_ua_[k];
  }
  return sum;
}

void WireNetwork::factorise(const std::vector<double>& slopes) {
  std::vector<Eigen::Triplet<double>> entries;
  const auto add = [&](int a, int b, double us) {
    if (a != end) entries.emplace_back(a, a, us);
    if (b != end) entries.emplace_back(b, b, us);
    if (a != end && b != end) entries.emplace_back(std::max(a, b), std::min(a, b), -us);
  };
  for (const Segment& s : segments_) add(s.a, s.b, s.us);
  for (std::size_t k = 0; k < slopes.size(); ++k) add(word_[k], bit_[k], slopes[k]);
  Eigen::SparseMatrix<double> matrix(nodes_, nodes_);
  matrix.setFromTriplets(entries.begin(), entries.end());
  factors_.compute(matrix);
}

int WireNetwork::solve(std::span<const double> word_v, std::span<const double> bit_v, const CellBend& bend) {
  const bool straight = bend.square.empty() && bend.cube.empty();
  set_ends(word_v, bit_v);
  std::vector<double> next(cell_ua_.size()), slopes(cell_ua_.size());
  cell_currents(bend, cell_ua_, slopes);
  if (nodes_ == 0) return 0;
  for (int step = 1; step <= most_steps; ++step) {
    if (!straight || !factorised_) factorise(slopes);
    factorised_ = straight;
    if (factors_.info() != Eigen::Success) break;
    x_ -= factors_.solve(surplus());
    cell_currents(bend, next, slopes);
    double change = 0.0, largest = 0.0;
    for (std::size_t k = 0; k < next.size(); ++k) {
      change = std::max(change, std::abs(next[k] - cell_ua_[k]));
      largest = std::max(largest, std::abs(next[k]));
    }
    cell_ua_.swap(next);
    if (!x_.allFinite()) break;
    if (change <= settled * largest) return step;
  }
  throw UserError(where_ + ": no operating point within " + std::to_string(most_steps) +
                  " Newton steps; cells whose current rises with their voltage are allowed");
}

std::vector<double> WireNetwork::word_ua() const {
  std::vector<double> ua(g_us_.size());
  for (std::size_t l = 0; l < word_lines(); ++l) {
    const auto line = word_line(l);
    const auto of_line = segment_ua(line, word_, wires_.source_ohm + wires_.word_ohm, wires_.word_ohm);
    for (std::size_t i = 0; i < line.size(); ++i) ua[line[i]] = of_line[i];
  }
  return ua;
}

std::vector<double> WireNetwork::bit_ua() const {
  std::vector<double> ua(g_us_.size());
  for (std::size_t j = 0; j < cols_; ++j) {
    const auto line = bit_line(j);
    const auto of_line = segment_ua(line, bit_, wires_.sense_ohm + wires_.bit_ohm, wires_.bit_ohm);
    for (std::size_t i = 0; i < line.size(); ++i) ua[line[i]] = -of_line[i];
  }
  return ua;
}

/// Currents away from the end in the segment before each cell: from the drop where there is one, otherwise
/// all that the cells from there on take.
std::vector<double> WireNetwork::segment_ua(const std::vector<std::size_t>& from_end,
                                            const std::vector<int>& nodes, double first_ohm,
                                            double ohm) const {
  std::vector<double> ua(from_end.size());
  const double sign = &nodes == &word_ ? 1.0 : -1.0;
  double taken = 0.0;
  for (std::size_t i = from_end.size(); i-- > 0;) {
    const std::size_t cell = from_end[i];
    const double step = i == 0 ? first_ohm : ohm;
    taken += sign * cell_ua_[cell];
    const double before = i == 0 ? 0.0 : offset(nodes[from_end[i - 1]]);
    ua[i] = step > 0.0 ? 1e6 / step * (before - offset(nodes[cell])) : taken;
  }
  return ua;
}

}  // namespace mimosa
