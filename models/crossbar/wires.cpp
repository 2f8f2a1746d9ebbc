// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/wires.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "models/base/error.hpp"
#include "models/crossbar/wires_exact.hpp"
#include "models/crossbar/wires_network.hpp"

namespace mimosa {

namespace {

void check_line_ohm(const char* key, double ohm) {
  if (ohm == 0.0) return;
  throw UserError(
      fmt::format("chip.wires.{}: {} ohm, but chip.wires.level line knows the resistance of bit "
                  "lines only; 0 is allowed, or level exact",
                  key, ohm));
}

/// rows · bit_ohm · Σ G of every column; UserError where the series does not hold.
std::vector<double> line_loads(const CellGrid& cells, const WireSpec& wires, const std::string& where) {
  std::vector<double> loads(cells.cols);
  for (std::size_t k = 0; k < cells.g_us.size(); ++k) loads[k % cells.cols] += cells.g_us[k];
  for (std::size_t j = 0; j < cells.cols; ++j) {
    loads[j] *= 1e-6 * wires.bit_ohm * static_cast<double>(cells.rows);
    if (loads[j] < 1.0) continue;
    throw UserError(fmt::format(
        "{}: rows x chip.wires.bit_ohm x conductance of column {} is {:.6g}, too much for chip.wires.level "
        "line; below 1 is allowed, or level exact",
        where, j, loads[j]));
  }
  return loads;
}

/// Share [rows][cols] of the input that each cell sees at full input.
std::vector<double> line_shares(const CellGrid& cells, const WireSpec& wires, const std::string& where) {
  const std::vector<double> loads = line_loads(cells, wires, where);
  std::vector<double> shares(cells.g_us.size());
  for (std::size_t i = 0; i < cells.rows; ++i) {
    const double place = static_cast<double>(cells.rows - 1 - i) / static_cast<double>(cells.rows);
    const double weight = 1.0 - (1.0 - place) * (1.0 - place);
    for (std::size_t j = 0; j < cells.cols; ++j) {
      const double a = loads[j];  // aihwkit's applyIrDrop
      shares[i * cells.cols + j] = 1.0 - a * (0.05 * a * a - 0.2 * a + 0.5) * weight;
    }
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

bool has_resistance(const WireSpec& spec) {
  return spec.word_ohm > 0.0 || spec.bit_ohm > 0.0 || spec.source_ohm > 0.0 || spec.sense_ohm > 0.0;
}

void check(const WireSpec& spec) {
  if (spec.level != WireLevel::Line) return;
  if (spec.topology == WireTopology::SeparateSource)
    throw UserError(
        "chip.wires.level: line knows no source lines; with topology separate_source, ideal and "
        "exact are allowed");
  check_line_ohm("word_ohm", spec.word_ohm);
  check_line_ohm("source_ohm", spec.source_ohm);
  check_line_ohm("sense_ohm", spec.sense_ohm);
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
