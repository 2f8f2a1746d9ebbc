// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/sweep_progress.hpp"

#include <cmath>
#include <fmt/format.h>
#include <iostream>
#include <unistd.h>

namespace mimosa {

SweepProgress::SweepProgress(bool quiet, std::size_t total, std::size_t done_before, std::size_t first,
                             std::optional<Objective> best)
    : on_(!quiet),
      terminal_(isatty(STDERR_FILENO) == 1),
      total_(total),
      before_(done_before),
      first_(first),
      objective_(std::move(best)) {
  if (!terminal_) next_ += std::chrono::minutes(1);
}

void SweepProgress::add(bool ok, std::optional<double> figure) {
  ++done_;
  failed_ += ok ? 0 : 1;
  if (!terminal_ && done_ == first_ && left_s() > 5.0) next_ = Clock::now();
  if (!figure || !objective_) return;
  if (!best_ || (objective_->maximise ? *figure > *best_ : *figure < *best_)) best_ = figure;
}

double SweepProgress::each_s() const {
  if (done_ == 0) return 0.0;
  return std::chrono::duration<double>(Clock::now() - begun_).count() / static_cast<double>(done_);
}

double SweepProgress::left_s() const {
  return each_s() * static_cast<double>(total_ - before_ - done_);
}

std::string SweepProgress::text(std::size_t busy) const {
  std::string text = fmt::format("{}/{} points", before_ + done_, total_);
  if (const double each = each_s(); each > 0.0) {
    text += each <= 1.0 ? fmt::format(", {:.1f}/s", 1.0 / each) : fmt::format(", {} each", about(each));
    text += fmt::format(", {} left", about(left_s()));
  }
  text += fmt::format(", {} at work", busy);
  if (failed_ > 0) text += fmt::format(", {} failed", failed_);
  if (best_) text += fmt::format(", best {} {:.6g}", objective_->figure, *best_);
  return text;
}

void SweepProgress::tick(std::size_t busy) {
  if (!on_ || Clock::now() < next_) return;
  next_ = Clock::now() + (terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(60000));
  if (terminal_)
    std::cerr << "\r\033[K" << text(busy) << std::flush;
  else
    std::cerr << "mimosa: sweep: " << text(busy) << std::endl;
  shown_ = terminal_;
}

void SweepProgress::clear() {
  if (shown_) std::cerr << "\r\033[K" << std::flush;
  shown_ = false;
}

std::string about(double seconds) {
  if (seconds < 1.0) return fmt::format("{:.2g} s", seconds);
  if (seconds < 100.0) return fmt::format("{:.0f} s", seconds);
  const double minutes = std::round(seconds / 60.0);
  if (minutes < 100.0) return fmt::format("{:.0f} min", minutes);
  const double hours = std::floor(minutes / 60.0);
  if (hours < 48.0) return fmt::format("{:.0f} h {:.0f} min", hours, minutes - 60.0 * hours);
  return fmt::format("{:.0f} d {:.0f} h", std::floor(hours / 24.0), hours - 24.0 * std::floor(hours / 24.0));
}

}  // namespace mimosa
