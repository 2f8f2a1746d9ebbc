// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/sweep.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/sweep/figures.hpp"
#include "sim/sweep/record.hpp"
#include "tests/support/sweep_fixture.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using Json = nlohmann::json;

namespace mimosa {
namespace {

std::size_t line_count(const std::string& folder) {
  std::size_t count = 0;
  for (const auto& [address, lines] : lines_of(folder)) count += lines.size();
  return count;
}

}  // namespace

TEST_CASE("each point is one line with its axes, hash and report; a failing one has its error", "[sweep]") {
  const ConfigFixture configs;
  Expansion points = expanded(configs.experiment("network: net_b\nchip: small\n"), "chip.adc.bits", "4,5,6");
  const std::string folder = configs.folder.path("runs/x");
  CHECK(sweep_into(folder, points) == 1);
  const auto lines = lines_of(folder);
  REQUIRE(lines.size() == 3);
  const Json good = lines.at(points.address(0).hex()).front();
  CHECK(good["axes"] == Json::parse(R"({"chip.adc.bits": 4})"));
  CHECK(good["report"]["network"]["name"] == "net_b");
  CHECK(good["report"]["provenance"]["config_sha256"] == good["config_sha256"]);
  CHECK(good["seed"] == 1);
  const Json bad = lines.at(points.address(1).hex()).front();
  CHECK(bad["status"] == "failed");
  CHECK(bad["error"] == "no room");
  CHECK_FALSE(bad.contains("report"));
}

TEST_CASE("a point that is done is never run again, in a larger sweep neither, unless asked", "[sweep]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment("network: net_a\nchip: small\n");
  const std::string folder = configs.folder.path("runs/x");
  Expansion few = expanded(path, "chip.adc.bits", "4,5,6"),
            more = expanded(path, "chip.adc.bits", "3,4,5,6,7");
  CHECK(sweep_into(folder, few) == 1);
  CHECK(sweep_into(folder, few) == 1);
  CHECK(line_count(folder) == 3);
  CHECK(sweep_into(folder, more) == 1);
  CHECK(line_count(folder) == 5);
  CHECK(sweep_into(folder, more, run_sample, false, true) == 1);
  CHECK(line_count(folder) == 6);
  CHECK(sweep_into(folder, more, run_sample, true) == 1);
  CHECK(line_count(folder) == 11);
  CHECK(lines_of(folder).size() == 5);
}

TEST_CASE("results do not depend on the number of processes", "[sweep]") {
  const ConfigFixture configs;
  Expansion points = expanded(configs.experiment("network: net_a\n"), "seed", "linear(1,20)");
  std::vector<std::size_t> all(points.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  for (const int jobs : {1, 7}) {
    Store store(configs.folder.path("runs/" + std::to_string(jobs)), Store::Access::Alone);
    CHECK(run_points(points, all, run_sample, store, {.jobs = jobs}) == 0);
  }
  CHECK(lines_of(configs.folder.path("runs/1")) == lines_of(configs.folder.path("runs/7")));
}

TEST_CASE("recorded figures stand alone in a line, and a whole report holds them all", "[sweep]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment("network: net_a\n"), folder = configs.folder.path("runs/x");
  const auto with = [&](const std::string& record) {
    return expanded(path, "seed", "1,2", {{"sweep.record", record}});
  };
  Expansion two = with("accuracy, timing.bottleneck");
  CHECK(sweep_into(folder, two) == 0);
  const Json line = lines_of(folder).at(two.address(0).hex()).front();
  CHECK_FALSE(line.contains("report"));
  CHECK(line["figures"] ==
        Json::parse(R"([{"network": "net_a", "accuracy": 0.5, "timing.bottleneck": "tile 3, 99 %"}])"));
  Expansion one = with("accuracy");
  CHECK(sweep_into(folder, one) == 0);
  CHECK(line_count(folder) == 2);
  Expansion whole = expanded(path, "seed", "1,2");  // asks for more than there is
  CHECK(sweep_into(folder, whole) == 0);
  CHECK(line_count(folder) == 4);
  CHECK(sweep_into(folder, two) == 0);
  CHECK(line_count(folder) == 4);
}

TEST_CASE("figures are known by their paths before a sweep starts", "[sweep][error]") {
  CHECK_NOTHROW(check_figure("timing.latency_cycles", "sweep.record"));
  CHECK_NOTHROW(check_figure("energy.by_component.adc", "sweep.record"));
  CHECK_NOTHROW(check_figure("accuracy.wrong_key.mean", "sweep.record"));
  CHECK_NOTHROW(check_figure("paired.inputs_ci95", "sweep.record"));
  CHECK_THROWS_WITH(check_figure("timing.latency_cycels", "sweep.record"),
                    StartsWith("sweep.record: no figure timing.latency_cycels in report.json; did you mean "
                               "latency_cycles?"));
  CHECK_THROWS_WITH(check_figure("timing.latency_cycles.x", "sweep.record"),
                    "sweep.record: no figure timing.latency_cycles.x in report.json");
}

TEST_CASE("a process that dies is recorded, one that is killed is tried again", "[sweep]") {
  const ConfigFixture configs;
  Expansion points = expanded(configs.experiment("network: net_a\n"), "seed", "1,2,3,4");
  const std::string marks = configs.folder.path("marks");
  std::filesystem::create_directories(marks);
  const auto run = [&](const Experiment& e, const RunRequest& request) {
    std::ofstream(marks + "/" + std::to_string(e.seed), std::ios::app) << 'x';
    if (e.seed == 1) {
      std::signal(SIGABRT, SIG_DFL);  // not the test framework's
      std::abort();
    }
    if (e.seed == 2) std::raise(SIGKILL);
    if (e.seed == 3 && std::filesystem::file_size(marks + "/3") == 1) std::raise(SIGKILL);
    return run_sample(e, request);
  };
  const std::string folder = configs.folder.path("runs/x");
  CHECK(sweep_into(folder, points, run) == 2);
  const auto lines = lines_of(folder);
  CHECK(lines.at(points.address(0).hex()).front()["error"] == "the process was killed by signal 6 (Aborted)");
  CHECK(lines.at(points.address(1).hex()).front()["error"] == "the process was killed by signal 9 (Killed)");
  CHECK(lines.at(points.address(2).hex()).front()["status"] == "ok");
  CHECK(std::filesystem::file_size(marks + "/1") == 1);
  CHECK(std::filesystem::file_size(marks + "/2") == 3);
  CHECK(std::filesystem::file_size(marks + "/3") == 2);
}

TEST_CASE("a sweep that is stopped drops what is at work and records nothing of it", "[sweep]") {
  const ConfigFixture configs;
  Expansion points = expanded(configs.experiment("network: net_a\n"), "seed", "linear(1,1000)");
  const std::string folder = configs.folder.path("runs/x");
  std::size_t done = 0;
  {
    Store store(folder, Store::Access::Alone);
    const SweepTodo todo = todo_of(points, store.read({}), {}, false, false);
    run_points(points, todo.points, run_sample, store,
               {.jobs = 2,
                .stop = [&] { return done >= 5; },
                .done = [&](const PointDone&) { ++done; },
                .tick = {}});
  }
  CHECK(lines_of(folder).size() == done);
  CHECK(done < 10);
}

TEST_CASE("a store of another kind, format or user is refused", "[sweep][error]") {
  const TemporaryFolder home;
  const auto open = [&](const std::string& name) { Store store(home.path(name), Store::Access::Alone); };
  home.write("run/report.json", "{}");
  CHECK_THROWS_WITH(open("run"), Contains("holds a run's results; choose another --out"));
  home.write("old/points.jsonl", "");
  CHECK_THROWS_WITH(open("old"), Contains("holds a sweep of an older format"));
  home.write("mine/thesis.tex", "");
  CHECK_THROWS_WITH(open("mine"), Contains("holds files that are no sweep's"));
  home.write("new/sweep.json", "{\"format\":2}");
  CHECK_THROWS_WITH(open("new"), Contains("a store of format 2; this program reads 1"));
  home.write("spoilt/sweep.json", "{\"form");
  CHECK_THROWS_WITH(open("spoilt"), Contains("is damaged"));
  home.write("file", "");
  CHECK_THROWS_WITH(open("file"), Contains("is not a folder"));
  CHECK_THROWS_WITH(open("file/below"), Contains("cannot be made: "));
  const Store alone(home.path("used"), Store::Access::Alone);
  CHECK_THROWS_WITH(Store(home.path("used"), Store::Access::Shared), Contains("in use by another sweep"));
  const Store one(home.path("shared"), Store::Access::Shared),
      two(home.path("shared"), Store::Access::Shared);
  CHECK_THROWS_WITH(open("shared"), Contains("in use by another sweep"));
}

TEST_CASE("results of another results version count no more", "[sweep]") {
  const ConfigFixture configs;
  Expansion points = expanded(configs.experiment("network: net_a\n"), "seed", "1,2");
  const std::string folder = configs.folder.path("runs/x");
  CHECK(sweep_into(folder, points) == 0);
  Json line = lines_of(folder).begin()->second.front();
  CHECK_FALSE(summary_of(sealed(line.dump())));  // another order of fields is no line of ours
  configs.folder.write("runs/x/journals/old.jsonl",
                       sealed(R"({"address":")" + std::string(64, '0') +
                              R"(","status":"ok","results_version":1,"wall_s":0.5,"axes":{}})") +
                           '\n');
  const StoreContents contents = read_store(folder, {});
  CHECK(contents.finished == 2);
  CHECK(contents.other_versions == 1);
}

}  // namespace mimosa
