// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/interrupt.hpp"

#include <csignal>
#include <stdexcept>
#include <unistd.h>

namespace mimosa {
namespace {

volatile std::sig_atomic_t received = 0;

extern "C" void remember(int signal) {
  if (received != 0) _exit(128 + signal);
  received = signal;
}

}  // namespace

void watch_interrupts() {
  std::signal(SIGINT, remember);
  std::signal(SIGTERM, remember);
}

int interrupt_signal() {
  return received;
}

void throw_if_interrupted() {
  if (received != 0) throw std::runtime_error("interrupted");
}

}  // namespace mimosa
