// SPDX-License-Identifier: Apache-2.0
#include "sim/config/sweep_reader.hpp"

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "sim/config/axis_values.hpp"
#include "tests/support/axes.hpp"
#include "tests/support/config_fixture.hpp"

using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

namespace mimosa {
namespace {

using Labels = std::vector<std::string>;
using Settings = std::vector<std::pair<std::string, std::string>>;

std::vector<Axis> axes_of(const std::string& text) {
  const ConfigFixture configs;
  return configs.load("network: net_a\naxes:\n" + text).axes;
}

std::string error_of(const std::string& text) {
  const ConfigFixture configs;
  try {
    static_cast<void>(configs.load("network: net_a\n" + text));
  } catch (const UserError& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a range is even steps between its ends, both included, or even ratios", "[config][sweep]") {
  const std::vector<Axis> axes = axes_of(
      "  device.read_noise: {range: [0, 1], steps: 11}\n"
      "  device.time_s: {range: [1, 1000000], steps: 4, scale: log}\n"
      "  chip.adc.bits: {range: [4, 7]}\n"
      "  chips: {range: [1, 64], steps: 9, scale: log}\n"
      "  inputs: linear(100,400,4)\n");
  CHECK(labels(axes[0]) == Labels{"0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1"});
  CHECK(labels(axes[1]) == Labels{"1", "100", "10000", "1000000"});
  CHECK(labels(axes[2]) == Labels{"4", "5", "6", "7"});
  // 64^(i/8), whole and each once.
  CHECK(labels(axes[3]) == Labels{"1", "2", "3", "5", "8", "13", "23", "38", "64"});
  CHECK(labels(axes[4]) == Labels{"100", "200", "300", "400"});
}

TEST_CASE("zipped keys move together, variants set what they name", "[config][sweep]") {
  const std::vector<Axis> axes = axes_of(
      "  zip: {chip.array.rows: [64, 128], chip.array.cols: '32,64'}\n"
      "  variants: {plain: {}, fine: {chip: small_fine, device.read_noise: 0.5}}\n");
  REQUIRE(axes.size() == 2);
  CHECK(axes[0].steps[1].settings == Settings{{"chip.array.rows", "128"}, {"chip.array.cols", "64"}});
  CHECK(axes[1].name == "variant");
  CHECK(labels(axes[1]) == Labels{"plain", "fine"});
  CHECK(axes[1].steps[1].settings == Settings{{"chip", "small_fine"}, {"device.read_noise", "0.5"}});
}

TEST_CASE("the sweep block is read, and --set changes it", "[config][sweep]") {
  const ConfigFixture configs;
  const SweepSpec spec = configs
                             .load(
                                 "network: net_a\n"
                                 "sweep:\n"
                                 "  repeats: 8\n"
                                 "  where: chips < 3\n"
                                 "  record: accuracy, energy_j\n"
                                 "  objectives: {accuracy: max, energy_j: min}\n"
                                 "  slurm: {partition: long, shards: 32}\n",
                                 {"sweep.repeats=2", "sweep.slurm.account=me", "sweep.seeds=own"})
                             .sweep;
  CHECK(spec.repeats == 2);
  CHECK(spec.seeds == SeedRule::Own);
  CHECK(spec.where == Labels{"chips < 3"});
  CHECK(spec.record == Labels{"accuracy", "energy_j"});
  REQUIRE(spec.objectives.size() == 2);
  CHECK_FALSE(spec.objectives[1].maximise);
  CHECK(spec.slurm.partition == "long");
  CHECK(spec.slurm.account == "me");
  CHECK(spec.slurm.shards == 32);
}

TEST_CASE("axes and sweeps that cannot be are told with their place", "[config][sweep][error]") {
  CHECK_THAT(error_of("axes: {chips: [1, 2, 1]}\n"),
             EndsWith(":2:15: axes.chips: 1 stands twice; allowed: once"));
  CHECK_THAT(error_of("axes: {chips: {range: [3, 1]}}\n"),
             EndsWith("axes.chips: a range from 3 to 1; the second must be larger"));
  CHECK_THAT(error_of("axes: {device.time_s: {range: [0, 1], scale: log}}\n"),
             EndsWith("axes.device.time_s: a logarithmic range from 0; allowed: above 0"));
  CHECK_THAT(
      error_of("axes: {chips: {range: [1, 3], step: 2}}\n"),
      EndsWith(":2:31: axes.chips.step: no such key; did you mean steps? allowed: range, steps, scale"));
  CHECK_THAT(error_of("axes: {chips: {range: [1.5, 3]}}\n"),
             EndsWith("axes.chips: holds whole numbers, got 1.5 to 3"));
  CHECK_THAT(error_of("axes: {zip: {chips: [1, 2], inputs: [1, 2, 3]}}\n"),
             EndsWith("axes.zip: chips has 2 values, inputs has 3; they must be as many"));
  CHECK_THAT(error_of("axes: {variants: {}}\n"), EndsWith("no variants; allowed: NAME: {KEY: VALUE}"));
  CHECK_THAT(error_of("sweep: {repeat: 3}\n"),
             EndsWith(":2:9: sweep.repeat: no such key; did you mean repeats? "
                      "allowed: method, points, generations, repeats, seeds, "
                      "slurm, where, record, objectives"));
  CHECK_THAT(
      error_of("sweep: {points: 3}\n"),
      EndsWith(
          "sweep.points: has no effect with sweep.method: grid; allowed with: random, sobol, latin, pareto"));
  CHECK_THAT(error_of("sweep: {objectives: {accuracy: most}}\n"),
             EndsWith("sweep.objectives.accuracy: \"most\"; allowed: max, min"));
  CHECK_THAT(error_of("sweep: {slurm: {account: \"a\\n#SBATCH -x\"}}\n"),
             EndsWith("sweep.slurm.account: holds a space or a line end; allowed: one word"));
  CHECK_THROWS_WITH(axis_of_text("chips", "log(1,2,3,4)", "sweep"),
                    StartsWith("sweep: \"log(1,2,3,4)\" is no range; allowed: log(low,high)"));
}

}  // namespace mimosa
