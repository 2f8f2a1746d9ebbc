// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "sim/config/effective.hpp"
#include "tests/support/config_fixture.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace mimosa {
namespace {

constexpr const char* base_text =
    "name: first\ndescription: the base\nnetwork: [net_a, net_b]\nchip: {extends: small, adc: {levels: "
    "even}}\n"
    "device: noisy\nseed: 7\ncompiler: {binding: digital}\noverrides: [{layers: a, device.drift: 0}]\n"
    "axes: {seed: [1, 2]}\n";

}  // namespace

TEST_CASE("an experiment that extends another is that one with its settings", "[config][extends]") {
  const ConfigFixture configs;
  const std::string base = configs.folder.write("experiment/base.yaml", base_text);
  const ExperimentFile file = configs.load(
      "extends: base\nchip: {adc: {bits: 5}}\ndevice: {read_noise: 0.5}\ncompiler: {replicate: false}\n"
      "network: {slots_used: 2}\n");
  const ExperimentFile set = load_experiment(
      base, {parse_setting("chip.adc.bits=5"), parse_setting("device.read_noise=0.5"),
             parse_setting("compiler.replicate=false"), parse_setting("network.slots_used=2")});
  CHECK(config_sha256(file.experiment) == config_sha256(set.experiment));
  CHECK(config_sha256(file.experiment) != config_sha256(load_experiment(base, {}).experiment));
  CHECK(file.experiment.name == "test");
  CHECK(file.description.empty());
  CHECK(file.axes.size() == 1);
  CHECK(file.origins.at("seed") == base + ":6");
  CHECK(file.origins.at("chip.adc.bits") == configs.folder.path("experiment/test.yaml") + ":2");
}

TEST_CASE("lists and named parts of an experiment replace those of its base", "[config][extends]") {
  const ConfigFixture configs;
  configs.folder.write("experiment/base.yaml", base_text);
  const ExperimentFile file =
      configs.load("extends: base.yaml\noverrides: []\naxes: {}\nchip: small_fine\nnetwork: net_b\n");
  CHECK(file.experiment.overrides.empty());
  CHECK(file.axes.empty());
  CHECK(file.experiment.networks == std::vector<std::string>{"net_b"});
  CHECK(file.experiment.chip.analog.adc.bits == 12);
  CHECK(file.experiment.chip.name == "small_fine");
  CHECK(file.experiment.seed == 7);
}

TEST_CASE("experiments extend one another in a chain, and in no circle", "[config][extends]") {
  const ConfigFixture configs;
  configs.folder.write("experiment/one.yaml", "network: net_a\nseed: 1\nchips: 2\ninputs: 3\n");
  configs.folder.write("experiment/two.yaml", "extends: one\nseed: 4\nchips: 5\n");
  const Experiment third = configs.load("extends: two\nseed: 6\n").experiment;
  CHECK(third.seed == 6);
  CHECK(third.chips == 5);
  CHECK(third.inputs == 3);
  const std::string round = configs.folder.write("experiment/round.yaml", "seed: 2\nextends: test\n");
  CHECK_THROWS_WITH(configs.load("extends: round\nnetwork: net_a\n"),
                    round + ":2:10: extends: test extends itself through " + round);
  CHECK_THROWS_WITH(configs.load("extends: test\n"), Contains(":1:10: extends: test extends itself"));
}

TEST_CASE("a mistake in a base is told where it stands", "[config][extends]") {
  const ConfigFixture configs;
  const std::string base = configs.folder.write("experiment/base.yaml", "network: net_a\nsede: 1\n");
  CHECK_THROWS_WITH(configs.load("extends: base\nseed: 1\n"),
                    StartsWith(base + ":2:1: sede: no such key; did you mean seed?"));
  CHECK_THROWS_WITH(configs.load("extends: bse\n"), Contains(":1:10: extends: no experiment named \"bse\""));
  CHECK_THROWS_WITH(configs.load(ConfigFixture::plain, {"extends=base"}),
                    "--set: extends: is no setting; allowed: in a file, with the experiment it changes");
}

TEST_CASE("names in a base mean what they mean beside it", "[config][extends]") {
  const ConfigFixture configs;
  const TemporaryFolder other;
  other.write("chip/small.yaml", "adc: {bits: 9}\n");
  const std::string net = other.write("network/net_a.yaml", "description: another\n");
  const std::string base = other.write("experiment/base.yaml", "network: [net_a, net_c]\nchip: small\n");
  other.write("network/net_c.yaml", "description: only here\n");
  const Experiment e = configs.load("extends: " + base + "\n").experiment;
  CHECK(e.chip.analog.adc.bits == 9);
  CHECK(e.networks == std::vector<std::string>{net, other.path("network/net_c.yaml")});
  CHECK(
      configs.load("extends: " + base + "\nchip: small\nnetwork: net_a\n").experiment.chip.analog.adc.bits ==
      6);
}

}  // namespace mimosa
