// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/sweep_jobs.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iostream>
#include <map>
#include <sstream>

#include "models/base/error.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/sweep_text.hpp"
#include "sim/report/markup.hpp"
#include "sim/sweep/index.hpp"
#include "sim/sweep/slurm.hpp"
#include "sim/sweep/store.hpp"

namespace mimosa {
namespace {

/// How many tasks of a job are in which state, as squeue says: "3 RUNNING, 5 PENDING", or "ended".
std::string job_state(const std::string& job) {
  std::map<std::string, int> states;
  std::istringstream lines(output_of({"squeue", "--noheader", "--array", "--jobs", job, "--format", "%T"}));
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) ++states[line];
  std::string text;
  for (const auto& [state, count] : states)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, state);
  return text.empty() ? "ended" : text;
}

/// Slurm forgets jobs that ended, and calls their numbers invalid.
bool is_forgotten(const UserError& error) {
  return std::string(error.what()).find("Invalid job id") != std::string::npos;
}

int status(const std::string& folder) {
  const StoreContents contents = read_store(folder, {});
  std::cerr << damage_text(contents.damages, contents.other_versions);
  std::size_t failed = 0;
  for (const auto& [address, point] : contents.points) failed += point.ok ? 0 : 1;
  std::cout << fmt::format("points     {} done, {} failed\n", contents.finished, failed);
  for (const std::string& job : submitted_jobs(folder)) {
    std::string state = "ended";
    try {
      state = job_state(job);
    } catch (const UserError& e) {
      if (!is_forgotten(e)) state = e.what();
    }
    std::cout << fmt::format("job        {}: {}\n", job, printable(state));
  }
  return 0;
}

int cancel(const std::string& folder) {
  const std::vector<std::string> jobs = submitted_jobs(folder);
  if (jobs.empty()) throw UserError(folder + ": no job was submitted from here");
  int failed = 0;
  for (const std::string& job : jobs) {
    std::string what = "cancelled; what is done stays, the same command goes on";
    try {
      static_cast<void>(output_of({"scancel", job}));
    } catch (const UserError& e) {
      const bool gone = is_forgotten(e);
      what = gone ? "ended" : e.what();
      failed += gone ? 0 : 1;
    }
    std::cout << fmt::format("job        {}: {}\n", job, printable(what));
  }
  return failed > 0 ? 1 : 0;
}

/// What was typed, for a shard to be typed again.
std::vector<std::string> words_of(const Arguments& arguments) {
  std::vector<std::string> words = arguments.positional;
  for (const Setting& setting : arguments.settings)
    if (!setting.key.starts_with("sweep.slurm."))
      words.insert(words.end(), {"--set", setting.key + '=' + setting.value});
  for (const std::string& folder : arguments.reuse) words.insert(words.end(), {"--reuse", folder});
  for (const auto& [name, value] : arguments.others) {
    if (name == "launcher" || name == "dry-run" || name == "shard") continue;
    words.push_back("--" + name);
    if (!value.empty()) words.push_back(value);
  }
  return words;
}

int collect(const std::string& folder) {
  const StoreContents contents = read_store(folder, {});
  std::cerr << damage_text(contents.damages, contents.other_versions);
  const std::size_t points = build_index(folder);
  std::cout << fmt::format("points     {} in {}\n", points, index_path(folder));
  return 0;
}

}  // namespace

bool is_sweep_verb(const std::string& word) {
  return word == "status" || word == "collect" || word == "cancel";
}

int sweep_verb(const Arguments& arguments) {
  check_operands("sweep", arguments, 2, 2);
  const std::string& folder = arguments.positional[1];
  const std::string& verb = arguments.positional[0];
  if (!arguments.settings.empty() || !arguments.others.empty() || !arguments.reuse.empty() ||
      !arguments.out.empty() || arguments.json)
    throw UserError(fmt::format("sweep {}: takes a folder, and no option but --quiet", verb));
  check_store(folder);
  return verb == "status" ? status(folder) : verb == "collect" ? collect(folder) : cancel(folder);
}

int launch_on_slurm(const Arguments& arguments, const std::string& name, const std::string& folder,
                    const SlurmOptions& options) {
  if (arguments.has("shard"))
    throw UserError("--shard: is what --launcher slurm gives to each task; say --shards N");
  const SlurmJob job{name, std::filesystem::read_symlink("/proc/self/exe").string(), folder,
                     words_of(arguments), options};
  if (arguments.has("dry-run")) {
    std::cout << slurm_script(job);
    return 0;
  }
  { const Store store(folder, Store::Access::Shared); }
  const std::string number = submit(job);
  std::cout << fmt::format("job        {}: {} shards\n", number, options.shards);
  std::cerr << fmt::format(
      "mimosa: sweep: mimosa sweep status {0} tells how far it is, mimosa sweep collect {0} makes the "
      "index\n",
      folder);
  return 0;
}

}  // namespace mimosa
