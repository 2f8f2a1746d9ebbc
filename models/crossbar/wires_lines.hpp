// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "models/crossbar/wires_nodes.hpp"

namespace mimosa {

/// One of the two sets of lines of an array, each a ladder: resistances from its end on, cells that lead to
/// known voltages.
class Ladders {
 public:
  /// `first`: cell at the ends of line 0; the next one on the same line is `along` cells on, its neighbour on
  /// the next line `across`. Resistances in ohm: before the first cell, and between cells.
  struct Shape {
    std::ptrdiff_t first, along, across;
    std::size_t length, count;
    double first_ohm, ohm;
  };
  explicit Ladders(const Shape& shape);
  /// Cells of slope `us` [cells].
  void factorise(const std::vector<double>& us);
  /// Voltages of the nodes for currents `ua` [cells] of short-circuited cells into them and voltages `end_v`
  /// of the ends [lines]; empty: 0.
  void solve(const std::vector<double>& ua, std::span<const double> end_v, std::vector<double>& v);

 private:
  [[nodiscard]] double megohm(std::size_t place) const {
    return 1e-6 * (place == 0 ? shape_.first_ohm : shape_.ohm);
  }
  [[nodiscard]] std::size_t cell(std::size_t line, std::size_t place) const {
    return static_cast<std::size_t>(shape_.first + static_cast<std::ptrdiff_t>(line) * shape_.across +
                                    static_cast<std::ptrdiff_t>(place) * shape_.along);
  }
  /// Visits groups of lines cell by cell, from the ends on or towards them.
  template <class Visit>
  void towards_ends(const Visit& visit) const;
  template <class Visit>
  void from_ends(const Visit& visit) const;

  Shape shape_;
  std::size_t group_;  ///< lines visited together
  std::vector<double> step_, carried_;
};

/// Currents of the columns of an array with wires, solved anew for every read: for cells that differ from
/// read to read or are not linear, of which no effective matrix exists. Newton's iteration over the cells; in
/// each step conjugate gradients on the bit lines' voltages, with one sweep along every line as their unit of
/// work, some ten of them where a line loses less than half of its voltage. To about 1e-12 of the largest
/// current, as `solve_nodes`, to which it turns where the gradients do not settle.
class WireLines {
 public:
  WireLines(std::size_t rows, std::size_t cols, const WireSpec& wires, std::string where);
  /// Output currents [cols] in uA for inputs [rows] in V. Throws UserError, see `solve_nodes`.
  void solve(std::span<const double> g_us, const CellBend& bend, std::span<const double> inputs_v,
             std::span<double> out_ua);

 private:
  [[nodiscard]] bool settle(std::span<const double> end_v);
  void linearise(std::span<const double> g_us, const CellBend& bend, std::span<const double> inputs_v);
  void sweep(std::span<const double> end_v, std::vector<double>& bit_v);
  void couple(const std::vector<double>& bit_v, std::vector<double>& ua);

  std::size_t rows_, cols_;
  WireSpec wires_;
  std::string where_;
  Ladders word_, bit_;
  std::vector<double> across_v_, word_v_, bit_v_;
  std::vector<double> slope_us_, rest_ua_, cell_ua_;  ///< current = slope · voltage + rest
  std::vector<double> source_, residual_, coupled_residual_, direction_, coupled_, image_;
};

}  // namespace mimosa
