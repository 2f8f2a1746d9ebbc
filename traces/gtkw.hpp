// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "traces/options.hpp"
#include "traces/signals.hpp"

namespace mimosa {

/// Writes, beside the waveform `options.vcd_path`, what GTKWave needs to show it well: a .gtkw file that
/// groups the signals by module, says what each module is there for and draws energies as curves, and a
/// .states file that names the states. UserError where one cannot be written.
void write_gtkw(const std::vector<Signal>& signals, const Program& program, const TraceOptions& options);

/// The text of a .gtkw file whose .states file is now `states`, a whole path.
[[nodiscard]] std::string with_states_at(const std::string& gtkw, const std::string& states);

/// "0 idle", "1 load", …: what the numbers of a state signal stand for, in GTKWave's form.
[[nodiscard]] std::string state_names();

}  // namespace mimosa
