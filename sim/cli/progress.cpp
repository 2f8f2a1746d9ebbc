// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/progress.hpp"

#include <fmt/format.h>
#include <iostream>
#include <unistd.h>

#include "sim/cli/interrupt.hpp"

namespace mimosa {

Progress::Progress(bool quiet) : on_(!quiet && isatty(STDERR_FILENO) == 1) {
}

void Progress::show(const std::string& what, double share) {
  throw_if_interrupted();
  const auto now = std::chrono::steady_clock::now();
  if (!on_ || now < next_) return;
  next_ = now + std::chrono::milliseconds(100);
  std::cerr << fmt::format("\r\033[K{}{} {:.0f} %", prefix_, what, 100.0 * share) << std::flush;
  shown_ = true;
}

void Progress::clear() {
  if (shown_) std::cerr << "\r\033[K" << std::flush;
  shown_ = false;
}

}  // namespace mimosa
