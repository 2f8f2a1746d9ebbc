// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "hw/chip/chip.hpp"
#include "traces/options.hpp"
#include "traces/signals.hpp"
#include "traces/vcd_file.hpp"
#include "traces/vcd_probes.hpp"

namespace mimosa {

/// A waveform of a chip: the signals whose names match a glob, heard where they change; the others cost
/// nothing. Make it after the chip and before it runs; the chip does not run after it has gone. The file is
/// closed with the object, on an exception too. Beside it stand a .gtkw file, which arranges the signals in
/// GTKWave, and a .states file with the names of the states.
class VcdTrace {
 public:
  /// UserError where nothing matches or a file cannot be written.
  VcdTrace(Chip& chip, const TraceOptions& options);
  /// Ends the waveform after cycle `end`. UserError where it could not be written whole.
  void close(std::int64_t end) { file_.close(end); }

 private:
  void watch(Chip& chip, std::size_t variable);
  void watch_tasks(Chip& chip, std::size_t variable, const std::vector<std::size_t>& tasks);

  const std::vector<Signal> signals_;
  VcdFile file_;
  std::vector<std::unique_ptr<Counts>> sums_;
  std::vector<std::unique_ptr<TaskProbe>> tasks_;
  std::vector<std::unique_ptr<ChannelProbe>> channels_;
  std::vector<std::unique_ptr<LinkProbe>> links_;
};

}  // namespace mimosa
