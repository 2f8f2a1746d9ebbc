// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/wires_nodes.hpp"

#include <cmath>

#include "models/base/error.hpp"
#include "models/crossbar/wires_network.hpp"

namespace mimosa {

namespace {

double squared(double x) {
  return x * x;
}

}  // namespace

std::vector<double> driver_volts(const WireSpec& wires, std::span<const double> inputs_v,
                                 const std::string& where) {
  std::vector<double> volts(inputs_v.begin(), inputs_v.end());
  if (wires.topology == WireTopology::InputSource) return volts;
  double full = 0.0;
  for (const double v : inputs_v) {
    if (v == 0.0) continue;
    if (full != 0.0 && v != full)
      throw UserError(where +
                      ": inputs of several voltages where chip.wires.topology is separate_source; 0 "
                      "and one other voltage are allowed");
    full = v;
  }
  volts.assign(volts.size(), full);
  return volts;
}

WireSolution solve_nodes(const CellGrid& cells, const WireSpec& wires, std::span<const double> inputs_v,
                         const std::string& where, const CellBend& bend) {
  WireNetwork network(cells, wires, inputs_v, where);
  WireSolution out;
  out.iterations = network.solve(driver_volts(wires, inputs_v, where), std::vector<double>(cells.cols), bend);
  out.cell_ua = network.cell_ua();
  out.word_ua = network.word_ua();
  out.bit_ua = network.bit_ua();
  out.out_ua.assign(cells.cols, 0.0);
  for (std::size_t k = 0; k < out.cell_ua.size(); ++k) {
    out.word_v.push_back(network.word_v(k));
    out.bit_v.push_back(network.bit_v(k));
    out.out_ua[k % cells.cols] += out.cell_ua[k];
  }
  return out;
}

std::vector<double> noise_attenuation_errors(const CellGrid& cells, const WireSpec& wires,
                                             std::span<const double> sigma_us,
                                             std::span<const double> inputs_v, const std::string& where) {
  const std::vector<double> volts = driver_volts(wires, inputs_v, where), ground(cells.rows);
  const std::vector<double> shares = noise_attenuations(cells, wires, where);
  WireNetwork network(cells, wires, inputs_v, where);
  network.solve(volts, std::vector<double>(cells.cols));
  std::vector<double> across(sigma_us.size()), errors;
  for (std::size_t k = 0; k < across.size(); ++k) {
    const bool off = wires.topology == WireTopology::SeparateSource && inputs_v[k / cells.cols] == 0.0;
    across[k] = off ? 0.0 : network.across_v(k);
  }
  for (std::size_t j = 0; j < cells.cols; ++j) {
    std::vector<double> outputs_v(cells.cols);
    outputs_v[j] = 1.0;
    network.solve(ground, outputs_v);
    double exact = 0.0, ours = 0.0;
    for (std::size_t k = 0; k < across.size(); ++k)
      exact += squared(sigma_us[k] * across[k] * network.across_v(k));
    for (std::size_t i = 0; i < cells.rows; ++i) {
      const std::size_t k = i * cells.cols + j;
      ours += squared(sigma_us[k] * shares[k] * inputs_v[i]);
    }
    errors.push_back(exact > 0.0 ? std::sqrt(ours / exact) - 1.0 : 0.0);
  }
  return errors;
}

}  // namespace mimosa
