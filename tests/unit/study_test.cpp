// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <sqlite3.h>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/study/curves.hpp"
#include "sim/study/gnuplot.hpp"
#include "sim/study/index_reader.hpp"
#include "sim/study/study_page.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;
using Json = nlohmann::json;

void make_index(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  const std::string head =
      "BEGIN; CREATE TABLE info (name PRIMARY KEY, value); CREATE TABLE points (address, run, status, error, "
      "network_name, bits, \"device.a\"\"b\", accuracy, accuracy_ci95, energy_j, PRIMARY KEY (address, run));"
      "INSERT INTO info VALUES ('axes', '[\"bits\", \"device.a\\\"b\"]');";
  char* message = nullptr;
  const int status = sqlite3_exec(database, (head + sql + "COMMIT").c_str(), nullptr, nullptr, &message);
  INFO((message == nullptr ? "" : message));
  sqlite3_free(message);
  sqlite3_close(database);
  REQUIRE(status == SQLITE_OK);
}

std::string row(int number, const char* status, int bits, double a, double accuracy, double energy) {
  return fmt::format("INSERT INTO points VALUES ('p{}', 0, '{}', null, 'net', {}, {}, {}, 0.01, {});", number,
                     status, bits, a, accuracy, energy);
}

}  // namespace

TEST_CASE("an index is read as axes, figures and rows of finished points", "[study]") {
  const TemporaryFolder home;
  make_index(home.path("results.sqlite"), row(1, "ok", 4, 0.5, 0.8, 1e-6) + row(2, "ok", 8, 0.5, 0.9, 2e-6) +
                                              row(3, "failed", 8, 1.0, 0.1, 9.0));
  const IndexTable table = read_index(home.path("results.sqlite"), 100);
  CHECK(table.axes == std::vector<std::string>{"bits", "device.a\"b"});
  CHECK(table.figures == std::vector<std::string>{"accuracy", "accuracy_ci95", "energy_j"});
  CHECK(table.points == 3);
  CHECK(table.failed == 1);
  CHECK_FALSE(table.grouped);
  CHECK(table.rows == Json::parse("[[4, 0.5, 0.8, 0.01, 1e-6], [8, 0.5, 0.9, 0.01, 2e-6]]"));
  const std::string page = study_html("s", table, "seed: 1\n");
  CHECK_THAT(page, Contains("\"points\":3") && Contains("device.a\\\"b"));
  CHECK_THAT(page, Contains(R"("config":"seed: 1\n")") && Contains(R"("results_version":null)"));
}

TEST_CASE("a page knows the units of its axes", "[study]") {
  IndexTable table;
  table.axes = {"device.time_s", "device.read_noise", "network", "repeat"};
  CHECK_THAT(study_html("s", table), Contains(R"("units":{"device.time_s":"s"})"));
}

TEST_CASE("an index that marks a front is read with it and its objectives, in their order",
          "[study][pareto]") {
  const TemporaryFolder home;
  const std::string front =
      "ALTER TABLE points ADD COLUMN front; UPDATE points SET front = (energy_j < 1.5e-6); "
      "INSERT INTO info VALUES ('objectives', '{\"energy_j\": \"min\", \"accuracy\": \"max\"}');";
  make_index(home.path("i"), row(1, "ok", 4, 0.5, 0.8, 1e-6) + row(2, "ok", 8, 0.5, 0.7, 2e-6) + front);
  const IndexTable table = read_index(home.path("i"), 100);
  CHECK(table.columns.back() == "front");
  CHECK(table.figures.back() == "energy_j");
  CHECK(table.rows == Json::parse("[[4, 0.5, 0.8, 0.01, 1e-6, 1], [8, 0.5, 0.7, 0.01, 2e-6, 0]]"));
  CHECK_THAT(
      study_html("s", table),
      Contains(R"("objectives":[{"figure":"energy_j","max":false},{"figure":"accuracy","max":true}])"));
  CHECK(read_index(home.path("i"), 1).columns.back() == "points");
}

TEST_CASE("of too many points the means over the axis with the most values are read", "[study]") {
  const TemporaryFolder home;
  std::string sql;
  std::map<int, double> sums;
  for (int bits = 0; bits < 3; ++bits)
    for (int i = 0; i < 40; ++i) {
      const double accuracy = 0.5 + 0.1 * bits + 0.001 * i * i;
      sums[bits] += accuracy / 40.0;
      sql += row(100 * bits + i, "ok", bits, i, accuracy, 1.0);
    }
  make_index(home.path("i"), sql);
  const IndexTable table = read_index(home.path("i"), 50);
  CHECK(table.grouped);
  CHECK(table.axes == std::vector<std::string>{"bits"});
  CHECK(table.points == 120);
  REQUIRE(table.rows.size() == 3);
  for (const Json& r : table.rows) {
    CHECK(r.at(1).get<double>() == Approx(sums.at(r.at(0).get<int>())));
    CHECK(r.back() == 40);
  }
}

TEST_CASE("a file that is no index is refused, with what makes a new one", "[study]") {
  const TemporaryFolder home;
  write_file(home.path("i"), "not a database, but long enough to be taken for one by nobody at all");
  CHECK_THROWS_WITH(read_index(home.path("i"), 10),
                    Contains("cannot be read as an index of a sweep") && Contains("mimosa sweep collect"));
  CHECK_THROWS_AS(read_index(home.path("none"), 10), UserError);
}

TEST_CASE("a frontier has what no other point beats, whichever way is better", "[study]") {
  const std::vector<CurvePoint> points = {{"", 3.0, 0.9, 0, 0}, {"", 1.0, 0.5, 0, 0}, {"", 2.0, 0.4, 0, 0},
                                          {"", 1.0, 0.7, 0, 0}, {"", 3.0, 0.9, 0, 0}, {"", 4.0, 0.9, 0, 0}};
  for (const bool more_x : {false, true})
    for (const bool more_y : {false, true}) {
      // By definition: a point stays unless another is as good in both and better in one.
      std::set<std::pair<double, double>> expected;
      const auto better = [](double a, double b, bool more) { return more ? a > b : a < b; };
      for (const CurvePoint& p : points)
        if (std::none_of(points.begin(), points.end(), [&](const CurvePoint& q) {
              return !better(p.x, q.x, more_x) && !better(p.y, q.y, more_y) &&
                     (better(q.x, p.x, more_x) || better(q.y, p.y, more_y));
            }))
          expected.emplace(p.x, p.y);
      const std::vector<CurvePoint> front = frontier(points, more_x, more_y);
      CHECK(front.size() == expected.size());
      CHECK(std::is_sorted(front.begin(), front.end(), [](auto& a, auto& b) { return a.x < b.x; }));
      for (const CurvePoint& p : front) CHECK(expected.contains({p.x, p.y}));
    }
}

TEST_CASE("against another figure each curve is a frontier, of the points that were chosen", "[study]") {
  IndexTable table;
  table.axes = {"bits", "net"};
  table.figures = {"accuracy", "accuracy_ci95", "energy_j"};
  table.columns = {"bits", "net", "accuracy", "accuracy_ci95", "energy_j"};
  table.rows = Json::parse(R"([[4, "a", 0.7, 0.02, 1.0], [6, "a", 0.6, 0.02, 2.0], [8, "a", 0.9, 0.02, 3.0],
                               [4, "b", 0.5, 0.01, 0.5], [8, "c", 0.5, 0.01, null]])");
  CurveSet set = curves_of(table, "energy_j", "accuracy", "net");
  REQUIRE(set.curves.size() == 2);
  REQUIRE(set.curves[0].points.size() == 2);
  CHECK(set.curves[0].points[1].x == 3.0);
  CHECK(set.curves[0].points[1].high == Approx(0.92));
  CHECK(set.curves[1].name == "b");
  table.objectives["accuracy"] = "min";  // whatever somebody wants
  CHECK(curves_of(table, "energy_j", "accuracy", "net").curves[0].points[1].y == 0.6);
  choose_rows(table, "bits", "4.0,8");
  CHECK(table.rows.size() == 4);
  choose_rows(table, "net", "a");
  CHECK(table.rows.size() == 2);
  CHECK_THROWS_WITH(choose_rows(table, "net", "b"), Contains("net: no point has b; did you mean a?"));
  CHECK_THROWS_WITH(choose_rows(table, "nets", "a"), Contains("nets: no such axis; did you mean net?"));
}

TEST_CASE("the text of a value counts before its number, and may hold commas", "[study]") {
  const auto left = [](const std::string& values) {
    IndexTable table;
    table.axes = table.columns = {"variant"};
    table.rows = Json::parse(R"([["06"], ["6"], ["a,b"], [7]])");
    choose_rows(table, "variant", values);
    return table.rows;
  };
  CHECK(left("6") == Json::parse(R"([["6"]])"));
  CHECK(left("06,7.0") == Json::parse(R"([["06"], [7]])"));
  CHECK(left("a,b") == Json::parse(R"([["a,b"]])"));
}

TEST_CASE("more of a figure given by its path is better as by its name, but not of an interval", "[study]") {
  IndexTable table;
  table.axes = {"net"};
  table.figures = {"area_mm2", "timing.inputs_per_s", "accuracy_ci95", "accuracy.inputs"};
  table.columns = {"net", "area_mm2", "timing.inputs_per_s", "accuracy_ci95", "accuracy.inputs"};
  table.rows = Json::parse(R"([["a", 40.0, 9e5, 0.02, 500], ["a", 80.0, 7e4, 0.03, 900]])");
  for (const char* worse : {"timing.inputs_per_s", "accuracy_ci95", "accuracy.inputs"}) {
    const CurveSet set = curves_of(table, "area_mm2", worse, "net");
    CHECK(set.curves[0].points.size() == 1);
    CHECK(set.curves[0].points[0].x == 40.0);
  }
}

TEST_CASE("a curve is the mean over other axes, with its extremes or the interval of a lone point",
          "[study]") {
  IndexTable table;
  table.axes = {"bits", "noise", "net"};
  table.figures = {"accuracy", "accuracy_ci95"};
  table.columns = {"bits", "noise", "net", "accuracy", "accuracy_ci95"};
  table.rows = Json::parse(R"([["8", 1, "a", 0.9, 0.02], ["8", 2, "a", 0.8, 0.02], ["4", 1, "a", 0.7, 0.02],
                               ["4", 1, "b", 0.5, null], ["16", 1, "b", null, null]])");
  const CurveSet set = curves_of(table, "bits", "accuracy", "net");
  CHECK(set.numeric);
  REQUIRE(set.curves.size() == 2);
  CHECK(set.curves[0].name == "a");
  REQUIRE(set.curves[0].points.size() == 2);
  const CurvePoint& four = set.curves[0].points[0];
  CHECK(four.x == 4.0);
  CHECK(four.low == Approx(0.68));
  CHECK(four.high == Approx(0.72));
  const CurvePoint& eight = set.curves[0].points[1];
  CHECK(eight.y == Approx(0.85));
  CHECK(eight.low == 0.8);
  CHECK(eight.high == 0.9);
  REQUIRE(set.curves[1].points.size() == 1);
  CHECK(set.curves[1].points[0].low == 0.5);
  CHECK_FALSE(curves_of(table, "net", "accuracy", "").numeric);
  CHECK_THROWS_WITH(curves_of(table, "bit", "accuracy", ""),
                    Contains("no such axis") && Contains("did you mean bits"));
  CHECK_THROWS_WITH(curves_of(table, "bits", "energy", ""), Contains("no such figure"));
}

TEST_CASE("a script for gnuplot holds its data, and names stay names", "[study]") {
  CurveSet set{.x = "it's", .y = "accuracy", .series = "net", .numeric = true, .curves = {}};
  set.curves = {{"a'; system('x", {{"1", 1.0, 0.5, 0.4, 0.6}, {"100", 100.0, 0.25, 0.25, 0.25}}}};
  const std::string script = gnuplot_script(set, "out.svg");
  CHECK_THAT(script, Contains("set xlabel 'it''s'") && Contains("title 'a''; system(''x'"));
  CHECK_THAT(script, Contains("\n1 50 40 60\n100 25 25 25\nEND\n") && Contains("set logscale x"));
  CHECK_THAT(script, Contains("set format y '%g'"));
  set.y = "energy_j";
  CHECK_THAT(gnuplot_script(set, "out.svg"), Contains("set format y '%.1s %cJ'"));
  set.y = "inputs_per_s";
  CHECK_THAT(gnuplot_script(set, "out.svg"), Contains("set format y '%g'"));
  CHECK_THROWS_WITH(gnuplot_script(set, "out.png"), Contains("ends in neither .svg nor .pdf"));
}

}  // namespace mimosa
