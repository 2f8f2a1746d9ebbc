// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>

namespace mimosa {

/// One line on standard error that tells how far a run is; silent where that is no terminal.
class Progress {
 public:
  explicit Progress(bool quiet);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// What the following shares belong to, e.g. "point 3 of 12".
  void set_prefix(const std::string& prefix) { prefix_ = prefix; }
  /// Throws where the user interrupted.
  void show(const std::string& what, double share);
  void clear();

 private:
  bool on_ = false, shown_ = false;
  std::string prefix_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace mimosa
