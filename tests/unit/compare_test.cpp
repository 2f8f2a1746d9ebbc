// SPDX-License-Identifier: Apache-2.0
#include "sim/report/compare.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/temporary_folder.hpp"

using Catch::Matchers::Contains;

namespace mimosa {
namespace {

std::string run(const std::string& name, const std::string& values, double mean, double energy,
                int seed = 1) {
  return "{\"network\": {\"name\": \"" + name +
         "\"}, \"accuracy\": {\"analog\": {\"mean\": " + std::to_string(mean) + ", \"values\": " + values +
         "}}, \"energy\": {\"per_input_j\": " + std::to_string(energy) +
         "}, \"provenance\": {\"seed\": " + std::to_string(seed) + "}}";
}

const FigureChange& figure(const Comparison& comparison, const std::string& path) {
  for (const FigureChange& change : comparison.networks.at(0).figures)
    if (change.path == path) return change;
  throw std::runtime_error("no change of " + path);
}

}  // namespace

TEST_CASE("runs of the same chip samples are compared pair by pair", "[compare]") {
  const TemporaryFolder folder;
  const std::string a = folder.write("a.json", run("n", "[0.80, 0.90, 0.70]", 0.80, 2.0));
  const std::string b = folder.write("b.json", run("n", "[0.79, 0.88, 0.69]", 0.786667, 3.0));
  const Comparison comparison = compare_runs(a, b);
  const FigureChange& change = figure(comparison, "accuracy.analog.mean");
  // Differences -0.01, -0.02, -0.01: standard deviation 0.0057735, t(2) = 4.302653.
  CHECK(change.paired);
  CHECK(change.ci95.value() == Approx(4.302653 * 0.0057735 / std::sqrt(3.0)).epsilon(1e-4));
  CHECK(figure(comparison, "energy.per_input_j").after == 3.0);
  CHECK_THAT(comparison_text(comparison), Contains("-1.33 points ± 1.43 (same chips): not significant"));
  CHECK_THAT(comparison_text(comparison), Contains("2 -> 3   +50.00 %"));
}

TEST_CASE("runs of other chip samples are compared by Welch's interval", "[compare]") {
  const TemporaryFolder folder;
  const std::string a = folder.write("a.json", run("n", "[0.80, 0.82, 0.81, 0.83]", 0.815, 2.0));
  const std::string b = folder.write("b.json", run("n", "[0.70, 0.74, 0.72]", 0.72, 2.0, 2));
  const Comparison comparison = compare_runs(a, b);
  const FigureChange& change = figure(comparison, "accuracy.analog.mean");
  // Variances of the means 1/24000 and 1/7500; 3.20 degrees of freedom, of which 3 are taken: t = 3.182446.
  CHECK_FALSE(change.paired);
  CHECK(change.ci95.value() == Approx(3.182446 * std::sqrt(1.0 / 24000 + 1.0 / 7500)).epsilon(1e-4));
  CHECK_THAT(comparison_text(comparison), Contains("(not paired): significant"));
}

TEST_CASE("gates break where a figure goes their way by more than they allow", "[compare]") {
  const TemporaryFolder folder;
  const std::string a = folder.write("a.json", run("n", "[]", 0.80, 2.0));
  const std::string b = folder.write("b.json", run("n", "[]", 0.79, 2.1));
  const auto breaks = [&](const std::string& from, const std::string& to, const char* text) {
    return !broken(parse_gate(text), compare_runs(from, to), figure_paths(from)).empty();
  };
  CHECK(breaks(a, b, "accuracy.analog.mean drops 0.9 points"));
  CHECK_FALSE(breaks(a, b, "accuracy.analog.mean drops 1.1 points"));
  CHECK_FALSE(breaks(b, a, "accuracy.analog.mean drops 0 points"));
  CHECK(breaks(b, a, "accuracy.analog.mean changes 0.009"));
  CHECK(breaks(a, b, "accuracy.analog.mean drops 1.2 %"));
  CHECK_FALSE(breaks(a, b, "accuracy.analog.mean drops 1.3 %"));
  CHECK(breaks(a, b, "energy.per_input_j rises 4.9 %"));
  CHECK_FALSE(breaks(a, b, "energy.per_input_j rises 5.1 %"));
  CHECK_FALSE(breaks(a, a, "energy.per_input_j changes 0"));
}

TEST_CASE("a figure or network that is gone breaks its gate", "[compare]") {
  const TemporaryFolder folder;
  const std::string one = run("n", "[]", 0.8, 2.0), two = run("m", "[]", 0.8, 2.0);
  const std::string a = folder.write("a.json", "{\"runs\": [" + one + ", " + two + "]}");
  const std::string b = folder.write("b.json", "{\"runs\": [" + one + "]}");
  const Gate gate = parse_gate("energy.per_input_j rises 1 %"),
             joined = parse_gate("energy.per_input_j rises 1%");
  CHECK(joined.unit == gate.unit);
  CHECK(joined.amount == gate.amount);
  CHECK(broken(gate, compare_runs(a, b), figure_paths(a)).size() == 1);
  CHECK(broken(gate, compare_runs(b, a), figure_paths(b)).empty());
  CHECK(compare_runs(b, a).added == std::vector<std::string>{"m"});
  const std::string none = folder.write("c.json", "{\"network\": {\"name\": \"n\"}, \"energy\": null}");
  CHECK(broken(gate, compare_runs(b, none), figure_paths(b)).size() == 1);
}

TEST_CASE("gates and files that cannot be read are refused", "[compare]") {
  const TemporaryFolder folder;
  const std::string a = folder.write("a.json", run("n", "[]", 0.8, 2.0));
  for (const char* text : {"energy", "energy drops", "energy drosp 3", "energy drops x", "energy drops -1",
                           "energy drops 1 W", "energy drops 1 % now", "energy drops inf"})
    CHECK_THROWS_WITH(parse_gate(text), Contains("allowed: FIGURE drops|rises|changes AMOUNT [points|%]"));
  CHECK_THROWS_WITH(broken(parse_gate("energy.per_inptu_j drops 1"), compare_runs(a, a), figure_paths(a)),
                    Contains("did you mean energy.per_input_j?"));
  CHECK_THROWS_WITH(
      broken(parse_gate("energy.per_input_j drops 1 points"), compare_runs(a, a), figure_paths(a)),
      Contains("is no fraction"));
  CHECK_THROWS_WITH(compare_runs(a, folder.path("none.json")), Contains("cannot be read"));
  CHECK_THROWS_WITH(compare_runs(a, folder.write("bad.json", "{")), Contains("is no report of a run"));
  CHECK_THROWS_WITH(compare_runs(a, folder.write("bad.json", "{\"runs\": 3}")),
                    Contains("is no report of a run"));
  CHECK_THROWS_WITH(compare_runs(a, folder.write("bad.json", "{\"network\": 3}")),
                    Contains("is no report of a run"));
}

}  // namespace mimosa
