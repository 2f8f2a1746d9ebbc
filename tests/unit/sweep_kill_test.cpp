// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <fstream>
#include <functional>
#include <random>
#include <sys/wait.h>

#include <catch2/catch.hpp>

#include "sim/sweep/pareto.hpp"
#include "tests/support/sweep_fixture.hpp"

namespace mimosa {
namespace {

/// Sweeps into a folder, as the command does. How many points failed.
using Sweep = std::function<std::size_t(const std::string&)>;

/// A process that sweeps, as the command is one.
pid_t start_sweep(const std::string& folder, const Sweep& sweep) {
  const pid_t process = fork();
  if (process != 0) return process;
  int status = 1;
  try {
    status = sweep(folder) == 0 ? 0 : 2;
  } catch (const std::exception& e) {
    std::ofstream(folder + "/error") << e.what();
  }
  _exit(status);
}

/// A worker of that process, or the process where it has none at the moment.
pid_t worker_of(pid_t process) {
  std::ifstream children("/proc/" + std::to_string(process) + "/task/" + std::to_string(process) +
                         "/children");
  pid_t worker = process;
  children >> worker;
  return worker;
}

/// Starts the sweep until one reaches its end, after 60 kills at random instants within `most_us`.
void kill_and_go_on(const std::string& folder, const Sweep& sweep, unsigned most_us) {
  std::mt19937 random(std::random_device{}());
  int kills = 0, runs = 0, status = -1;
  while (!(WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
    REQUIRE(++runs < 2000);
    const pid_t process = start_sweep(folder, sweep);
    usleep(static_cast<useconds_t>(random() % most_us));
    const bool whole = random() % 2 == 0;
    if (kills < 60) kill(whole ? process : worker_of(process), SIGKILL);
    kills += kills < 60 ? 1 : 0;
    if (!whole && kills < 60) {  // and the sweep itself, a moment later
      usleep(static_cast<useconds_t>(random() % 10000));
      kill(process, SIGKILL);
    }
    waitpid(process, &status, 0);
  }
  CHECK(kills == 60);
}

}  // namespace

TEST_CASE("kill -9 of the sweep or of a worker, at any instant, changes no result", "[sweep][kill]") {
  const ConfigFixture configs;
  Expansion points = expanded(configs.experiment("network: net_a\nchip: small\n"), "seed", "linear(1,400)");
  const std::string undisturbed = configs.folder.path("runs/undisturbed"),
                    folder = configs.folder.path("runs/killed");
  REQUIRE(sweep_into(undisturbed, points) == 0);
  kill_and_go_on(
      folder, [&](const std::string& into) { return sweep_into(into, points); }, 30000);

  const auto expected = lines_of(undisturbed), found = lines_of(folder);
  CHECK(found.size() == points.size());
  CHECK(found == expected);  // value for value, and each point once
}

TEST_CASE("kill -9 of generations towards a front changes neither what they draw nor any result",
          "[sweep][pareto][kill]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment(
      "network: net_a\nchip: small\naxes: {device.read_noise: {range: [0, 8]}, seed: {range: [1, 1000]}}\n"
      "sweep: {method: pareto, points: 16, generations: 12, objectives: {accuracy: max, energy_j: min}}\n");
  const RunFunction run = [](const Experiment& experiment, const RunRequest& request) {
    std::vector<RunResult> results = run_sample(experiment, request);
    results[0].energy->per_input_j = std::abs(experiment.device.read_noise - 3.0);
    results[0].accuracy->analog_interval.mean =
        1.0 - experiment.device.read_noise * 1e-3 * static_cast<double>(experiment.seed);
    return results;
  };
  const Sweep sweep = [&](const std::string& folder) {
    Expansion points(make_plan(path, {}, {}));
    Store store(folder, Store::Access::Alone);
    ParetoOptions options;
    options.points.jobs = 2;
    return run_pareto(points, run, store, store.read(points.plan().spec.record), options).failed;
  };
  const std::string undisturbed = configs.folder.path("runs/undisturbed"),
                    folder = configs.folder.path("runs/killed");
  REQUIRE(sweep(undisturbed) == 0);
  kill_and_go_on(folder, sweep, 40000);

  const auto expected = lines_of(undisturbed), found = lines_of(folder);
  CHECK(expected.size() > 100);
  CHECK(found == expected);
}

TEST_CASE("workers die with their sweep", "[sweep][kill]") {
  const ConfigFixture configs;
  Expansion points = expanded(configs.experiment("network: net_a\n"), "seed", "1,2");
  const std::string folder = configs.folder.path("runs/x");
  const pid_t sweep = fork();
  if (sweep == 0) {
    static_cast<void>(sweep_into(folder, points, [](auto&, auto&) -> std::vector<RunResult> {
      sleep(60);
      return {};
    }));
    _exit(0);
  }
  pid_t worker = sweep;
  for (int tries = 0; tries < 1000 && (worker = worker_of(sweep)) == sweep; ++tries) usleep(5000);
  REQUIRE(worker != sweep);
  kill(sweep, SIGKILL);
  waitpid(sweep, nullptr, 0);
  const auto state = [&] {
    std::ifstream stat("/proc/" + std::to_string(worker) + "/stat");
    std::string number, name, letter;
    stat >> number >> name >> letter;
    return letter;
  };
  for (int tries = 0; tries < 1000 && !state().empty() && state() != "Z"; ++tries) usleep(5000);
  CHECK((state().empty() || state() == "Z"));
}

}  // namespace mimosa
