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
bool polled = false;
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

sigset_t block_interrupts() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
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
  const sigset_t signals = block_interrupts();
  std::thread(wait_for_signals, signals).detach();
}

void poll_interrupts() {
  block_interrupts();
  polled = true;
}

int interrupt_signal() {
  if (polled && received == 0) {
    const sigset_t signals = block_interrupts();
    constexpr timespec at_once{.tv_sec = 0, .tv_nsec = 0};
    if (const int signal = sigtimedwait(&signals, nullptr, &at_once); signal > 0) received = signal;
  }
  return received;
}

void throw_if_interrupted() {
  if (interrupt_signal() != 0) throw std::runtime_error("interrupted");
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
