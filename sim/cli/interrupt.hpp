// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>

namespace mimosa {

/// From now on a thread waits for SIGINT and SIGTERM; call it before there are other threads. The first
/// signal is remembered, and whoever asks ends by itself. A second one, or two seconds in which nobody asked,
/// ends the process with status 128 + signal.
void watch_interrupts();
/// From now on signals wait until somebody asks for them: for a process without threads, which asks often.
void poll_interrupts();
/// The signal that came, or 0.
[[nodiscard]] int interrupt_signal();
/// Throws where one came. Called where a run reports progress, so that files are put away by destructors.
void throw_if_interrupted();

/// Ends the process as interrupted, once it has put its files away.
[[noreturn]] void leave_interrupted();

/// While it lives, what is done before the process is ended in the midst of its work: no destructor will run.
class LastWill {
 public:
  /// `patient`: only a second signal ends the process. One will at a time.
  LastWill(std::function<void()> will, bool patient);
  ~LastWill() { withdraw(); }
  LastWill(const LastWill&) = delete;
  LastWill& operator=(const LastWill&) = delete;
  /// From now on nothing is done, and only a second signal ends the process.
  void withdraw();

 private:
  std::function<void()> will_;
};

}  // namespace mimosa
