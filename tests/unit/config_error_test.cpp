// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/experiment_reader.hpp"
#include "tests/support/config_fixture.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace mimosa {
namespace {

struct BadText {
  const char* text;
  const char* message;  ///< after the file's path
};

}  // namespace

TEST_CASE("a mistake in an experiment is told with file, line, column, key and what is allowed",
          "[config][error]") {
  const ConfigFixture configs;
  const BadText bad = GENERATE(
      BadText{
          "chip:\n  extends: small\n  static:\n    tile_mv: 8\n",
          ":4:5: chip.static.tile_mv: no such key; did you mean tile_mw? allowed: dpe_mw, tile_mw, chip_mw"},
      BadText{"chip: {extends: small, adc: {bits: 40}}\n",
              ":1:36: chip.adc.bits: 40 bits is outside 2 .. 24 (resolution, sign included)"},
      BadText{"chip: {adc: {bits: 2.5}}\n",
              ":1:20: chip.adc.bits: expected an integer in bits (resolution, sign included), got \"2.5\"; "
              "allowed: "
              "2 .. 24"},
      BadText{"chip: {adc: {bits: '6'}}\n",
              ":1:20: chip.adc.bits: expected an integer in bits (resolution, sign included), got \"'6'\"; "
              "allowed: "
              "2 .. 24"},
      BadText{"chip: {static: 8}\n",
              ":1:16: chip.static: expected a map of keys; allowed: dpe_mw, tile_mw, chip_mw"},
      BadText{"chip: {adc: {bits: [8]}}\n", ":1:20: chip.adc.bits: expected one value"},
      BadText{"chips:\ninputs: 3\n", ":1:1: chips: has no value"},
      BadText{"chip:\n  adc:\n    bits:\n", ":3:5: chip.adc.bits: has no value"},
      BadText{"chip.adc.bits: 4\nchip: {adc: {bits: 6}}\n",
              ":1:1: chip.adc.bits: is a key of a section; write it as chip: {adc: {bits: …}}"},
      BadText{"chip: {adc.bits: 4}\n",
              ":1:8: chip.adc.bits: is a key of a section; write it as adc: {bits: …}"},
      BadText{
          "chip: {dac: {input: voltag}}\n",
          ":1:21: chip.dac.input: \"voltag\" is not a choice (how an input drives its word line); did you "
          "mean "
          "voltage? allowed: pulse_width, voltage"},
      BadText{
          "device: {drift: .nan}\n",
          ":1:17: device.drift: expected a finite number (scale of the drift exponents, 1 as published), got "
          "\".nan\"; allowed: 0 .. 10"},
      BadText{
          "device: {drift: inf}\n",
          ":1:17: device.drift: expected a finite number (scale of the drift exponents, 1 as published), got "
          "\"inf\"; allowed: 0 .. 10"},
      BadText{"compiler: {replicate: yes}\n",
              ":1:23: compiler.replicate: expected true or false (copy early layers to balance the "
              "pipeline), got "
              "\"yes\"; allowed: true, false"},
      BadText{"seed: 1\nseed: 2\n", ":2:1: seed: stands twice; allowed: once"},
      BadText{"seed: 010x\n",
              ":1:7: seed: expected an integer (seed of every random number), got \"010x\"; allowed: 0 .. "
              "9007199254740992"},
      BadText{"chip: smal\n", ":1:7: chip: no chip named \"smal\"; available: small, "},
      BadText{"network: [net_a, net_a]\n", ":1:18: network: net_a stands twice; allowed: once"},
      BadText{"network: {extends: net_a, slots: 2}\n",
              ":1:27: network.slots: no such key; allowed: extends, slots_used"},
      BadText{"noise_layers: []\n", ":1:15: noise_layers: names no layer; allowed: globs"},
      BadText{"noise_layers: [{a: b}]\n", ":1:16: noise_layers: expected one value"},
      BadText{"overrides: [{device.drift: 0}]\n",
              ":1:13: overrides: needs `layers: GLOB` and at least one `device.KEY: VALUE`"},
      BadText{"axes: {chip.adc.bits: []}\n",
              ":1:23: axes.chip.adc.bits: no values; allowed: a list or 'a,b,c'"},
      BadText{"name: ../up\n", ":1:7: name: \"../up\" cannot name a folder"},
      BadText{"seed: [1, 2\n", ":2:1: not YAML: end of sequence flow not found"},
      BadText{"chips: 2\n",
              ": network: is missing; name one, a list, or a path (see `mimosa list networks`)"});
  const std::string path = configs.experiment(bad.text);
  CHECK_THROWS_WITH(load_experiment(path, {}), StartsWith(path + bad.message));
  CHECK_THROWS_AS(load_experiment(path, {}), UserError);
}

TEST_CASE("an unknown key at the top is told with the nearest known one", "[config][error]") {
  const ConfigFixture configs;
  CHECK_THROWS_WITH(
      configs.load("chipss: 3\n"),
      Contains(":1:1: chipss: no such key; did you mean chips? allowed: seed, chips, half_width"));
}

TEST_CASE("an override's key and value are checked where they stand", "[config][error]") {
  const ConfigFixture configs;
  CHECK_THROWS_WITH(
      configs.load("overrides: [{layers: 'a*', device.read_noize: 0}]\n"),
      Contains(":1:28: overrides.device.read_noize: no such key; did you mean device.read_noise?"));
  CHECK_THROWS_WITH(configs.load("overrides: [{layers: 'a*', device.read_noise: 11}]\n"),
                    Contains(":1:47: overrides.device.read_noise: 11 is outside 0 .. 10"));
}

TEST_CASE("rules across keys name the experiment", "[config][error]") {
  const ConfigFixture configs;
  CHECK_THROWS_WITH(
      configs.load("network: net_a\nchip: {mesh: {rows: 5, cols: 7, concentration: 4, tiles: 141}}\n"),
      Contains("chip.mesh.tiles: 141 tiles, 1 more than the 140 places of 5 x 7 routers with 4 each"));
  CHECK_THROWS_WITH(
      configs.load("network: net_a\nchip: {mvm: {interval_ns: 500}}\n"),
      StartsWith(configs.folder.path("experiment/test.yaml") + ":2:14: chip.mvm.interval_ns: "));
  CHECK_THROWS_WITH(
      configs.load(std::string(ConfigFixture::plain) +
                   "overrides: [{layers: '*', device.ageing.nu_mean.min: 0.5}]\n"),
      StartsWith(configs.folder.path("experiment/test.yaml") + ": device.ageing.nu_mean.min: "));
}

TEST_CASE("a mistake in a setting is told with the option instead of a place", "[config][error]") {
  const ConfigFixture configs;
  const auto message = [&](const std::string& set) -> std::string {
    try {
      (void)configs.load(ConfigFixture::plain, {set});
    } catch (const UserError& e) {
      return e.what();
    }
    return "no error";
  };
  CHECK(message("chip.static.tile_mv=6") ==
        "--set: chip.static.tile_mv: no such key; did you mean tile_mw? allowed: dpe_mw, tile_mw, chip_mw");
  CHECK(message("chip.adc.bits=40") ==
        "--set: chip.adc.bits: 40 bits is outside 2 .. 24 (resolution, sign included)");
  CHECK(message("chip.adc.bits") == "--set: \"chip.adc.bits\" is not KEY=VALUE; e.g. --set chip.adc.bits=6");
  CHECK(message("chip.adc.bits=") == "--set: chip.adc.bits: has no value");
  CHECK(message("name='zz' yy") == "--set: name: \"'zz' yy\" is more than one value; allowed: one");
  CHECK(message("chip=[small") == "--set: chip: \"[small\" is not YAML: end of sequence flow not found");
  CHECK_THAT(message("network=net_c"),
             StartsWith("--set: network: no network named \"net_c\"; available: net_a, net_b"));
}

TEST_CASE("files that extend one another in a circle are refused", "[config][error]") {
  const ConfigFixture configs;
  configs.folder.write("chip/one.yaml", "extends: two\n");
  configs.folder.write("chip/two.yaml", "extends: one\n");
  CHECK_THROWS_WITH(configs.load("network: net_a\nchip: one\n"),
                    configs.folder.path("chip/two.yaml") + ":1:10: extends: one extends itself through " +
                        configs.folder.path("chip/two.yaml"));
}

TEST_CASE("a mistake in a chip file is told with that file's name", "[config][error]") {
  const ConfigFixture configs;
  const std::string path = configs.folder.write("chip/wrong.yaml", "adc: {bits: 8}\nmesh: {rows: 0}\n");
  CHECK_THROWS_WITH(configs.load("network: net_a\nchip: wrong\n"),
                    path + ":2:14: chip.mesh.rows: 0 routers is outside 1 .. 256 (rows of the mesh)");
}

TEST_CASE("a missing experiment is told with the names there are", "[config][error]") {
  CHECK_THROWS_WITH(load_experiment("no/such/file.yaml", {}),
                    StartsWith("no/such/file.yaml: cannot be read: "));
  CHECK_THROWS_WITH(load_experiment("quikstart", {}),
                    StartsWith("no experiment named \"quikstart\"; available: quickstart, "));
}

TEST_CASE("MIMOSA_CONFIG_DIR is looked up first and must be a folder", "[config]") {
  const ConfigFixture mine, other;
  mine.folder.write("chip/small.yaml", "adc: {bits: 3}\n");
  setenv("MIMOSA_CONFIG_DIR", mine.folder.path().c_str(), 1);
  CHECK(other.load(ConfigFixture::plain).experiment.chip.analog.adc.bits == 3);
  setenv("MIMOSA_CONFIG_DIR", "/no/such/folder", 1);
  CHECK_THROWS_WITH(config_roots(""), "MIMOSA_CONFIG_DIR: /no/such/folder: not a folder");
  unsetenv("MIMOSA_CONFIG_DIR");
  CHECK(other.load(ConfigFixture::plain).experiment.chip.analog.adc.bits == 6);
}

}  // namespace mimosa
