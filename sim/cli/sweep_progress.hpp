// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "sim/config/sweep_spec.hpp"

namespace mimosa {

/// How far a sweep is, on standard error: one line that changes on a terminal, elsewhere a line a minute and,
/// where it will take longer than 5 s, one as soon as the first points tell so.
class SweepProgress {
 public:
  /// `first`: how many points are the first ones; `best`: the first objective, if there is one.
  SweepProgress(bool quiet, std::size_t total, std::size_t done_before, std::size_t first,
                std::optional<Objective> best);
  ~SweepProgress() { clear(); }
  SweepProgress(const SweepProgress&) = delete;
  SweepProgress& operator=(const SweepProgress&) = delete;

  /// A point ended; `figure`: what the objective is worth there.
  void add(bool ok, std::optional<double> figure);
  /// Points that need not run: of earlier runs, or drawn again.
  void skip(std::size_t points) { before_ += points; }
  void tick(std::size_t busy);
  /// Takes the line off a terminal.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  /// Seconds a point took so far, all processes together; 0: not known.
  [[nodiscard]] double each_s() const;
  [[nodiscard]] double left_s() const;
  [[nodiscard]] std::string text(std::size_t busy) const;

  bool on_ = false, terminal_ = false, shown_ = false;
  std::size_t total_ = 0, before_ = 0, first_ = 0, done_ = 0, failed_ = 0;
  std::optional<Objective> objective_;
  std::optional<double> best_;
  Clock::time_point begun_ = Clock::now(), next_ = Clock::now();
};

/// "45 s", "12 min", "3 h 20 min", "2 d 4 h"
[[nodiscard]] std::string about(double seconds);

}  // namespace mimosa
