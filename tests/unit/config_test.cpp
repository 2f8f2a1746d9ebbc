// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/device/exact.hpp"
#include "sim/config/experiment_keys.hpp"
#include "sim/config/experiment_reader.hpp"
#include "sim/config/explain.hpp"
#include "tests/support/axes.hpp"
#include "tests/support/config_fixture.hpp"

using Catch::Matchers::Contains;

namespace mimosa {

TEST_CASE("an experiment takes its parts by name and keeps the other defaults", "[config]") {
  const ConfigFixture configs;
  const Experiment e =
      configs.load(std::string(ConfigFixture::plain) + "chips: 3\ndescription: d\n").experiment;
  CHECK(e.name == "test");
  CHECK(e.networks == std::vector<std::string>{"net_a"});
  CHECK(e.chip.name == "small");
  CHECK(e.chip.mesh.rows == 2);
  CHECK(e.chip.analog.adc.bits == 6);
  CHECK(e.chip.array.rows == ChipSpec{}.array.rows);
  CHECK(e.device.name == "noisy");
  CHECK(e.device.read_noise == 2.0);
  CHECK(e.chips == 3);
  CHECK(e.seed == 1);
}

TEST_CASE("an experiment without chip and device runs on hermes with ideal cells", "[config]") {
  const ConfigFixture configs;
  const Experiment e = configs.load("network: net_a\n").experiment;
  CHECK(e.chip.name == "hermes");
  CHECK(e.device.name == "ideal");
  CHECK(e.device.programming.law == ProgrammingLaw::None);
  CHECK(e.device.white.law == WhiteLaw::None);
}

TEST_CASE("a chip file starts from what it extends", "[config]") {
  const ConfigFixture configs;
  const Experiment e = configs.load("network: net_a\nchip: small_fine\n").experiment;
  CHECK(e.chip.name == "small_fine");
  CHECK(e.chip.mesh.rows == 2);
  CHECK(e.chip.analog.adc.bits == 12);
}

TEST_CASE("a block extends a chip wherever `extends` stands in it", "[config]") {
  const ConfigFixture configs;
  const Experiment e = configs.load("network: net_a\nchip: {adc: {bits: 5}, extends: small}\n").experiment;
  CHECK(e.chip.analog.adc.bits == 5);
  CHECK(e.chip.mesh.rows == 2);
}

TEST_CASE("a block that extends nothing starts from the defaults", "[config]") {
  const ConfigFixture configs;
  const Experiment e = configs.load("network: net_a\nchip: {adc: {bits: 5}}\n").experiment;
  CHECK(e.chip.name == "custom");
  CHECK(e.chip.analog.adc.bits == 5);
  CHECK(e.chip.mesh.rows == MeshSpec{}.rows);
}

TEST_CASE("settings apply left to right, and naming a part resets its block", "[config]") {
  const ConfigFixture configs;
  const auto bits = [&](const std::vector<std::string>& sets) {
    return configs.load(ConfigFixture::plain, sets).experiment.chip.analog.adc.bits;
  };
  CHECK(bits({"chip.adc.bits=7"}) == 7);
  CHECK(bits({"chip.adc.bits=7", "chip.adc.bits=9"}) == 9);
  CHECK(bits({"chip.adc.bits=7", "chip=small_fine"}) == 12);
  CHECK(bits({"chip=small_fine", "chip.adc.bits=7"}) == 7);
  CHECK(bits({"chip={extends: small_fine, dac: {bits: 4}}"}) == 12);
  CHECK(bits({"chip.dac.bits=4"}) == 6);
}

TEST_CASE("naming a network resets the dynamic mode, a block does not", "[config]") {
  const ConfigFixture configs;
  const std::string text = "network: {extends: net_a, slots_used: 2}\n";
  CHECK(configs.load(text).experiment.slots_used == 2);
  CHECK(configs.load(text, {"network.slots_used=1"}).experiment.slots_used == 1);
  CHECK(configs.load(text, {"network.slots_used=1"}).experiment.networks[0] == "net_a");
  CHECK(configs.load(text, {"network=net_b"}).experiment.slots_used == 0);
  CHECK(configs.load(text, {"network=net_b"}).experiment.networks[0] == "net_b");
}

TEST_CASE("a network may be a path relative to the experiment, or a list", "[config]") {
  const ConfigFixture configs;
  const Experiment e = configs.load("network: [net_b, ../network/net_a.yaml]\n").experiment;
  REQUIRE(e.networks.size() == 2);
  CHECK(network_file(e, "net_b") == configs.folder.path("network/net_b.yaml"));
  CHECK(network_file(e, e.networks[1]) == configs.folder.path("network/net_a.yaml"));
}

TEST_CASE("overrides change the device of the layers their glob matches, the later one last", "[config]") {
  const ConfigFixture configs;
  const Experiment e =
      configs
          .load(std::string(ConfigFixture::plain) +
                "overrides:\n  - {layers: 'blocks.*', device.read_noise: 0, device.drift: 0.5}\n"
                "  - {layers: 'blocks.?.conv2', device.read_noise: 1.5}\n")
          .experiment;
  CHECK(device_for_layer(e, "stem").read_noise == 2.0);
  CHECK(device_for_layer(e, "blocks.0.conv1").read_noise == 0.0);
  CHECK(device_for_layer(e, "blocks.0.conv1").drift == 0.5);
  CHECK(device_for_layer(e, "blocks.0.conv2").read_noise == 1.5);
  CHECK(device_for_layer(e, "blocks.0.conv2").drift == 0.5);
}

TEST_CASE("an override that matches no layer is an error that names the layers", "[config][error]") {
  const ConfigFixture configs;
  const Experiment e =
      configs.load("network: net_a\noverrides: [{layers: 'block.*', device.drift: 0}]\n").experiment;
  CHECK_NOTHROW(check_layer_globs(e, {"stem", "block.0"}));
  CHECK_THROWS_WITH(check_layer_globs(e, {"stem", "blocks.0"}),
                    "overrides: layers \"block.*\" matches no layer; there are: blocks.0, stem");
}

TEST_CASE("outside noise_layers cells are ideal, whatever overrides say", "[config]") {
  const ConfigFixture configs;
  const std::string overridden =
      std::string(ConfigFixture::plain) + "overrides: [{layers: '*', device.g_max_us: 20}]\n";
  CHECK(is_exact(device_for_layer(configs.load(overridden).experiment, "stem")) == false);
  const Experiment e = configs.load(overridden + "noise_layers: ['*.q', stem]\n").experiment;
  CHECK(has_noise(e, "l0.q"));
  CHECK(!has_noise(e, "l0.q_omega"));
  CHECK(device_for_layer(e, "stem").read_noise == 2.0);
  CHECK(is_exact(device_for_layer(e, "l0.q_omega")));
  CHECK(device_for_layer(e, "l0.q_omega").g_max_us == 20.0);
  CHECK(configs.load(ConfigFixture::plain, {"noise_layers='*.q'"}).experiment.noise_layers ==
        std::vector<std::string>{"*.q"});
  CHECK_NOTHROW(check_layer_globs(e, {"stem", "l0.q"}));
  CHECK_THROWS_WITH(check_layer_globs(e, {"stem", "l0.v"}),
                    "noise_layers: \"*.q\" matches no layer; there are: l0.v, stem");
  const std::vector<Axis> axes = configs.load("network: net_a\naxes: {noise_layers: ['\"*\"', stem]}\n").axes;
  REQUIRE(axes.size() == 1);
  CHECK(configs.load("network: net_a\n", {"noise_layers=" + axes[0].steps[0].settings[0].second})
            .experiment.noise_layers == std::vector<std::string>{"*"});
}

TEST_CASE("axes are lists or comma-separated text", "[config]") {
  const ConfigFixture configs;
  const std::vector<Axis> axes =
      configs.load("network: net_a\naxes:\n  chip.adc.bits: [4, 8]\n  network: 'net_a, net_b'\n").axes;
  REQUIRE(axes.size() == 2);
  CHECK(axes[0].name == "chip.adc.bits");
  CHECK(labels(axes[0]) == std::vector<std::string>{"4", "8"});
  CHECK(labels(axes[1]) == std::vector<std::string>{"net_a", "net_b"});
}

TEST_CASE("explain tells meaning, limits, default, value and where it was set", "[config]") {
  const ConfigFixture configs;
  const ExperimentFile file = configs.load(ConfigFixture::plain, {"device.drift=0"});
  const std::string adc = explain("chip.adc.bits", &file);
  CHECK_THAT(adc, Contains("resolution, sign included") && Contains("2 .. 24 bits") &&
                      Contains("default  8 bits") &&
                      Contains("value    6 bits, set at " + configs.folder.path("chip/small.yaml") + ":4"));
  CHECK_THAT(explain("device.drift", &file), Contains("value    0, set at --set"));
  CHECK_THAT(explain("chip.dac.bits", &file), Contains("value    8 bits, the default"));
  CHECK_THAT(explain("chip.dac.input", nullptr), Contains("pulse_width, voltage") && !Contains("value"));
  CHECK_THAT(explain("chip.mvm", nullptr), Contains("chip.mvm.latency_ns") && Contains("chip.mvm.energy_pj"));
  CHECK_THROWS_WITH(explain("chip.adc.bit", nullptr), Contains("no such key; nearest: chip.adc.bits,"));
}

TEST_CASE("a reset part forgets where its keys were set", "[config]") {
  const ConfigFixture configs;
  const ExperimentFile file = configs.load(ConfigFixture::plain, {"chip.dac.bits=4", "chip=small_fine"});
  CHECK_THAT(explain("chip.dac.bits", &file), Contains("value    8 bits, the default"));
  CHECK_THAT(explain("chip.adc.bits", &file), Contains("small_fine.yaml:3"));
}

TEST_CASE("every key has a sentence, a unit and limits that hold its default", "[config]") {
  Experiment e;
  for (const ConfigKey& key : experiment_keys(e).keys) {
    INFO(key.path);
    CHECK(!key.sentence.empty());
    CHECK(!key.unit.empty());
    CHECK(!key.where.empty());
    CHECK(parse_value(key, to_text(key.get())) == key.get());
    CHECK_THAT(list_keys(), Contains(key.path));
  }
}

}  // namespace mimosa
