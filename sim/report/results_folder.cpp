// SPDX-License-Identifier: Apache-2.0
#include "sim/report/results_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <unistd.h>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/config/effective.hpp"
#include "sim/report/report.hpp"

namespace fs = std::filesystem;

namespace mimosa {
namespace {

/// Only an empty folder, or a run's, is replaced: --out must not be able to delete anything else.
void check_replaceable(const fs::path& target) {
  if (!fs::exists(fs::symlink_status(target))) return;
  if (!fs::is_directory(target)) throw UserError(target.string() + ": is not a folder; choose another --out");
  if (fs::exists(target / "sweep.json") || fs::exists(target / "points.jsonl"))
    throw UserError(target.string() + ": holds the points of a sweep; choose another --out or remove it");
  if (!fs::is_empty(target) && !fs::exists(target / "report.json"))
    throw UserError(target.string() + ": holds files that are no run's; choose another --out");
}

std::vector<fs::path> make_parents(const fs::path& target) {
  std::vector<fs::path> made;
  fs::path so_far;
  for (const fs::path& part : target.parent_path()) {
    so_far /= part;
    if (fs::create_directory(so_far)) made.push_back(so_far);
  }
  return made;
}

/// Swaps two folders in one step; where the file system cannot, the old one steps aside first.
void exchange(const fs::path& fresh, const fs::path& target) {
  if (renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0) return;
  const fs::path aside = fresh.string() + ".old";
  fs::rename(target, aside);
  std::error_code error;
  fs::rename(fresh, target, error);
  fs::rename(aside, error ? target : fresh);  // the old results back, or out of the way
  if (error) throw fs::filesystem_error("cannot be replaced", target, error);
}

}  // namespace

ResultsFolder::ResultsFolder(const std::string& target) : target_(fs::path(target).lexically_normal()) {
  if (!target_.has_filename()) target_ = target_.parent_path();
  const std::string name = target_.filename().string();
  if (name.empty() || name == "." || name == "..")
    throw UserError("--out: \"" + target + "\" names no folder");
  try {
    check_replaceable(target_);
    made_parents_ = make_parents(target_);
    building_ = target_.parent_path() / fmt::format(".{}.{}", name, getpid());
    fs::create_directory(building_);
  } catch (const fs::filesystem_error& e) {
    throw UserError(fmt::format("{}: cannot be made: {}", target_.string(), e.code().message()));
  }
}

ResultsFolder::~ResultsFolder() {
  discard();
}

void ResultsFolder::discard() const noexcept {
  std::error_code ignored;
  // Another thread may still add a file.
  for (int tries = 0; tries < 10 && fs::exists(building_, ignored); ++tries)
    fs::remove_all(building_, ignored);
  if (committed_) return;
  for (auto parent = made_parents_.rbegin(); parent != made_parents_.rend(); ++parent)
    fs::remove(*parent, ignored);
}

void ResultsFolder::commit() {
  try {
    if (fs::exists(target_))
      exchange(building_, target_);
    else
      fs::rename(building_, target_);
  } catch (const fs::filesystem_error& e) {
    throw UserError(fmt::format("{}: cannot be replaced: {}", target_.string(), e.code().message()));
  }
  committed_ = true;
}

std::string ResultsFolder::keep_interrupted() {
  const fs::path kept = target_.string() + ".interrupted";
  try {
    if (fs::exists(fs::symlink_status(kept))) {
      if (!fs::exists(kept / "effective.yaml")) return "";
      fs::remove_all(kept);
    }
    fs::rename(building_, kept);
  } catch (const fs::filesystem_error&) {
    return "";
  }
  committed_ = true;
  return kept.string();
}

void write_report(const ResultsFolder& folder, const Experiment& experiment,
                  const std::vector<RunResult>& results) {
  const std::string report = report_json(results), config = effective_yaml(experiment);
  write_file(folder.path("report.json"), report);
  write_file(folder.path("report.html"),
             report_html(experiment.name, report, config, summary_text(results, "")));
  write_file(folder.path("effective.yaml"), config);
  write_file(folder.path("summary.txt"), summary_text(results, folder.final_path("report.json")));
}

}  // namespace mimosa
