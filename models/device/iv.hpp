// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "models/device/cell_range.hpp"

// Current of a cell over its voltage.
namespace mimosa {

enum class IvLaw { Linear, Cubic };

struct IvSpec {
  IvLaw law = IvLaw::Linear;
  std::vector<double> n2 = {7.063e-3, 5.711e-3, 1.541e-3, 1.388e-4};
  std::vector<double> n3 = {1.2968e-3, 6.7919e-4, 8.8710e-5};
  double v_max_v = 0.5, v_read_v = 0.2;
};

template <class Visitor>
void describe(Visitor& v, IvSpec& s) {
  v.choice("law", s.law, "current over voltage", {{"linear", IvLaw::Linear}, {"cubic", IvLaw::Cubic}});
  v.used_by({"cubic"}, [&](auto& m) {
    m.list("n2", s.n2, "A/V^2", "N2: coefficients of 1, x, x^2, … with x = log10(G in S)", -1.0, 1.0, 6);
    m.list("n3", s.n3, "A/V^3", "N3: coefficients of 1, x, x^2, … with x = log10(G in S)", -1.0, 1.0, 6);
    m.field("v_max_v", s.v_max_v, "V", "largest voltage the fit holds for", 1e-3, 10.0);
    m.field("v_read_v", s.v_read_v, "V", "voltage of a full input", 1e-3, 10.0);
  });
}

/// I = G V + N2 V² + N3 V³ with G in S, V in V, I in A, N2 and N3 polynomials of log10 G: CrossSim
/// devices/custom/RRAM_Milo.py (Milo, IRPS 2021).
struct CubicIv {
  double g_s = 0.0, n2 = 0.0, n3 = 0.0;
  [[nodiscard]] double current_a(double v) const { return g_s * v + n2 * v * v + n3 * v * v * v; }
};

/// The law at conductance g; `scale` multiplies N2 and N3. A linear law, and g = 0, give G V alone.
[[nodiscard]] CubicIv cubic_iv(const IvSpec& spec, double g_us, double scale);

/// The law of a cell whose conductance errors and noise may take out of g_min … g_max, where the fit holds
/// and its polynomials stay small: beyond, the bend over the conductance is that of the nearer end. Our
/// choice.
[[nodiscard]] CubicIv cell_iv(const IvSpec& spec, const CellRange& range, double g_us, double scale);

}  // namespace mimosa
