// SPDX-License-Identifier: Apache-2.0
// The network of badcrossbar (joksas, SoftwareX 2020), solved by block elimination down the rows. Currents
// in uA, conductances in uS, resistances in megohm: their products have no unit. A row's word line is a
// ladder, so its nodes are eliminated in closed form, and what remains of row i is a current source u_i V_i
// and a symmetric conductance A_i between its bit nodes. Looking up from the bit nodes b of a row, all rows
// above are a source and a conductance, c = J − Y b; a segment r of every bit line turns them into
// (1 + rY)⁻¹ J and (1 + rY)⁻¹ Y, the next row adds u and A. All of it is sums of positive terms or
// inverses of matrices near 1, so nothing cancels.
#include "models/crossbar/wires_exact.hpp"

#include <algorithm>
#include <cmath>

#include "models/crossbar/wires_sweep.hpp"

namespace mimosa {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A word line with its cells: voltages at its nodes for given ones at the bit nodes and the driver.
struct WordLine {
  VectorXd g;       ///< cells
  VectorXd source;  ///< node voltages for 1 V at the driver, bit nodes at ground
  VectorXd self;    ///< impedance to ground at a node, itself
  VectorXd kept;    ///< 1 − g · self
  VectorXd step;    ///< node voltage over that of the node before when the current comes from there

  WordLine(const double* row, Index n, const WireSpec& wires);
  /// Lower triangle of `y` += scale · A, the conductance between the bit nodes.
  void add_to(MatrixXd& y, double scale) const;
  /// Σ_k Z_jk g_k b_k for every j: node voltages that bit node voltages b cause.
  [[nodiscard]] VectorXd response(const VectorXd& b) const;
};

WordLine::WordLine(const double* row, Index n, const WireSpec& wires)
    : g(Eigen::Map<const VectorXd>(row, n)), source(n), self(n), kept(n), step(n) {
  const double ohm = 1e-6 * wires.word_ohm;
  VectorXd beyond = VectorXd::Zero(n);  // conductance to ground of all that lies right of a node
  for (Index j = n - 1; j >= 0; --j) {
    const double loss = 1.0 + ohm * (g[j] + beyond[j]);
    step[j] = 1.0 / loss;
    if (j > 0) beyond[j - 1] = (g[j] + beyond[j]) / loss;
  }
  double before = ohm + 1e-6 * wires.source_ohm;  // impedance to ground of all that lies left of a node
  for (Index j = 0; j < n; ++j) {
    const double loss = 1.0 + before * (g[j] + beyond[j]);
    source[j] = j == 0 ? 1.0 / loss : source[j - 1] * step[j];
    self[j] = before / loss;
    kept[j] = (1.0 + before * beyond[j]) / loss;
    before = ohm + before / (1.0 + before * g[j]);
  }
}

void WordLine::add_to(MatrixXd& y, double scale) const {
  const Index n = g.size();
  for (Index k = 0; k < n; ++k) {
    y(k, k) += scale * g[k] * kept[k];
    double coupled = scale * g[k] * self[k];
    for (Index j = k + 1; j < n; ++j) {
      coupled *= step[j];
      y(j, k) -= g[j] * coupled;
    }
  }
}

VectorXd WordLine::response(const VectorXd& b) const {
  const Index n = g.size();
  VectorXd w(n);
  double from_left = 0.0;  // Z_jk = self_k · step_(k+1) … step_j for k ≤ j, and Z is symmetric
  for (Index j = 0; j < n; ++j) {
    from_left = from_left * step[j] + self[j] * g[j] * b[j];
    w[j] = from_left;
  }
  double from_right = 0.0;
  for (Index j = n - 1; j-- > 0;) {
    from_right = step[j + 1] * (from_right + g[j + 1] * b[j + 1]);
    w[j] += self[j] * from_right;
  }
  return w;
}

/// The rows so far, seen from the bit nodes of the last one.
class RowsAbove {
 public:
  RowsAbove(Index n, const WireSpec& wires)
      : wires_(wires), scale_(1e-6 * (wires.bit_ohm > 0.0 ? wires.bit_ohm : wires.sense_ohm)) {
    if (scale_ > 0.0) x_.setZero(n, n);
  }
  void add(const WordLine& line) {
    if (scale_ > 0.0) line.add_to(x_, scale_);
  }
  /// Carries the currents (a column for every input) over a segment of the bit lines; returns −(1 + rY)⁻¹
  /// (lower triangle), empty for 1.
  MatrixXd pass_segment(Eigen::Ref<MatrixXd> currents) {
    if (wires_.bit_ohm == 0.0) return {};
    const Index n = x_.rows();
    const bool precise = wires_.sense_ohm > 1e3 * wires_.bit_ohm;
    MatrixXd s = x_;
    s.diagonal().array() += 1.0;
    if (!precise) {
      sweep(s, currents);
      x_ = s;
      x_.diagonal().array() += 1.0;  // rY (1 + rY)⁻¹ = 1 − (1 + rY)⁻¹, to rounding of 1
      return s;
    }
    // The sense resistance multiplies that rounding by sense_ohm / bit_ohm: the product itself instead.
    MatrixXd both(n, n + currents.cols());
    both.leftCols(n) = x_.selfadjointView<Eigen::Lower>();
    both.rightCols(currents.cols()) = currents;
    sweep(s, both);
    x_ = both.leftCols(n);
    currents = both.rightCols(currents.cols());
    return s;
  }
  /// The same over what lies between the last row and virtual ground.
  MatrixXd pass_end(Eigen::Ref<MatrixXd> currents) const {
    if (scale_ == 0.0) return {};
    MatrixXd s = x_ * (1e-6 * (wires_.bit_ohm + wires_.sense_ohm) / scale_);
    s.diagonal().array() += 1.0;
    sweep(s, currents);
    return s;
  }

 private:
  WireSpec wires_;
  double scale_;
  MatrixXd x_;  ///< scale_ · Y, lower triangle
};

/// Reciprocity: driving the outputs and reading the inputs gives the same conductances. That is the array
/// turned by half a turn and transposed.
CellGrid turned(const CellGrid& cells, std::vector<double>& storage) {
  storage.resize(cells.g_us.size());
  for (std::size_t i = 0; i < cells.rows; ++i) {
    for (std::size_t j = 0; j < cells.cols; ++j) {
      storage[(cells.cols - 1 - j) * cells.rows + (cells.rows - 1 - i)] = cells.g_us[i * cells.cols + j];
    }
  }
  return {.g_us = storage, .rows = cells.cols, .cols = cells.rows};
}

std::vector<double> conductances_by_rows(const CellGrid& cells, const WireSpec& wires) {
  const auto m = static_cast<Index>(cells.rows), n = static_cast<Index>(cells.cols);
  RowsAbove above(n, wires);
  MatrixXd currents(n, m);  // of the outputs for 1 V at each input
  for (Index i = 0; i < m; ++i) {
    const WordLine line(cells.g_us.data() + i * n, n, wires);
    above.add(line);
    currents.col(i) = line.g.cwiseProduct(line.source);
    if (i + 1 < m) {
      above.pass_segment(currents.leftCols(i + 1));
    } else {
      above.pass_end(currents);
    }
  }
  return {currents.data(), currents.data() + m * n};
}

/// Row by row: the current towards the sense nodes, and −(1 + rY)⁻¹ of the segment below.
struct RowState {
  VectorXd current;
  MatrixXd inverse;
};

RowState next_row(const CellGrid& cells, const WireSpec& wires, Index i, RowsAbove& above,
                  VectorXd& current) {
  const auto n = static_cast<Index>(cells.cols);
  const WordLine line(cells.g_us.data() + i * n, n, wires);
  above.add(line);
  current += line.g.cwiseProduct(line.source);
  RowState state{current, {}};
  state.inverse =
      i + 1 < static_cast<Index>(cells.rows) ? above.pass_segment(current) : above.pass_end(current);
  return state;
}

/// Bit node voltages of a row: columns 0 … n − 1 for 1 V at that output alone, column n for full input.
void climb(MatrixXd& bit_v, const RowState& row, double megohm) {
  bit_v.col(bit_v.cols() - 1) += megohm * row.current;
  if (row.inverse.size() > 0) bit_v = negative_product(row.inverse, bit_v);
}

void row_attenuations(const WordLine& line, const MatrixXd& bit_v, double* out) {
  const Index n = line.g.size();
  const VectorXd full = bit_v.col(n);
  const VectorXd across = line.source + line.response(full) - full;
  for (Index j = 0; j < n; ++j) {
    const VectorXd driven = bit_v.col(j);
    out[j] = across[j] * (driven[j] - line.response(driven)[j]);
  }
}

}  // namespace

std::vector<double> exact_conductances(const CellGrid& cells, const WireSpec& wires) {
  if (wires.bit_ohm == 0.0 || (wires.word_ohm > 0.0 && cells.cols <= cells.rows))
    return conductances_by_rows(cells, wires);
  std::vector<double> storage;
  WireSpec other = wires;
  std::swap(other.word_ohm, other.bit_ohm);
  std::swap(other.source_ohm, other.sense_ohm);
  std::vector<double> g = conductances_by_rows(turned(cells, storage), other);
  turned({.g_us = g, .rows = cells.cols, .cols = cells.rows}, storage);
  return storage;
}

std::vector<double> exact_attenuations(const CellGrid& cells, const WireSpec& wires) {
  const auto m = static_cast<Index>(cells.rows), n = static_cast<Index>(cells.cols);
  // The way back needs what the way down computed; a part of the rows at a time is done again, to save
  // memory.
  const auto part = std::max<Index>(1, static_cast<Index>(std::sqrt(static_cast<double>(m))));
  std::vector<std::pair<RowsAbove, VectorXd>> starts;
  RowsAbove above(n, wires);
  VectorXd current = VectorXd::Zero(n);
  for (Index i = 0; i < m; ++i) {
    if (i % part == 0) starts.emplace_back(above, current);
    if (i < (m - 1) / part * part) next_row(cells, wires, i, above, current);
  }
  std::vector<double> out(cells.g_us.size());
  MatrixXd bit_v = MatrixXd::Identity(n, n + 1);
  for (Index first = (m - 1) / part * part; first >= 0; first -= part) {
    auto& [rows_above, before] = starts.back();
    std::vector<RowState> rows;
    for (Index i = first; i < std::min(first + part, m); ++i)
      rows.push_back(next_row(cells, wires, i, rows_above, before));
    starts.pop_back();
    for (Index i = std::min(first + part, m); i-- > first; rows.pop_back()) {
      climb(bit_v, rows.back(), 1e-6 * (wires.bit_ohm + (i + 1 == m ? wires.sense_ohm : 0.0)));
      row_attenuations({cells.g_us.data() + i * n, n, wires}, bit_v, out.data() + i * n);
    }
  }
  return out;
}

}  // namespace mimosa
