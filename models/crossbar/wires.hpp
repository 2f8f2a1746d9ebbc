// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace mimosa {

/// How the resistance of the lines is treated: not at all, as distributed lines that do not see each other,
/// or by solving the whole network.
enum class WireLevel { Ideal, Line, Exact };
/// InputSource: current enters along the word line. SeparateSource: word lines only switch the cells, current
/// enters along a source line beside each bit line.
enum class WireTopology { InputSource, SeparateSource };

/// Resistances of the lines of an array, in ohm; segments are between neighbouring cells, and between the
/// first or last cell and its driver or sense node. Word lines are driven before their first column, bit
/// lines end behind their last row in a virtual ground. With SeparateSource word_ohm and source_ohm are those
/// of the source lines, driven before the first row. Not modelled: capacitance, sharing of a line by a pair.
struct WireSpec {
  WireLevel level = WireLevel::Ideal;
  WireTopology topology = WireTopology::InputSource;
  double word_ohm = 0.0, bit_ohm = 0.0;      ///< one segment
  double source_ohm = 0.0, sense_ohm = 0.0;  ///< of a driver, of a sense node, beside their segment
};

/// The one place that names the keys, units, limits and meanings of a WireSpec.
template <class Visitor>
void describe(Visitor& v, WireSpec& s) {
  v.choice("level", s.level, "how the resistance of the lines is treated",
           {{"ideal", WireLevel::Ideal}, {"line", WireLevel::Line}, {"exact", WireLevel::Exact}});
  v.choice("topology", s.topology, "where the current of a cell comes from",
           {{"input_source", WireTopology::InputSource}, {"separate_source", WireTopology::SeparateSource}});
  v.field("word_ohm", s.word_ohm, "ohm", "word line (separate_source: source line) from cell to cell", 0.0,
          1e6);
  v.field("bit_ohm", s.bit_ohm, "ohm", "bit line from cell to cell", 0.0, 1e6);
  v.field("source_ohm", s.source_ohm, "ohm", "driver of a word line, beside its segment", 0.0, 1e6);
  v.field("sense_ohm", s.sense_ohm, "ohm", "sense node of a bit line, beside its segment", 0.0, 1e6);
}

/// As `chip.wires.level` names it.
[[nodiscard]] const char* name_of(WireLevel level);

/// True where a resistance is given.
[[nodiscard]] bool has_resistance(const WireSpec& spec);

/// Cross-field rules: level line knows no source lines. UserError.
void check(const WireSpec& spec);

/// Cell conductances [rows = word lines][cols = bit lines], uS, row-major.
struct CellGrid {
  std::span<const double> g_us;
  std::size_t rows = 0, cols = 0;
};

/// The conductances [rows][cols] in uS that ideal wires would need for the same currents: I_j = Σ_i V_i ·
/// G_ij. `where` names the array in errors (UserError: line level outside its range, topology whose currents
/// are not linear in the inputs).
///
/// Exact: the whole network, to about 1e-12 of the largest current; 0 ohm is exact, not a small number. Time
/// grows with rows · cols · min(rows, cols)².
///
/// Line: every line as a distributed one that carries its cells' conductance evenly, all others at the
/// voltages of their ends. By reciprocity a cell's current that arrives is G V s_word s_bit, with s the share
/// of its end's voltage that a line has at the cell, cosh(√a (1 − x)) / cosh √a, a = cells · segment · ΣG.
/// Against the exact network, 64 to 256 rows, inputs of both signs, column sums, rms: ideal word lines within
/// 1.7 % for a ≤ 1 and 7 % for a ≤ 10; both kinds of lines, a ≤ 1, within 6 %. Refused above 10, and where
/// the largest a of the word lines times that of the bit lines (drivers and sense nodes included) is above 1.
[[nodiscard]] std::vector<double> effective_conductances(const CellGrid& cells, const WireSpec& wires,
                                                         const std::string& where);

/// Share [rows][cols] of a small change of each cell's conductance that arrives in its column's current when
/// every word line is at full input: attenuation of read noise. By reciprocity the cell's voltage over the
/// input, times its voltage when the column's output alone is driven with 1 V. The change a cell makes in
/// other columns, through its word line, is left out (`noise_attenuation_errors` measures it).
[[nodiscard]] std::vector<double> noise_attenuations(const CellGrid& cells, const WireSpec& wires,
                                                     const std::string& where);

/// Whether the barrier that lines a copper wire takes from its cross-section.
enum class WireBarrier { Ignored, Included };
/// Ohm of a wire from cell to cell at 130, 65, 45, 32, 22, 14, 10, 7 or 5 nm, `pitch_f` wire widths apart (4
/// or 12 for 1T1R, 2 for a crosspoint): ρ/(W² AR) as in NeuroSim 1.4 (Param.cpp), whose barrier correction is
/// inert, hence Ignored; ρ rises by 0.451 % per kelvin from 300 K. UserError for other nodes.
[[nodiscard]] double wire_ohm_per_cell(int node_nm, double pitch_f, WireBarrier barrier,
                                       double kelvin = 300.0);

}  // namespace mimosa
