// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/wires.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "models/base/error.hpp"
#include "models/base/portable_math.hpp"
#include "models/crossbar/wires_exact.hpp"
#include "models/crossbar/wires_network.hpp"

namespace mimosa {

namespace {

/// The largest load of a line, and of word lines times bit lines, that the line level takes.
constexpr double most_load = 10.0, most_product = 1.0;

/// A set of lines of the array: the end's resistance, and conductances from the end on.
struct LineSet {
  double ohm, end_ohm;
  std::size_t length;
  std::vector<double> us;  ///< sum over each line's cells

  /// (length · segment + end) · ΣG
  [[nodiscard]] double load(std::size_t line) const {
    return 1e-6 * us[line] * (static_cast<double>(length) * ohm + end_ohm);
  }
};

/// Share of its end's voltage that each cell of a distributed line sees, from the end on: the mean of
/// cosh(√a (1 − x)) / cosh √a over the cell's part of the line, a = length · ohm · ΣG; and an end resistance
/// R keeps 1 / (1 + R ΣG tanh(√a) / √a) of it.
std::vector<double> distributed_shares(const LineSet& lines, std::size_t line) {
  const auto n = static_cast<double>(lines.length);
  const double a = 1e-6 * n * lines.ohm * lines.us[line], root = std::sqrt(a);
  const bool short_line = a < 1e-6;  // two terms of the series are exact to a²
  const double input = short_line ? 1.0 - a / 3.0 : portable_tanh(root) / root;
  const double kept = 1.0 / (1.0 + 1e-6 * lines.end_ohm * lines.us[line] * input);
  const auto sinh_over_cosh = [&](double x) {  // sinh(√a (1 − x)) / cosh √a
    return (portable_exp(-root * x) - portable_exp(-root * (2.0 - x))) / (1.0 + portable_exp(-2.0 * root));
  };
  std::vector<double> shares(lines.length);
  double before = short_line ? 0.0 : sinh_over_cosh(0.0);
  for (std::size_t k = 0; k < lines.length; ++k) {
    const double x = (static_cast<double>(k) + 0.5) / n;
    if (short_line) {
      shares[k] = kept * (1.0 - a / 2.0 * (1.0 - (1.0 - x) * (1.0 - x) - 1.0 / (12.0 * n * n)));
      continue;
    }
    const double behind = sinh_over_cosh((static_cast<double>(k) + 1.0) / n);
    shares[k] = kept * n * (before - behind) / root;
    before = behind;
  }
  return shares;
}

double largest_load(const LineSet& lines, std::size_t& line) {
  double most = 0.0;
  for (std::size_t l = 0; l < lines.us.size(); ++l) {
    if (lines.load(l) <= most) continue;
    most = lines.load(l);
    line = l;
  }
  return most;
}

/// UserError where lines are no longer independent of each other, or not of how their cells are spread.
void check_loads(const LineSet& word, const LineSet& bit, const std::string& where) {
  std::size_t row = 0, col = 0;
  const double word_load = largest_load(word, row), bit_load = largest_load(bit, col);
  const auto refuse_line = [&](const char* what, std::size_t number, double load) {
    if (load <= most_load) return;
    throw UserError(fmt::format(
        "{}: resistance x conductance of {} {} is {:.6g}, too much for chip.wires.level line; up to {} is "
        "allowed, or level exact",
        where, what, number, load, most_load));
  };
  refuse_line("row", row, word_load);
  refuse_line("column", col, bit_load);
  if (word_load * bit_load <= most_product) return;
  throw UserError(
      fmt::format("{}: resistance x conductance of row {} times that of column {} is {:.6g}, too much for "
                  "chip.wires.level line; up to {} is allowed, or level exact",
                  where, row, col, word_load * bit_load, most_product));
}

/// Share [rows][cols] of the input that each cell sees, every line for itself.
std::vector<double> line_shares(const CellGrid& cells, const WireSpec& wires, const std::string& where) {
  LineSet word{wires.word_ohm, wires.source_ohm, cells.cols, std::vector<double>(cells.rows)};
  LineSet bit{wires.bit_ohm, wires.sense_ohm, cells.rows, std::vector<double>(cells.cols)};
  for (std::size_t k = 0; k < cells.g_us.size(); ++k) {
    word.us[k / cells.cols] += cells.g_us[k];
    bit.us[k % cells.cols] += cells.g_us[k];
  }
  check_loads(word, bit, where);
  std::vector<double> shares(cells.g_us.size());
  for (std::size_t i = 0; i < cells.rows; ++i) {
    const std::vector<double> along = distributed_shares(word, i);
    std::copy(along.begin(), along.end(), shares.begin() + static_cast<std::ptrdiff_t>(i * cells.cols));
  }
  for (std::size_t j = 0; j < cells.cols; ++j) {
    const std::vector<double> up = distributed_shares(bit, j);
    for (std::size_t k = 0; k < cells.rows; ++k) shares[(cells.rows - 1 - k) * cells.cols + j] *= up[k];
  }
  return shares;
}

/// Each column of its own lines; at full input all rows are on.
std::vector<double> separate_attenuations(const CellGrid& cells, const WireSpec& wires,
                                          const std::string& where) {
  const std::vector<double> full(cells.rows, 1.0), ground(cells.rows);
  WireNetwork network(cells, wires, full, where);
  network.solve(full, std::vector<double>(cells.cols));
  std::vector<double> shares(cells.g_us.size());
  for (std::size_t k = 0; k < shares.size(); ++k) shares[k] = network.across_v(k);
  network.solve(ground, std::vector<double>(cells.cols, 1.0));
  for (std::size_t k = 0; k < shares.size(); ++k) shares[k] *= -network.across_v(k);
  return shares;
}

/// NeuroSim 1.4, Param.cpp; the barriers follow from its values with and without them.
struct CopperWire {
  int node_nm;
  double width_nm, aspect, resistivity_e8, barrier_nm;
};
constexpr std::array<CopperWire, 9> copper_wires = {{{130, 175, 1.6, 2.01, 10.0},
                                                     {65, 105, 1.7, 2.21, 7.0},
                                                     {45, 80, 1.7, 2.37, 5.0},
                                                     {32, 56, 1.8, 2.63, 4.0},
                                                     {22, 40, 1.9, 2.97, 2.5},
                                                     {14, 32, 2.0, 3.25, 2.5},
                                                     {10, 22, 2.0, 3.95, 2.0},
                                                     {7, 20, 2.0, 4.17, 2.0},
                                                     {5, 15, 2.0, 4.98, 2.0}}};

}  // namespace

const char* name_of(WireLevel level) {
  switch (level) {
    case WireLevel::Ideal:
      return "ideal";
    case WireLevel::Line:
      return "line";
    case WireLevel::Exact:
      break;
  }
  return "exact";
}

bool has_resistance(const WireSpec& spec) {
  return spec.word_ohm > 0.0 || spec.bit_ohm > 0.0 || spec.source_ohm > 0.0 || spec.sense_ohm > 0.0;
}

void check(const WireSpec& spec) {
  if (spec.level != WireLevel::Line) return;
  if (spec.topology == WireTopology::SeparateSource)
    throw UserError(
        "chip.wires.level: line knows no source lines; with topology separate_source, ideal and "
        "exact are allowed");
}

std::vector<double> effective_conductances(const CellGrid& cells, const WireSpec& wires,
                                           const std::string& where) {
  check(wires);
  std::vector<double> g(cells.g_us.begin(), cells.g_us.end());
  if (wires.level == WireLevel::Ideal || !has_resistance(wires)) return g;
  if (wires.topology == WireTopology::SeparateSource)
    throw UserError(where +
                    ": chip.wires.topology separate_source has no effective conductances, its currents are "
                    "not linear in the inputs; input_source is allowed, or 0 ohm everywhere");
  if (wires.level == WireLevel::Exact) return exact_conductances(cells, wires);
  const std::vector<double> shares = line_shares(cells, wires, where);
  for (std::size_t k = 0; k < g.size(); ++k) g[k] *= shares[k];
  return g;
}

std::vector<double> noise_attenuations(const CellGrid& cells, const WireSpec& wires,
                                       const std::string& where) {
  check(wires);
  if (wires.level == WireLevel::Ideal || !has_resistance(wires))
    return std::vector<double>(cells.g_us.size(), 1.0);
  if (wires.topology == WireTopology::SeparateSource) return separate_attenuations(cells, wires, where);
  if (wires.level == WireLevel::Exact) return exact_attenuations(cells, wires);
  std::vector<double> shares = line_shares(cells, wires, where);
  for (double& share : shares) share *= share;  // the cell's voltage, and the way of its current
  return shares;
}

double wire_ohm_per_cell(int node_nm, double pitch_f, WireBarrier barrier, double kelvin) {
  const auto* wire = std::find_if(copper_wires.begin(), copper_wires.end(),
                                  [&](const CopperWire& w) { return w.node_nm == node_nm; });
  if (wire == copper_wires.end())
    throw UserError(
        fmt::format("wires at {} nm are not known; 130, 65, 45, 32, 22, 14, 10, 7 and 5 nm are "
                    "allowed",
                    node_nm));
  const double section_nm2 = wire->aspect * wire->width_nm * wire->width_nm;
  const double lost_nm2 = (2.0 * wire->aspect + 1.0) * wire->width_nm * wire->barrier_nm;
  const double resistivity = 1e-8 * wire->resistivity_e8 * (1.0 + 0.00451 * std::abs(kelvin - 300.0)) /
                             (barrier == WireBarrier::Included ? 1.0 - lost_nm2 / section_nm2 : 1.0);
  return pitch_f * wire->width_nm * 1e-9 * resistivity / (section_nm2 * 1e-18);
}

}  // namespace mimosa
