// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/interrupt.hpp"

#include <atomic>
#include <csignal>
#include <mutex>
#include <pthread.h>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <unistd.h>

namespace mimosa {
namespace {

constexpr timespec patience{.tv_sec = 2, .tv_nsec = 0};

std::atomic<int> received{0};
std::mutex mutex;  // of what follows
const std::function<void()>* last_will = nullptr;
bool patient = false;

[[noreturn]] void leave(int signal) {
  if (last_will != nullptr) (*last_will)();
  const std::string_view text =
      isatty(STDERR_FILENO) == 1 ? "\r\033[Kmimosa: interrupted\n" : "mimosa: interrupted\n";
  [[maybe_unused]] const ssize_t told = write(STDERR_FILENO, text.data(), text.size());
  _exit(128 + signal);
}

void wait_for_signals(sigset_t signals) {
  int first = 0, second = 0;
  sigwait(&signals, &first);
  received = first;
  // A timeout is the answer -1.
  second = sigtimedwait(&signals, nullptr, &patience);
  for (;;) {
    {
      const std::lock_guard lock(mutex);
      if (second > 0 || !patient) leave(first);
    }
    sigwait(&signals, &second);
  }
}

}  // namespace

void watch_interrupts() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread(wait_for_signals, signals).detach();
}

int interrupt_signal() {
  return received;
}

void throw_if_interrupted() {
  if (received != 0) throw std::runtime_error("interrupted");
}

void leave_interrupted() {
  const std::lock_guard lock(mutex);
  leave(received);
}

LastWill::LastWill(std::function<void()> will, bool is_patient) : will_(std::move(will)) {
  const std::lock_guard lock(mutex);
  last_will = &will_;
  patient = is_patient;
}

void LastWill::withdraw() {
  const std::lock_guard lock(mutex);
  if (last_will == &will_) patient = true;
  last_will = nullptr;
}

}  // namespace mimosa
