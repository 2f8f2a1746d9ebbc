// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <unistd.h>
#include <vector>

#include "sim/config/axis_values.hpp"
#include "sim/config/effective.hpp"
#include "sim/sweep/sweep.hpp"
#include "tests/support/config_fixture.hpp"
#include "tests/support/sample_result.hpp"

namespace mimosa {

inline Expansion expanded(const std::string& path, const std::string& key, const std::string& values,
                          const std::vector<Setting>& settings = {}) {
  return Expansion(make_plan(path, settings, {axis_of_text(key, values, "sweep: " + key)}));
}

/// A result that tells which point it is of, after up to 3 ms.
inline std::vector<RunResult> run_sample(const Experiment& experiment, const RunRequest&) {
  usleep(static_cast<useconds_t>(experiment.seed % 4 * 1000));
  if (experiment.chip.analog.adc.bits == 5) throw std::runtime_error("no room");
  RunResult r = sample_result();
  r.network.name = experiment.networks[0];
  r.accuracy->analog_interval.mean = 1.0 / static_cast<double>(experiment.seed + 1);
  r.provenance.config_sha256 = config_sha256(experiment);
  return {r};
}

/// The whole lines of a store by address, without what a clock told.
inline std::map<std::string, std::vector<nlohmann::json>> lines_of(const std::string& folder) {
  std::map<std::string, std::vector<nlohmann::json>> lines;
  static_cast<void>(read_journals(journals_of(folder), [&](std::string_view text) {
    nlohmann::json line = nlohmann::json::parse(text);
    line.erase("wall_s");
    line.erase("crc");
    lines[line["address"]].push_back(line);
  }));
  return lines;
}

/// As the command does: what is not done yet, on two processes. How many points failed.
inline std::size_t sweep_into(const std::string& folder, Expansion& points,
                              const RunFunction& run = run_sample, bool force = false,
                              bool retry_failed = false) {
  Store store(folder, Store::Access::Alone);
  const SweepTodo todo = todo_of(points, store.read(points.plan().spec.record), {}, force, retry_failed);
  return todo.failed + run_points(points, todo.points, run, store, {.jobs = 2});
}

}  // namespace mimosa
