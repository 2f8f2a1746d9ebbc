// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <Eigen/SparseCholesky>
#include <span>
#include <string>
#include <vector>

#include "models/crossbar/wires_nodes.hpp"

namespace mimosa {

/// The nodes of an array with wires. Each belongs to a line and is held as its difference from the line's end
/// (driver or virtual ground), so that small drops keep their digits; 0 ohm makes nodes one, or the end
/// itself.
class WireNetwork {
 public:
  /// `inputs_v` [rows]; with separate sources only whether they are 0 (row off) matters here.
  WireNetwork(const CellGrid& cells, const WireSpec& wires, std::span<const double> inputs_v,
              std::string where);

  /// Voltages of the ends: `word_v` [rows] (separate source: the same for all, or 0), `bit_v` [cols]. Newton
  /// steps taken. Throws UserError.
  int solve(std::span<const double> word_v, std::span<const double> bit_v, const CellBend& bend = {});

  [[nodiscard]] double word_v(std::size_t cell) const { return word_end_[cell] + offset(word_[cell]); }
  [[nodiscard]] double bit_v(std::size_t cell) const { return bit_end_[cell] + offset(bit_[cell]); }
  [[nodiscard]] double across_v(std::size_t cell) const {
    return (word_end_[cell] - bit_end_[cell]) + (offset(word_[cell]) - offset(bit_[cell]));
  }
  [[nodiscard]] const std::vector<double>& cell_ua() const { return cell_ua_; }
  /// Currents of the segments before each cell on its word (source) line, and behind it on its bit line.
  [[nodiscard]] std::vector<double> word_ua() const;
  [[nodiscard]] std::vector<double> bit_ua() const;

 private:
  static constexpr int end = -1;  ///< in place of a node: the end of its line
  struct Segment {
    int a, b;
    double us;
  };
  [[nodiscard]] double offset(int node) const { return node == end ? 0.0 : x_[node]; }
  [[nodiscard]] std::size_t index(std::size_t row, std::size_t col) const { return row * cols_ + col; }
  void add_line(const std::vector<std::size_t>& from_end, double first_ohm, double ohm,
                std::vector<int>& nodes);
  [[nodiscard]] std::vector<std::size_t> word_line(std::size_t number) const;
  [[nodiscard]] std::vector<std::size_t> bit_line(std::size_t col) const;
  [[nodiscard]] std::size_t word_lines() const;
  void set_ends(std::span<const double> word_v, std::span<const double> bit_v);
  /// Currents into uA and slopes dI/dV into uS at the voltages of now.
  void cell_currents(const CellBend& bend, std::vector<double>& ua, std::vector<double>& us) const;
  [[nodiscard]] Eigen::VectorXd surplus() const;
  void factorise(const std::vector<double>& slopes);
  [[nodiscard]] std::vector<double> segment_ua(const std::vector<std::size_t>& from_end,
                                               const std::vector<int>& nodes, double first_ohm,
                                               double ohm) const;

  std::size_t rows_, cols_;
  WireSpec wires_;
  std::string where_;
  std::vector<double> g_us_, cell_ua_, word_end_, bit_end_;
  std::vector<int> word_, bit_;  ///< node of each cell on either line
  std::vector<Segment> segments_;
  int nodes_ = 0;
  Eigen::VectorXd x_;
  Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> factors_;
  bool factorised_ = false;  ///< for straight cells
};

}  // namespace mimosa
