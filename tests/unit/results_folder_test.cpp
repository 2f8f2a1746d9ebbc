// SPDX-License-Identifier: Apache-2.0
#include "sim/report/results_folder.hpp"

#include <filesystem>
#include <set>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/config/effective.hpp"
#include "sim/report/report.hpp"
#include "tests/support/sample_result.hpp"
#include "tests/support/temporary_folder.hpp"

namespace fs = std::filesystem;
using Catch::Matchers::EndsWith;

namespace mimosa {
namespace {

std::set<std::string> names_in(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

}  // namespace

TEST_CASE("a results folder appears whole at the commit and replaces the earlier run's", "[report]") {
  const TemporaryFolder home;
  const std::string target = home.path("runs/x");
  for (const std::string file : {"first", "second"}) {
    ResultsFolder folder(target);
    write_file(folder.path("report.json"), "{}");
    write_file(folder.path(file), file);
    CHECK(fs::exists(target) == (file == "second"));
    CHECK(folder.final_path("a") == target + "/a");
    folder.commit();
    CHECK(names_in(target) == std::set<std::string>{"report.json", file});
  }
  CHECK(names_in(home.path("runs")) == std::set<std::string>{"x"});
}

TEST_CASE("a results folder that is not committed leaves nothing", "[report]") {
  const TemporaryFolder home;
  {
    const ResultsFolder folder(home.path("a/b/x"));
    write_file(folder.path("report.json"), "{}");
  }
  CHECK(names_in(home.path()).empty());
  home.write("old/report.json", "old");
  {
    const ResultsFolder folder(home.path("old"));
    write_file(folder.path("report.json"), "new");
  }
  CHECK(names_in(home.path()) == std::set<std::string>{"old"});
  CHECK(read_file(home.path("old/report.json")) == "old");
}

TEST_CASE("a folder that is no run's is not replaced", "[report][error]") {
  const TemporaryFolder home;
  home.write("thesis/chapter1.tex", "");
  home.write("swept/points.jsonl", "");
  home.write("file", "");
  CHECK_THROWS_WITH(ResultsFolder(home.path("thesis")),
                    EndsWith("holds files that are no run's; choose another --out"));
  CHECK_THROWS_WITH(ResultsFolder(home.path("swept/")),
                    EndsWith("swept: holds the points of a sweep; choose another --out or remove it"));
  CHECK_THROWS_WITH(ResultsFolder(home.path("file")), EndsWith("is not a folder; choose another --out"));
  CHECK_THROWS_AS(ResultsFolder(home.path("file/x")), UserError);
  CHECK_THROWS_AS(ResultsFolder("."), UserError);
  CHECK_THROWS_AS(ResultsFolder(""), UserError);
  CHECK(names_in(home.path()) == std::set<std::string>{"thesis", "swept", "file"});
}

TEST_CASE("a run's folder holds the report as data, page and text, and the effective config", "[report]") {
  const TemporaryFolder home;
  Experiment experiment;
  experiment.networks = {"net"};
  ResultsFolder folder(home.path("x/"));
  write_report(folder, experiment, {sample_result()});
  folder.commit();
  CHECK(names_in(home.path("x")) ==
        std::set<std::string>{"report.json", "report.html", "effective.yaml", "summary.txt"});
  CHECK(read_file(home.path("x/report.json")) == report_json({sample_result()}));
  CHECK(read_file(home.path("x/effective.yaml")) == effective_yaml(experiment));
  CHECK_THAT(read_file(home.path("x/summary.txt")),
             EndsWith("report     " + home.path("x/report.json") + ", report.html\n"));
}

TEST_CASE("what an interrupted run has written is kept beside its folder, and takes nothing else's place",
          "[report]") {
  const TemporaryFolder temporary;
  const std::string target = temporary.path("results"), kept = target + ".interrupted";
  const auto interrupt = [&](const std::string& text) {
    ResultsFolder folder(target);
    write_file(folder.path("trace.vcd"), text);
    write_file(folder.path("effective.yaml"), "");
    return folder.keep_interrupted();
  };
  CHECK(interrupt("first") == kept);
  CHECK(interrupt("second") == kept);  // the later one replaces the earlier
  CHECK(read_file(kept + "/trace.vcd") == "second");
  CHECK(names_in(temporary.path()) == std::set<std::string>{"results.interrupted"});
  fs::remove(kept + "/effective.yaml");  // now it could be anybody's
  CHECK(interrupt("third").empty());
  CHECK(read_file(kept + "/trace.vcd") == "second");
  CHECK(names_in(temporary.path()) == std::set<std::string>{"results.interrupted"});
}

}  // namespace mimosa
