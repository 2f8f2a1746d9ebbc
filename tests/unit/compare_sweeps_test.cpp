// SPDX-License-Identifier: Apache-2.0
#include "sim/study/compare_sweeps.hpp"

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/base/statistics.hpp"
#include "tests/support/sweep_fixture.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::Equals;

namespace mimosa {
namespace {

using Samples = std::map<int, std::vector<double>>;

/// Accuracies of three chip samples at each number of bits; without one the point fails.
RunFunction with_samples(const Samples& samples) {
  return [samples](const Experiment& e, const RunRequest& request) {
    if (!samples.contains(e.chip.analog.adc.bits)) throw std::runtime_error("no room");
    std::vector<RunResult> results = run_sample(e, request);
    results[0].accuracy->analog = samples.at(e.chip.analog.adc.bits);
    results[0].accuracy->analog_interval = mean_interval(results[0].accuracy->analog);
    return results;
  };
}
const Samples before = {{4, {0.80, 0.90, 0.70}}, {6, {0.80, 0.90, 0.70}}, {8, {0.5, 0.6, 0.7}}};
/// At 4 bits -1, -2, -1 points: 1.33 ± 1.43; at 6 bits 10 points each.
const Samples after = {{4, {0.79, 0.88, 0.69}}, {6, {0.70, 0.80, 0.60}}, {8, {0.5, 0.6, 0.7}}};

/// Two folders of sweeps over bits that differ in the number of inputs.
struct Sweeps {
  ConfigFixture configs;
  std::string path = configs.experiment("network: net_a\nchip: small\n");
  std::string a = configs.folder.path("runs/a"), b = configs.folder.path("runs/b");

  void run(const std::string& folder, const std::string& bits, const Samples& samples,
           const std::vector<Setting>& settings = {}) const {
    Expansion points = expanded(path, "chip.adc.bits", bits, settings);
    static_cast<void>(sweep_into(folder, points, with_samples(samples)));
  }
};
const Setting other_inputs = {"inputs", "100"};

std::vector<std::string> points_of(const SweepComparison& comparison) {
  std::vector<std::string> points;
  for (const PointChange& point : comparison.points) points.push_back(point.point);
  return points;
}

}  // namespace

TEST_CASE("points of two sweeps are paired by their axes, each with its interval", "[compare]") {
  const Sweeps sweeps;
  sweeps.run(sweeps.a, "4,6,8", before);
  sweeps.run(sweeps.b, "8,6,4", after, {other_inputs});
  const SweepComparison comparison = compare_sweeps(sweeps.a, sweeps.b);
  CHECK(points_of(comparison) ==
        std::vector<std::string>{"chip.adc.bits=4", "chip.adc.bits=6", "chip.adc.bits=8"});
  CHECK_FALSE(comparison.points[0].is_equal());
  CHECK_FALSE(comparison.points[1].is_equal());
  const std::string text = comparison_text(comparison);
  CHECK_THAT(text, Contains("points     3 finished in both, "));
  CHECK_THAT(text,
             Contains("2 changed (1 significant), -10.00 .. -1.33 points, furthest at chip.adc.bits=6\n"));
  CHECK_THAT(text, Contains("-1.33 points ± 1.43 (same chips): not significant"));
  CHECK_THAT(comparison_text(comparison, 1), Contains("point      … and 1 others\n"));

  const auto breaks = [&](const char* gate) { return broken(parse_gate(gate), comparison); };
  CHECK(breaks("accuracy.analog.mean drops 1.5 points") ==
        std::vector<std::string>{
            "accuracy.analog.mean drops 1.5 points: at chip.adc.bits=6: net_a: 0.8 -> 0.7"});
  CHECK(breaks("accuracy.analog.mean drops 1.3 points").size() == 2);
  CHECK(breaks("accuracy.analog.mean drops 11 points").empty());
  CHECK(breaks("accuracy.analog.mean rises 0").empty());
  CHECK_THROWS_WITH(breaks("accuracy.analog.maen drops 1 points"),
                    Contains("did you mean accuracy.analog.mean?"));
}

TEST_CASE("points of one address are partners whatever the axes are called", "[compare]") {
  const Sweeps sweeps;
  sweeps.run(sweeps.a, "4,6", before);
  Expansion seeds = expanded(sweeps.path, "seed", "1,2");  // 6 bits are the chip's
  static_cast<void>(sweep_into(sweeps.b, seeds, with_samples(before)));
  const SweepComparison comparison = compare_sweeps(sweeps.a, sweeps.b);
  CHECK(points_of(comparison) == std::vector<std::string>{"chip.adc.bits=6"});
  CHECK(comparison.points[0].is_equal());
  CHECK(comparison.missing == std::vector<std::string>{"chip.adc.bits=4"});
  CHECK(comparison.added == std::vector<std::string>{"seed=2"});
}

TEST_CASE("a point that is missing or fails now breaks every gate", "[compare]") {
  const Sweeps sweeps;
  sweeps.run(sweeps.a, "4,6,8", before);
  sweeps.run(sweeps.b, "4,6,7", {{4, {0.80, 0.90, 0.70}}, {7, {0.5, 0.5, 0.5}}}, {other_inputs});
  const SweepComparison comparison = compare_sweeps(sweeps.a, sweeps.b);
  CHECK(points_of(comparison) == std::vector<std::string>{"chip.adc.bits=4"});
  CHECK(comparison.missing == std::vector<std::string>{"chip.adc.bits=8"});
  CHECK(comparison.failed == std::vector<std::string>{"chip.adc.bits=6: no room"});
  CHECK(broken(parse_gate("accuracy.analog.mean drops 90 points"), comparison) ==
        std::vector<std::string>{
            "accuracy.analog.mean drops 90 points: at chip.adc.bits=8: the point is missing",
            "accuracy.analog.mean drops 90 points: it failed at chip.adc.bits=6: no room"});
}

TEST_CASE("figures recorded alone are compared with those of whole reports", "[compare]") {
  const Sweeps sweeps;
  const Setting record = {"sweep.record", "accuracy, energy_j"};
  sweeps.run(sweeps.a, "4,6", before);
  sweeps.run(sweeps.b, "4,6", after, {other_inputs, record});
  for (const auto& [from, to] : {std::pair(sweeps.a, sweeps.b), std::pair(sweeps.b, sweeps.a)}) {
    const SweepComparison comparison = compare_sweeps(from, to);
    CHECK(comparison.figures == std::vector<std::string>{"accuracy", "energy_j"});
    CHECK(broken(parse_gate("accuracy changes 2 points"), comparison).size() == 1);
    CHECK_THAT(comparison_text(comparison), Contains("2 changed, "));
  }
}

TEST_CASE("sweeps that cannot be paired are refused", "[compare]") {
  const Sweeps sweeps;
  sweeps.run(sweeps.a, "4,6", before);
  CHECK_THROWS_WITH(compare_sweeps(sweeps.a, sweeps.configs.folder.path("none")), Contains("holds no sweep"));
  Expansion seeds = expanded(sweeps.path, "seed", "2,3");
  static_cast<void>(sweep_into(sweeps.b, seeds, with_samples(before)));
  CHECK_THROWS_WITH(compare_sweeps(sweeps.a, sweeps.b), Contains("have no finished point in common"));
  sweeps.run(sweeps.b, "4,6", before, {other_inputs});
  sweeps.run(sweeps.b, "4,6", before, {other_inputs, {"seed", "2"}});
  CHECK_THROWS_WITH(compare_sweeps(sweeps.a, sweeps.b), Contains("cannot be told apart by axes that both"));
}

}  // namespace mimosa
