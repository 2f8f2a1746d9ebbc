// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/reuse.hpp"

#include <csignal>
#include <random>
#include <sys/wait.h>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "sim/sweep/record.hpp"
#include "tests/support/sweep_fixture.hpp"

using Catch::Matchers::Contains;
using Json = nlohmann::json;

namespace mimosa {
namespace {

/// As the command does with --reuse: how many points it ran.
std::size_t sweep_with(const std::string& folder, Expansion& points, const std::vector<std::string>& reuse,
                       const std::optional<Shard>& shard = {}) {
  Store store(folder, Store::Access::Alone);
  StoreContents contents = store.read(points.plan().spec.record);
  static_cast<void>(
      reuse_points(reuse, points, shard, contents, [&](const std::string& line) { store.append(line); }));
  const SweepTodo todo = todo_of(points, contents, shard, false, false);
  run_points(points, todo.points, run_sample, store, {.jobs = 2});
  return todo.points.size();
}

std::map<std::string, std::vector<Json>> without_origin(std::map<std::string, std::vector<Json>> all) {
  for (auto& [address, lines] : all)
    for (Json& line : lines) line.erase("origin");
  return all;
}

}  // namespace

TEST_CASE("points that another store holds are copied with their origin and not run", "[sweep]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment("network: net_a\nchip: small\n");
  const std::string other = configs.folder.path("runs/other"), folder = configs.folder.path("runs/x");
  Expansion few = expanded(path, "chip.adc.bits", "4,5,6"), more = expanded(path, "chip.adc.bits", "3,4,5,6");
  Expansion seeds = expanded(path, "seed", "1,2");
  CHECK(sweep_into(other, few) == 1);
  CHECK(sweep_with(folder, more, {other, other}) == 2);  // 3 bits, and 5, which failed there

  const auto from = lines_of(other), to = lines_of(folder);
  REQUIRE(to.size() == 4);
  for (const std::size_t point : {1U, 3U}) {
    const std::string address = more.address(point).hex();
    REQUIRE(to.at(address).size() == 1);
    CHECK(to.at(address).front()["origin"] == other);
    CHECK(without_origin(to).at(address) == from.at(address));
  }
  CHECK_FALSE(to.at(more.address(0).hex()).front().contains("origin"));

  // Other axes may lead to the same point, and the first origin stays: 6 bits are the chip's.
  const std::string third = configs.folder.path("runs/third");
  CHECK(sweep_with(third, seeds, {folder}) == 1);
  const Json line = lines_of(third).at(seeds.address(0).hex()).front();
  CHECK(line["axes"] == Json::parse(R"({"seed": 1})"));
  CHECK(line["origin"] == other);
  CHECK(sweep_with(folder, more, {other}) == 0);
  CHECK(lines_of(folder) == to);
}

TEST_CASE("a line that holds too little is not taken, a shard takes its own points", "[sweep]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment("network: net_a\n");
  const std::string other = configs.folder.path("runs/other"), folder = configs.folder.path("runs/x");
  Expansion accuracy = expanded(path, "seed", "1,2,3,4", {{"sweep.record", "accuracy"}});
  CHECK(sweep_into(other, accuracy) == 0);
  Expansion whole = expanded(path, "seed", "1,2,3,4");
  CHECK(sweep_with(folder, whole, {other}) == 4);
  CHECK(sweep_with(configs.folder.path("runs/y"), accuracy, {folder}, Shard{1, 3, ""}) == 0);
  const auto lines = lines_of(configs.folder.path("runs/y"));
  CHECK(lines.size() == 1);
  CHECK(lines.begin()->first == accuracy.address(1).hex());
  CHECK_THROWS_WITH(sweep_with(folder, whole, {configs.folder.path("runs/none")}),
                    Contains("holds no sweep"));
}

TEST_CASE("kill -9 while points are taken from another store loses and repeats none", "[sweep][kill]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment("network: net_a\n");
  const std::string other = configs.folder.path("runs/other"), folder = configs.folder.path("runs/x");
  Expansion few = expanded(path, "seed", "linear(1,300)"), all = expanded(path, "seed", "linear(1,400)");
  REQUIRE(sweep_into(other, few) == 0);
  std::mt19937 random(std::random_device{}());
  int status = -1;
  for (int runs = 0; !(WIFEXITED(status) && WEXITSTATUS(status) == 0); ++runs) {
    REQUIRE(runs < 2000);
    const pid_t sweep = fork();
    if (sweep == 0) {
      sweep_with(folder, all, {other});
      _exit(0);
    }
    usleep(static_cast<useconds_t>(random() % 30000));
    if (runs < 40) kill(sweep, SIGKILL);
    waitpid(sweep, &status, 0);
  }
  const std::string undisturbed = configs.folder.path("runs/undisturbed");
  REQUIRE(sweep_into(undisturbed, all) == 0);
  CHECK(without_origin(lines_of(folder)) == lines_of(undisturbed));
  std::size_t taken = 0;
  for (const auto& [address, lines] : lines_of(folder)) taken += lines.front().contains("origin") ? 1 : 0;
  CHECK(taken == 300);
}

}  // namespace mimosa
