// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <functional>
#include <optional>
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
  int worker = 0;  ///< of which process
};

/// Processes that do one piece of work at a time, and the next one when they are told, so that what one left
/// in memory is there for the next. They are forked off a parent without threads (a forked child has only the
/// thread that forked), and die with it. One that ends has done so alone: the next piece gets a new one.
class Workers {
 public:
  /// `work` runs in the child; what it returns comes back by a socket. It must not throw.
  explicit Workers(std::function<std::string(std::size_t)> work) : work_(std::move(work)) {}
  /// Kills them all.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// By that worker, who must be idle, or where it is gone or none is named, by a new one. Who does it;
  /// std::runtime_error where no process can be made.
  int start(std::size_t number, std::optional<int> worker = {});
  [[nodiscard]] std::size_t busy() const;
  /// Waits until a worker is done, or for that long; those that are done.
  [[nodiscard]] std::vector<WorkDone> wait(int milliseconds);

 private:
  struct Child {
    int name = 0;
    pid_t process = 0;
    int socket = -1;
    std::optional<std::size_t> number;  ///< of what it works on
    std::string received;
    double begun = 0.0;
  };
  [[nodiscard]] Child fork_child();
  [[noreturn]] void serve(int socket) const;
  /// Whether it could be told.
  [[nodiscard]] static bool tell(Child& child, std::size_t number);
  /// Whether the child has answered or ended; the latter closes its socket.
  [[nodiscard]] static bool receive(Child& child);
  [[nodiscard]] static WorkDone take_answer(Child& child);
  /// The signal that ended it, or 0.
  static int reap(Child& child);

  std::function<std::string(std::size_t)> work_;
  std::vector<Child> children_;
  int names_ = 0;
};

/// "killed by signal 9 (Killed)"
[[nodiscard]] std::string signal_text(int signal);
/// Cores this process may run on.
[[nodiscard]] int usable_cores();

}  // namespace mimosa
