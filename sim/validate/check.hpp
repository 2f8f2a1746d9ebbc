// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

namespace mimosa {

/// Agree: ours is to lie within the tolerance. Differ: a wrong way to count is to lie outside it. Contradict:
/// published figures that cannot hold together; shown with the reason, never a failure. Shape: a rule that a
/// published curve obeys, on a network of ours; `published` is its bound. Predict: a measurement beside what
/// models give that were not fitted to it; the gap is shown, never a failure.
enum class Expectation { Agree, Differ, Contradict, Shape, Predict };

/// One figure of a publication beside what Mimosa gives.
struct Check {
  std::string subject, figure, unit;
  double published = 0.0, ours = 0.0;
  double tolerance = 0.0;  ///< relative
  std::string source;
  Expectation expectation = Expectation::Agree;
  std::string note = {};
  bool at_most = false;  ///< Shape: ours may not exceed the bound; else not fall below it

  /// (ours − published) / published
  [[nodiscard]] double deviation() const;
  [[nodiscard]] bool failed() const;
  /// "agrees", "OFF", "differs, as it must", "contradiction", "shape holds", "predicted, unfitted"
  [[nodiscard]] std::string verdict() const;
};
using Checks = std::vector<Check>;

/// The table that `mimosa validate` prints, with the notes below.
[[nodiscard]] std::string checks_text(const Checks& checks);
[[nodiscard]] std::string checks_json(const Checks& checks);

}  // namespace mimosa
