// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <systemc>

#include "hw/chip/chip.hpp"

namespace mimosa {

/// A waveform of a chip: opcode (0: none, else 1 + the instruction's), pass and iteration of every task whose
/// hierarchical name matches a glob. Make it after the chip and before it runs; the file is closed with the
/// object, on an exception too.
class VcdTrace {
 public:
  /// Writes `path`.vcd. UserError when no task matches.
  VcdTrace(const Chip& chip, const std::string& glob, const std::string& path);

 private:
  std::unique_ptr<sc_core::sc_trace_file, void (*)(sc_core::sc_trace_file*)> file_;
};

}  // namespace mimosa
