// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/pareto.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "sim/sweep/front.hpp"
#include "tests/support/sweep_fixture.hpp"

using Catch::Matchers::Contains;

namespace mimosa {
namespace {

/// Schaffer's problem: (x - 1)^2 and (x - 3)^2 are small together where 1 <= x <= 3 and nowhere else. Here x
/// is the noise, the second cost an accuracy that is high, and clean bits cost energy besides.
std::vector<RunResult> schaffer(const Experiment& experiment, const RunRequest&) {
  RunResult r = sample_result();
  r.network.name = experiment.networks[0];
  const double x = experiment.device.read_noise;
  r.energy->per_input_j = (x - 1.0) * (x - 1.0) + experiment.chip.analog.adc.bits - 4;
  r.accuracy->analog_interval.mean = -(x - 3.0) * (x - 3.0);
  if (experiment.chip.analog.adc.bits == 5) throw std::runtime_error("no room");
  return {r};
}

const std::string two =
    "sweep: {method: pareto, points: 16, generations: 12, objectives: {accuracy: max, "
    "energy_j: min}}\n";
const std::string axes = "axes: {device.read_noise: {range: [0, 8]}, chip.adc.bits: {range: [4, 7]}}\n";

struct Search {
  ConfigFixture configs;
  Expansion expansion(const std::string& more = two) {
    return Expansion(make_plan(configs.experiment(ConfigFixture::plain + axes + more), {}, {}));
  }
  ParetoOutcome run(Expansion& points, const std::string& name, const ParetoOptions& options,
                    const RunFunction& function = schaffer) {
    Store store(folder(name), Store::Access::Alone);
    return run_pareto(points, function, store, store.read(points.plan().spec.record), options);
  }
  std::string folder(const std::string& name) { return configs.folder.path("runs/" + name); }
  std::vector<FrontPoint> front(const Expansion& points, const std::string& name) {
    return front_of(points, read_values(folder(name), points.plan().spec.objectives));
  }
};

ParetoOptions with_jobs(int jobs) {
  ParetoOptions options;
  options.points.jobs = jobs;
  return options;
}

}  // namespace

TEST_CASE("the front of Schaffer's problem is found, failing points notwithstanding", "[sweep][pareto]") {
  Search search;
  Expansion points = search.expansion();
  REQUIRE(points.size() == 16);
  const ParetoOutcome outcome = search.run(points, "x", with_jobs(2));
  CHECK(points.size() <= 16 * 12);
  CHECK(outcome.failed > 0);
  CHECK(outcome.impossible == 0);
  const std::vector<FrontPoint> front = search.front(points, "x");
  CHECK(front.size() >= 16);
  // Best accuracy first, so x falls from 3 to 1, the whole way without a gap.
  double before = 3.0, widest = 0.0;
  for (const FrontPoint& point : front) {
    const double x = 3.0 - std::sqrt(-point.values[0]);
    const Experiment e = points.experiment(point.points.at(0));
    CHECK(e.device.read_noise == Approx(x).margin(1e-6));
    CHECK(e.chip.analog.adc.bits == 4);
    CHECK((x > 0.95 && x < 3.05));
    widest = std::max(widest, before - x);
    before = x;
  }
  CHECK(std::max(widest, before - 1.0) < 0.25);
}

TEST_CASE("generations do not depend on the number of processes, nor on a stop between", "[sweep][pareto]") {
  Search search;
  Expansion one = search.expansion(), many = search.expansion();
  search.run(one, "one", with_jobs(1));
  search.run(many, "many", with_jobs(5));
  const auto lines = lines_of(search.folder("one"));
  CHECK(lines == lines_of(search.folder("many")));

  int stops = 0;
  for (bool stopped = true; stopped; ++stops) {
    REQUIRE(stops < 100);
    Expansion again = search.expansion();
    ParetoOptions options = with_jobs(2);
    int done = 0;
    stopped = false;
    options.points.done = [&](const PointDone&) { ++done; };
    options.points.stop = [&] { return stopped = done >= 23; };
    search.run(again, "stopped", options);
  }
  CHECK(stops > 4);
  CHECK(lines == lines_of(search.folder("stopped")));
  for (const auto& [address, own] : lines_of(search.folder("stopped"))) CHECK(own.size() == 1);
  // Once more runs nothing; by force everything runs once again.
  Expansion again = search.expansion();
  search.run(again, "stopped", with_jobs(2));
  CHECK(lines == lines_of(search.folder("stopped")));
  ParetoOptions force = with_jobs(2);
  force.force = true;
  Expansion forced = search.expansion();
  search.run(forced, "stopped", force);
  for (const auto& [address, own] : lines_of(search.folder("stopped"))) CHECK(own.size() == 2);
}

TEST_CASE("points that where leaves out or that cannot be are never run", "[sweep][pareto]") {
  Search search;
  const std::string where =
      "sweep: {method: pareto, points: 8, generations: 20, objectives: {accuracy: max, "
      "energy_j: min}, where: chip.adc.bits > 5, record: energy_j}\n";
  Expansion points = search.expansion(where);
  CHECK(search.run(points, "x", with_jobs(2)).failed == 0);
  std::size_t six = 0;
  const std::vector<FrontPoint> front = search.front(points, "x");
  for (const FrontPoint& point : front)
    six += points.experiment(point.points.at(0)).chip.analog.adc.bits == 6 ? 1 : 0;
  CHECK(2 * six > front.size());  // a 7-bit one may be best at an x no 6-bit one was tried at
  for (const auto& [address, lines] : lines_of(search.folder("x")))
    CHECK(lines.front()["axes"]["chip.adc.bits"] > 5);
}

TEST_CASE("repeats of a point count by their mean", "[sweep][pareto]") {
  Search search;
  const std::string repeats =
      "sweep: {method: pareto, points: 8, generations: 3, repeats: 2, objectives: "
      "{accuracy: max, energy_j: min}}\n";
  const auto noisy = [](const Experiment& e, const RunRequest& request) {
    std::vector<RunResult> results = schaffer(e, request);
    results[0].energy->per_input_j += e.seed == 1 ? 0.5 : -0.5;
    return results;
  };
  Expansion points = search.expansion(repeats);
  search.run(points, "x", with_jobs(2), noisy);
  const std::vector<FrontPoint> front = search.front(points, "x");
  REQUIRE_FALSE(front.empty());
  for (const FrontPoint& point : front) {
    REQUIRE(point.points.size() == 2);
    const Experiment e = points.experiment(point.points[0]);
    const double x = e.device.read_noise;
    CHECK(point.values[1] == Approx((x - 1) * (x - 1) + e.chip.analog.adc.bits - 4).margin(1e-9));
  }
}

TEST_CASE("a plan by generations needs two objectives, points by four and figures",
          "[sweep][pareto][error]") {
  Search search;
  const auto plan = [&](const std::string& sweep) { return search.expansion("sweep: " + sweep + "\n"); };
  CHECK_THROWS_WITH(plan("{method: pareto, points: 8}"), Contains("sweep.objectives: 0 given; sweep.method: "
                                                                  "pareto needs two or more"));
  CHECK_THROWS_WITH(plan("{method: pareto, points: 8, objectives: {accuracy: max}}"), Contains("1 given"));
  for (const std::string points : {"4", "10"})
    CHECK_THROWS_WITH(
        plan("{method: pareto, points: " + points + ", objectives: {accuracy: max, energy_j: min}}"),
        Contains("sweep.points: " + points +
                 "; with sweep.method: pareto allowed: multiples of 4, from 8 on"));
  CHECK_THROWS_WITH(
      plan("{method: sobol, points: 8, generations: 3}"),
      Contains("sweep.generations: has no effect with sweep.method: sobol; allowed with: pareto"));
  Expansion points = search.expansion();
  const auto fails = [](const Experiment&, const RunRequest&) -> std::vector<RunResult> {
    throw std::runtime_error("no room");
  };
  CHECK_THROWS_WITH(search.run(points, "x", with_jobs(2), fails),
                    Contains("no point of the first generation has all figures of sweep.objectives"));
  const std::string still = search.configs.experiment(ConfigFixture::plain + two + "axes: {seed: [1]}\n");
  CHECK_THROWS_WITH(make_plan(still, {}, {}), Contains("no axis has two values"));
}

TEST_CASE("a point without a number for an objective is none of the front, and runs once",
          "[sweep][pareto]") {
  Search search;
  const auto patchy = [](const Experiment& e, const RunRequest& request) {
    std::vector<RunResult> results = schaffer(e, request);
    if (e.chip.analog.adc.bits == 6) results[0].energy->per_input_j = std::nan("");
    if (e.chip.analog.adc.bits == 4) results[0].accuracy.reset();
    return results;
  };
  for (const std::string record : {"", ", record: energy_j"}) {
    const std::string sweep =
        "sweep: {method: pareto, points: 16, generations: 8, objectives: {accuracy: max, "
        "energy_j: min}" +
        record + "}\n";
    Expansion points = search.expansion(sweep);
    const std::string name = record.empty() ? "whole" : "figures";
    CHECK(search.run(points, name, with_jobs(2), patchy).failed > 0);
    const std::vector<FrontPoint> front = search.front(points, name);
    REQUIRE_FALSE(front.empty());
    for (const FrontPoint& point : front)
      CHECK(points.experiment(point.points.at(0)).chip.analog.adc.bits == 7);
    Expansion again = search.expansion(sweep);
    search.run(again, name, with_jobs(2), patchy);
    for (const auto& [address, lines] : lines_of(search.folder(name))) CHECK(lines.size() == 1);
  }
}

TEST_CASE("objectives that no axis moves leave the front to the others", "[sweep][pareto]") {
  Search search;
  Expansion points = search.expansion(
      "sweep: {method: pareto, points: 16, generations: 12, objectives: {accuracy: max, energy_j: min, "
      "area_mm2: "
      "min}}\n");
  search.run(points, "x", with_jobs(2));
  const std::vector<FrontPoint> front = search.front(points, "x");
  double before = 3.0, widest = 0.0;
  for (const FrontPoint& point : front) {
    const double x = 3.0 - std::sqrt(-point.values[0]);
    widest = std::max(widest, before - x);
    before = x;
    CHECK(point.values[2] == front[0].values[2]);
  }
  CHECK(std::max(widest, before - 1.0) < 0.25);
}

}  // namespace mimosa
