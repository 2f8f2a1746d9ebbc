// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/address.hpp"
#include "sim/sweep/plan.hpp"
#include "sim/sweep/where.hpp"

namespace mimosa {

/// One point: the step of each axis, and its place there; `drawn` of a step that no other point shares.
struct ScanPoint {
  static constexpr std::size_t drawn = static_cast<std::size_t>(-1);
  std::vector<const AxisStep*> steps;
  std::vector<std::size_t> places;
  int repeat = 0;
};

/// Checks and addresses points one after the other. The experiment is read again only where a slow axis
/// moved; fast keys are set in place, and their hashes exchanged.
class Scan {
 public:
  Scan(const SweepPlan& plan, InputHashes& inputs);
  ~Scan();

  /// Address of a point; nothing where `where` leaves it out. UserError where it cannot be.
  [[nodiscard]] std::optional<Digest> address(const ScanPoint& point);

 private:
  struct Prepared;
  struct Value;
  void prepare(const ScanPoint& point);
  void move(std::size_t axis, const ScanPoint& point);
  [[nodiscard]] std::vector<Value> parse(const Axis& axis, const AxisStep& step) const;
  [[nodiscard]] bool admits(const ScanPoint& point) const;
  [[nodiscard]] WhereValue look_up(const std::string& name, const ScanPoint& point) const;
  void check(const ScanPoint& point) const;

  const SweepPlan& plan_;
  InputHashes& inputs_;
  FastKeys keys_;
  std::vector<Where> where_;
  std::vector<std::size_t> places_;  ///< of the point before
  std::unique_ptr<Prepared> prepared_;
  std::string error_;                                   ///< why nothing is prepared
  std::vector<std::vector<Value>> now_;                 ///< of each fast axis
  std::vector<std::vector<std::vector<Value>>> known_;  ///< [axis][place], of short fast axes
};

}  // namespace mimosa
