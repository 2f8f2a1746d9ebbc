// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/index.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <sqlite3.h>

#include <catch2/catch.hpp>

#include "models/data/file.hpp"
#include "sim/run/version.hpp"
#include "tests/support/sweep_fixture.hpp"

namespace mimosa {
namespace {

/// Rows of a query, values joined by "|" as the program `sqlite3` prints them.
std::vector<std::string> query(const std::string& folder, const std::string& sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open_v2(index_path(folder).c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  std::vector<std::string> rows;
  const auto take = [](void* out, int columns, char** values, char**) {
    std::string row;
    for (int i = 0; i < columns; ++i)
      row += (i > 0 ? "|" : "") + std::string(values[i] != nullptr ? values[i] : "");
    static_cast<std::vector<std::string>*>(out)->push_back(row);
    return 0;
  };
  char* error = nullptr;
  sqlite3_exec(database, sql.c_str(), take, &rows, &error);
  INFO((error != nullptr ? error : ""));
  REQUIRE(error == nullptr);
  sqlite3_close(database);
  return rows;
}

using Rows = std::vector<std::string>;

}  // namespace

TEST_CASE("the index holds what the journals say, axes and figures as columns", "[sweep]") {
  const ConfigFixture configs;
  const std::string folder = configs.folder.path("runs/x");
  const std::string path = configs.experiment("network: net_a\nchip: small\n");
  Expansion points = expanded(path, "chip.adc.bits", "4,5,6");
  CHECK(sweep_into(folder, points) == 1);
  CHECK(build_index(folder) == 3);
  CHECK(query(folder,
              "SELECT \"chip.adc.bits\", status, accuracy, energy_j > 0, latency_s, error FROM points ORDER "
              "BY 1") == Rows{"4|ok|0.5|1|9.0e-06|", "5|failed||||no room", "6|ok|0.5|1|9.0e-06|"});
  CHECK(query(folder,
              "SELECT name, value FROM info WHERE name NOT LIKE 'journal%' AND name NOT IN ('addresses', "
              "'begun', 'hosts') ORDER BY name") == Rows{"axes|[\"chip.adc.bits\"]", "finished|2", "format|1",
                                                         "points|3",
                                                         fmt::format("results_version|{}", results_version)});

  // Other axes come with other points; a point that failed and is done now is done.
  Expansion seeds = expanded(path, "seed", "1,2");
  CHECK(sweep_into(folder, seeds) == 0);
  const auto lenient = [](const Experiment& e, const RunRequest&) {
    RunResult r = sample_result();
    r.network.name = e.networks[0];
    return std::vector<RunResult>{r};
  };
  CHECK(sweep_into(folder, points, lenient, false, true) == 0);
  // One point is in both sweeps: 6 bits are the chip's, 1 is the seed's default.
  CHECK(build_index(folder, &seeds) == 4);
  CHECK(query(folder,
              "SELECT seed, \"chip.adc.bits\", accuracy FROM points WHERE seed IS NOT NULL ORDER BY 1") ==
        Rows{"1|6|0.5", "2||0.333333333333333"});
  CHECK(query(folder, "SELECT count(*) FROM points WHERE status = 'failed'") == Rows{"0"});
  CHECK(query(folder, "PRAGMA integrity_check") == Rows{"ok"});
}

TEST_CASE("several networks of a point are several rows, recorded paths are columns", "[sweep]") {
  const ConfigFixture configs;
  const std::string folder = configs.folder.path("runs/x");
  Expansion points = expanded(configs.experiment("network: net_a\n"), "seed", "1,2",
                              {{"sweep.record", "accuracy, timing.bottleneck"}});
  const auto both = [](const Experiment& e, const RunRequest& request) {
    std::vector<RunResult> results = {run_sample(e, request)[0], run_sample(e, request)[0]};
    results[1].network.name = "net \"b\"";
    return results;
  };
  CHECK(sweep_into(folder, points, both) == 0);
  CHECK(build_index(folder) == 2);
  CHECK(query(folder,
              "SELECT seed, run, network_name, accuracy, \"timing.bottleneck\" FROM points ORDER BY 1, 2") ==
        Rows{"1|0|net_a|0.5|tile 3, 99 %", "1|1|net \"b\"|0.5|tile 3, 99 %",
             "2|0|net_a|0.333333333333333|tile 3, 99 %", "2|1|net \"b\"|0.333333333333333|tile 3, 99 %"});
}

TEST_CASE("an index that is damaged or half written is built anew", "[sweep]") {
  const ConfigFixture configs;
  const std::string folder = configs.folder.path("runs/x");
  Expansion points = expanded(configs.experiment("network: net_a\n"), "seed", "1,2");
  CHECK(sweep_into(folder, points) == 0);
  configs.folder.write("runs/x/results.sqlite", "no database");
  configs.folder.write("runs/x/results.sqlite." + std::to_string(getpid()) + ".part", "half of one");
  CHECK(build_index(folder) == 2);
  CHECK(query(folder, "SELECT count(*) FROM points") == Rows{"2"});
  CHECK_FALSE(std::filesystem::exists(index_path(folder) + "." + std::to_string(getpid()) + ".part"));
}

TEST_CASE("the index marks the front of two objectives and names them, by any method", "[sweep][pareto]") {
  const ConfigFixture configs;
  const std::string folder = configs.folder.path("runs/x");
  Expansion points =
      expanded(configs.experiment(
                   "network: net_a\nchip: small\nsweep: {objectives: {accuracy: max, energy_j: min}}\n"),
               "seed", "2,1,3");
  CHECK(sweep_into(folder, points) == 0);
  // run_sample: the smaller the seed, the higher the accuracy, and all have the same energy.
  build_index(folder, &points, front_of(points, read_values(folder, points.plan().spec.objectives)));
  CHECK(query(folder, "SELECT seed, front FROM points ORDER BY 1") == Rows{"1|1", "2|0", "3|0"});
  CHECK(query(folder, "SELECT value FROM info WHERE name = 'objectives'") ==
        Rows{R"({"accuracy":"max","energy_j":"min"})"});
  build_index(folder);
  CHECK(query(folder, "SELECT name FROM pragma_table_info('points') WHERE name = 'front'").empty());
}

TEST_CASE("of two lines of a point the one written last counts", "[sweep]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment("network: net_a\n"), folder = configs.folder.path("runs/x");
  for (const char* record : {"accuracy", "accuracy, energy_j"}) {
    Expansion points = expanded(path, "seed", "1,2", {{"sweep.record", record}});
    CHECK(sweep_into(folder, points) == 0);
  }
  // Numbers of processes must not order the journals: 10000 stands before 9999.
  for (const auto& file : std::filesystem::directory_iterator(journals_of(folder)))
    CHECK(file.path().filename().string().starts_with("20"));
  CHECK(build_index(folder) == 2);
  CHECK(query(folder, "SELECT accuracy, energy_j > 0 FROM points ORDER BY seed") ==
        Rows{"0.5|1", "0.333333333333333|1"});
}

TEST_CASE("the index says which points it is of, whatever their order or neighbours, who ran them and when",
          "[sweep]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment("network: net_a\n"), folder = configs.folder.path("runs/x");
  Expansion points = expanded(path, "seed", "1,2,3"), other = expanded(path, "seed", "7,8");
  Digest sum;
  for (std::size_t i = points.size(); i-- > 0;) sum += points.address(i);
  CHECK(sweep_into(folder, other) == 0);
  CHECK(sweep_into(folder, points) == 0);
  build_index(folder, &points);
  const auto said = [&](const std::string& name) {
    return query(folder, "SELECT value FROM info WHERE name = '" + name + "'").at(0);
  };
  CHECK(said("addresses") == sum.hex());
  CHECK(said("begun").starts_with("20"));
  CHECK(said("begun").ends_with(" UTC"));
  build_index(folder, &other);
  CHECK(said("addresses") != sum.hex());
}

TEST_CASE("points of other sweeps in the folder are marked, and parts of killed processes go", "[sweep]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment("network: net_a\nchip: small\n"),
                    folder = configs.folder.path("runs/x");
  Expansion before = expanded(path, "seed", "1,2"),
            now = expanded(path, "seed", "2,3", {{"chip.adc.bits", "4"}});
  CHECK(sweep_into(folder, before) == 0);
  CHECK(sweep_into(folder, now) == 0);
  configs.folder.write("runs/x/results.sqlite.1.part", "");
  configs.folder.write("runs/x/results.sqlite.2.part", "");
  const std::filesystem::path left = configs.folder.path("runs/x/results.sqlite.1.part");
  std::filesystem::last_write_time(left,
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  CHECK(build_index(folder, &now) == 4);
  CHECK(query(folder, "SELECT seed, other_sweep FROM points ORDER BY 2, 1") ==
        Rows{"2|", "3|", "1|1", "2|1"});
  CHECK_FALSE(std::filesystem::exists(left));
  CHECK(std::filesystem::exists(configs.folder.path("runs/x/results.sqlite.2.part")));
}

}  // namespace mimosa
