// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <limits>
#include <string>

namespace mimosa {

/// Cycles that are written, both ends included.
struct TraceWindow {
  std::int64_t from = 0, to = std::numeric_limits<std::int64_t>::max();
};

/// What of a run is written down to be looked at. Empty texts: nothing.
struct TraceOptions {
  std::string vcd_glob;       ///< names of signals, or of modules with everything below; several by commas
  std::string vcd_path;       ///< the waveform; its .gtkw and .states stand beside it
  std::string timeline_path;  ///< Chrome trace-event JSON
  TraceWindow window;
  std::string kept_in = {};  ///< folder where the files end up, if they are moved there once whole
};

}  // namespace mimosa
