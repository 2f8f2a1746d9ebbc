// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <fstream>
#include <random>
#include <sys/wait.h>

#include <catch2/catch.hpp>

#include "tests/support/sweep_fixture.hpp"

namespace mimosa {
namespace {

/// A process that sweeps, as the command is one.
pid_t start_sweep(const std::string& folder, Expansion& points) {
  const pid_t process = fork();
  if (process != 0) return process;
  int status = 1;
  try {
    status = sweep_into(folder, points) == 0 ? 0 : 2;
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

}  // namespace

TEST_CASE("kill -9 of the sweep or of a worker, at any instant, changes no result", "[sweep][kill]") {
  const ConfigFixture configs;
  Expansion points = expanded(configs.experiment("network: net_a\nchip: small\n"), "seed", "linear(1,400)");
  const std::string undisturbed = configs.folder.path("runs/undisturbed"),
                    folder = configs.folder.path("runs/killed");
  REQUIRE(sweep_into(undisturbed, points) == 0);

  std::mt19937 random(std::random_device{}());
  int kills = 0, runs = 0, status = -1;
  while (!(WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
    REQUIRE(++runs < 2000);
    const pid_t sweep = start_sweep(folder, points);
    usleep(static_cast<useconds_t>(random() % 30000));
    const bool whole = random() % 2 == 0;
    if (kills < 60) kill(whole ? sweep : worker_of(sweep), SIGKILL);
    kills += kills < 60 ? 1 : 0;
    if (!whole && kills < 60) {  // and the sweep itself, a moment later
      usleep(static_cast<useconds_t>(random() % 10000));
      kill(sweep, SIGKILL);
    }
    waitpid(sweep, &status, 0);
  }
  CHECK(kills == 60);

  const auto expected = lines_of(undisturbed), found = lines_of(folder);
  CHECK(found.size() == points.size());
  CHECK(found == expected);  // value for value, and each point once
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
