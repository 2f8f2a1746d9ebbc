// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mimosa {

/// What became of a piece of work.
struct WorkDone {
  std::size_t number = 0;
  std::string answer;  ///< whole, or empty where the process ended without giving it
  int signal = 0;      ///< that ended the process, or 0
  double wall_s = 0.0;
};

/// Processes that do one piece of work each, forked off a parent without threads (a forked child has only the
/// thread that forked). They die with their parent.
class Workers {
 public:
  /// `work` runs in the child; what it returns comes back by a pipe. It must not throw.
  explicit Workers(std::function<std::string(std::size_t)> work) : work_(std::move(work)) {}
  /// Kills those that still work.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// std::runtime_error where no process can be made.
  void start(std::size_t number);
  [[nodiscard]] std::size_t busy() const { return children_.size(); }
  /// Waits until a child is done, or for that long; those that are done.
  [[nodiscard]] std::vector<WorkDone> wait(int milliseconds);

 private:
  struct Child {
    std::size_t number = 0;
    pid_t process = 0;
    int pipe = -1;
    std::string received;
    double begun = 0.0;
  };
  [[nodiscard]] static WorkDone reap(Child& child);
  /// Whether the child has said all.
  [[nodiscard]] static bool receive(Child& child);

  std::function<std::string(std::size_t)> work_;
  std::vector<Child> children_;
};

/// "killed by signal 9 (Killed)"
[[nodiscard]] std::string signal_text(int signal);
/// Cores this process may run on.
[[nodiscard]] int usable_cores();

}  // namespace mimosa
