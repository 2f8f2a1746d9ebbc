// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/sweep/address.hpp"
#include "sim/sweep/key_stage.hpp"
#include "sim/sweep/plan.hpp"
#include "sim/sweep/scan.hpp"

namespace mimosa {

/// Combinations a sweep may have at most, those that `where` leaves out included.
constexpr std::size_t most_points = 10000000;

/// Key (or `variant`, `repeat`) and value, in the order of the axes.
using AxisValues = std::vector<std::pair<std::string, std::string>>;
/// "chip.adc.bits=6 chips=2"
[[nodiscard]] std::string to_text(const AxisValues& values);

/// The points of a plan. Of each only its number among all combinations and its address are kept; the rest is
/// made from the number when it is asked for. Of a grid the last axis runs fastest.
class Expansion {
 public:
  /// Checks every point, so a mistake in the last one is a UserError before the first one runs; points that
  /// `sweep.where` leaves out are not checked. UserError too where two points of a grid are the same;
  /// samplers draw such points once.
  explicit Expansion(SweepPlan plan);
  /// Points at these shares of the axes, [point][axis], repeats behind each.
  Expansion(SweepPlan plan, std::vector<double> shares);

  /// The points at these shares of the axes, new ones added: one for each repeat that `where` admits.
  /// UserError where they cannot be. Only of plans whose axes are drawn from.
  std::vector<std::size_t> add(const std::vector<double>& shares);

  [[nodiscard]] const SweepPlan& plan() const { return plan_; }
  [[nodiscard]] std::size_t size() const { return numbers_.size(); }
  [[nodiscard]] const Digest& address(std::size_t point) const { return addresses_[point]; }
  [[nodiscard]] AxisValues axes(std::size_t point) const;
  /// The same number for points that differ in their repeat only.
  [[nodiscard]] std::size_t sample(std::size_t point) const;
  /// Axes beside the repeats.
  [[nodiscard]] std::size_t sampled_axes() const;
  /// The same for points that agree on all axes of which a run depends from that stage on.
  [[nodiscard]] std::uint64_t shared_place(std::size_t point, KeyStage stage) const;
  /// Reads the experiment with the point's settings. UserError where a config file changed meanwhile, so that
  /// the result would not be that of the address.
  [[nodiscard]] Experiment experiment(std::size_t point);
  /// UserError where a file of a network, its weights or baseline changed since it was hashed.
  void check_inputs() const { inputs_.check_unchanged(); }

 private:
  /// Numbers of all combinations, those with the slow axes at the same places one after the other, so that
  /// the experiment is read once for them.
  [[nodiscard]] std::vector<std::uint32_t> slow_axes_together(std::size_t count) const;
  /// The steps of a combination, one of each axis.
  [[nodiscard]] std::vector<AxisStep> steps(std::size_t number) const;
  /// Those of them that stand on no axis.
  [[nodiscard]] std::vector<AxisStep> drawn_steps(std::size_t number) const;
  [[nodiscard]] ScanPoint scan_point(std::size_t number, const std::vector<AxisStep>& drawn) const;
  /// Whether numbers of an axis are drawn from its range.
  [[nodiscard]] bool draws(std::size_t axis) const;
  [[nodiscard]] double share(std::size_t number, std::size_t axis) const;
  /// Place on the axis of a combination; 0 where it is drawn.
  [[nodiscard]] std::size_t place(std::size_t number, std::size_t axis) const;
  [[nodiscard]] int repeat(std::size_t number) const;
  void drop_repeated();

  SweepPlan plan_;
  std::vector<KeyStage> stages_;  ///< of each axis: of its earliest key
  std::vector<double> shares_;    ///< empty: a grid
  std::vector<std::uint32_t> numbers_;
  std::vector<Digest> addresses_;
  std::map<Digest, std::size_t> known_;  ///< points by address, once some were added
  InputHashes inputs_;
};

}  // namespace mimosa
