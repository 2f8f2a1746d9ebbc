// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/sweep.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/config/effective.hpp"
#include "tests/support/config_fixture.hpp"
#include "tests/support/sample_result.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using Json = nlohmann::json;

namespace mimosa {
namespace {

std::vector<RunResult> run_sample(const Experiment& experiment, const RunRequest&) {
  if (experiment.chip.analog.adc.bits == 5) throw std::runtime_error("no room");
  RunResult r = sample_result();
  r.network.name = experiment.networks[0];
  r.provenance.config_sha256 = config_sha256(experiment);
  return {r};
}

std::vector<Json> lines_of(const std::string& path) {
  std::istringstream text(read_file(path));
  std::vector<Json> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(Json::parse(line));
  return lines;
}

}  // namespace

TEST_CASE("a grid holds every combination, the last axis fastest", "[sweep]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment(
      "network: net_a\nchip: small\naxes: {network: [net_a, net_b], chip.adc.bits: '4,8'}\n");
  const std::vector<SweepPoint> grid = make_grid(path, {}, {{"device.drift", {"0", "0.5"}}});
  REQUIRE(grid.size() == 8);
  CHECK(grid[0].axes == std::vector<std::pair<std::string, std::string>>{
                            {"network", "net_a"}, {"chip.adc.bits", "4"}, {"device.drift", "0"}});
  CHECK(grid[1].experiment.device.drift == 0.5);
  CHECK(grid[2].experiment.chip.analog.adc.bits == 8);
  CHECK(grid[4].experiment.networks[0] == "net_b");
}

TEST_CASE("an axis of the command line takes the place of the file's", "[sweep]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment("network: net_a\naxes: {chip.adc.bits: [4, 8]}\n");
  const std::vector<SweepPoint> grid = make_grid(path, {}, {{"chip.adc.bits", {"6"}}});
  REQUIRE(grid.size() == 1);
  CHECK(grid[0].experiment.chip.analog.adc.bits == 6);
}

TEST_CASE("settings hold for every point, also where an axis names the part they change", "[sweep]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment("network: net_a\nchip: small\n");
  const std::vector<SweepPoint> grid = make_grid(
      path, {{"chip.dac.bits", "5"}}, {{"chip.adc.bits", {"7"}}, {"chip", {"small", "small_fine"}}});
  REQUIRE(grid.size() == 2);
  for (const SweepPoint& point : grid) {
    CHECK(point.experiment.chip.analog.dac.bits == 5);
    CHECK(point.experiment.chip.analog.adc.bits == 7);
  }
  CHECK(grid[1].experiment.chip.name == "small_fine");
}

TEST_CASE("a mistake in any point is told before the first one runs", "[sweep][error]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment("network: net_a\n");
  CHECK_THROWS_WITH(make_grid(path, {}, {{"chip.adc.bits", {"8", "40"}}}),
                    StartsWith("axis: chip.adc.bits: 40 bits is outside"));
  CHECK_THROWS_WITH(make_grid(path, {}, {{"chip.adc.bitz", {"8"}}}), Contains("did you mean bits?"));
  CHECK_THROWS_WITH(make_grid(path, {}, {}), StartsWith("sweep: no axes"));
  const std::string in_file = configs.folder.write(
      "experiment/axes.yaml", "network: net_a\naxes:\n  chips: [1, 2]\n  chip.adc.bit: [4, 8]\n");
  CHECK_THROWS_WITH(make_grid(in_file, {}, {}),
                    StartsWith(in_file + ":4: axis: chip.adc.bit: no such key; did you mean bits?"));
  CHECK_THROWS_WITH(make_grid(path, {{"chips", "3"}}, {{"chips", {"1", "2"}}}),
                    "--set: chips is an axis of the sweep; give its values as chips=3");
}

TEST_CASE("each point is one line with its axes, hash and report; a failing one has its error", "[sweep]") {
  const ConfigFixture configs;
  const std::vector<SweepPoint> grid = make_grid(configs.experiment("network: net_b\n"), {},
                                                 {{"chip.adc.bits", {"4", "5", "6"}}, {"chip", {"small"}}});
  const std::string path = configs.folder.path("runs/x/points.jsonl");
  Journal journal(path);
  int told = 0;
  const SweepOptions options{
      {}, {}, [&](const SweepPoint&, const PointOutcome& outcome, const std::string& line) {
        CHECK(read_file(path).ends_with(line + '\n'));
        CHECK(outcome.error.empty() == (told != 1));
        ++told;
      }};
  CHECK(run_sweep(grid, run_sample, journal, options) == 1);
  CHECK(told == 3);
  const std::vector<Json> lines = lines_of(path);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0]["axes"] == Json::parse(R"({"chip.adc.bits": 4, "chip": "small"})"));
  CHECK(lines[0]["report"]["network"]["name"] == "net_b");
  CHECK(lines[0]["report"]["provenance"]["config_sha256"] == lines[0]["config_sha256"]);
  CHECK(lines[1]["error"] == "no room");
  CHECK(!lines[1].contains("report"));
  CHECK(lines[2]["config_sha256"] != lines[0]["config_sha256"]);
}

TEST_CASE("an interrupted point ends the sweep and is not recorded", "[sweep]") {
  const ConfigFixture configs;
  const std::vector<SweepPoint> grid =
      make_grid(configs.experiment("network: net_a\n"), {}, {{"chip.adc.bits", {"4", "5", "6"}}});
  const std::string path = configs.folder.path("points.jsonl");
  Journal journal(path);
  CHECK_THROWS_WITH(run_sweep(grid, run_sample, journal, {{}, [] { return true; }, {}}), "no room");
  CHECK(lines_of(path).size() == 1);
}

TEST_CASE("a journal only grows, and closes a line that was torn", "[sweep]") {
  const TemporaryFolder home;
  const std::string path = home.write("points.jsonl", "{\"a\":1}\n{\"torn");
  Journal(path).append("{\"b\":2}");
  Journal(path).append("{\"c\":3}");
  CHECK(read_file(path) == "{\"a\":1}\n{\"torn\n{\"b\":2}\n{\"c\":3}\n");
  CHECK_THROWS_WITH(Journal(home.path()), Contains("cannot be written: "));
}

}  // namespace mimosa
