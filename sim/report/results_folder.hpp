// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "sim/config/experiment.hpp"
#include "sim/run/result.hpp"

namespace mimosa {

/// A folder of results that appears whole or not at all: files go to a temporary sibling, which `commit` puts
/// in the place of `target`, replacing the results of an earlier run. Without `commit` nothing is left.
class ResultsFolder {
 public:
  /// UserError where `target` holds something that is not an earlier run's, or cannot be made.
  explicit ResultsFolder(const std::string& target);
  ~ResultsFolder();
  ResultsFolder(const ResultsFolder&) = delete;
  ResultsFolder& operator=(const ResultsFolder&) = delete;

  /// Where a file of that name is written until the commit.
  [[nodiscard]] std::string path(const std::string& name) const { return (building_ / name).string(); }
  /// Where it will be afterwards.
  [[nodiscard]] std::string final_path(const std::string& name) const { return (target_ / name).string(); }
  void commit();
  /// Removes what was written so far, in the midst of writing too: for a process that ends without
  /// destructors.
  void discard() const noexcept;
  /// Puts what was written so far beside the target, as `target`.interrupted, in the place of an earlier one.
  /// Where it is then; empty where something else is in the way.
  std::string keep_interrupted();

 private:
  std::filesystem::path target_, building_;
  std::vector<std::filesystem::path> made_parents_;  ///< outermost first
  bool committed_ = false;
};

/// Writes report.json, report.html, effective.yaml and summary.txt into the folder being built.
void write_report(const ResultsFolder& folder, const Experiment& experiment,
                  const std::vector<RunResult>& results);

}  // namespace mimosa
