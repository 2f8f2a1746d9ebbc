// SPDX-License-Identifier: Apache-2.0
#include "sim/config/check.hpp"

#include <filesystem>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "tests/support/config_fixture.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

namespace mimosa {
namespace {

/// "line:column key: what" of every mistake, cut after `length` letters.
std::vector<std::string> told(const std::string& path, ConfigKind kind, std::size_t length = 40) {
  std::vector<std::string> lines;
  for (const ConfigError& finding : check_config(path, kind)) {
    const std::string text = finding.what();
    CHECK(text.rfind(finding.place().file, 0) == 0);
    lines.push_back(text.substr(finding.place().file.size() + 1, length));
  }
  return lines;
}

}  // namespace

TEST_CASE("every mistake of an experiment is told, by line", "[check]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment(
      "seed: -3\n"
      "seed: 4\n"
      "chip:\n"
      "  extends: smal\n"
      "  adc: {bits: 40, bitz: 3}\n"
      "device: {extends: noisy, ageing: {law: powr, t0_s: 3}, white: {sigma_us: [1]}}\n"
      "overrides: [{layers: a, device.drfit: 0}, {layers: b}]\n"
      "axes: {chip.adc.bits: []}\n"
      "compiler: 3\n"
      "netwrk: net_a\n");
  CHECK(told(path, ConfigKind::Experiment, 26) ==
        std::vector<std::string>{
            "1:7: seed: -3 is outside 0", "2:1: seed: stands twice; a", "4:12: chip: no chip named ",
            "5:15: chip.adc.bits: 40 bi", "5:19: chip.adc.bitz: no su", "6:40: device.ageing.law: \"",
            "6:64: device.white.sigma_u", "7:25: overrides.device.drf", "7:43: overrides: needs `la",
            "8:23: axes.chip.adc.bits: ", "9:11: compiler: expected a", "10:1: netwrk: no such key;"});
}

TEST_CASE("a mistake that another one may have made is not told", "[check]") {
  const ConfigFixture configs;
  // t0_s has no effect with ageing.law: none, but the law meant here is not known.
  CHECK(told(configs.experiment("network: net_a\ndevice: {ageing: {law: powr, t0_s: 3}}\n"),
             ConfigKind::Experiment, 24) == std::vector<std::string>{"2:24: device.ageing.law:"});
  CHECK(told(configs.experiment("network: net_a\ndevice: {extends: nosy, ageing: {t0_s: 3}}\n"),
             ConfigKind::Experiment, 13) == std::vector<std::string>{"2:19: device:"});
  // Alone it is told.
  CHECK(told(configs.experiment("network: net_a\ndevice: {ageing: {t0_s: 3}}\n"), ConfigKind::Experiment,
             44) == std::vector<std::string>{"2:19: device.ageing.t0_s: has no effect with"});
}

TEST_CASE("mistakes in a part that an experiment names are told in that file", "[check]") {
  const ConfigFixture configs;
  const std::string chip =
      configs.folder.write("chip/odd.yaml", "extends: small\nadc: {bits: 1}\nmesh: {rosw: 2}\n");
  const std::string path = configs.experiment("network: net_a\nchip: odd\nseed: x\n");
  const Findings findings = check_config(path, ConfigKind::Experiment);
  REQUIRE(findings.size() == 3);
  CHECK(findings[0].place() == Place{path, 3, 7});
  CHECK(findings[1].place() == Place{chip, 2, 13});
  CHECK(findings[2].place() == Place{chip, 3, 8});
  CHECK(told(chip, ConfigKind::Chip, 4) == std::vector<std::string>{"2:13", "3:8:"});
}

TEST_CASE("every mistake of a network is told, and none that follows from another", "[check]") {
  const ConfigFixture configs;
  const std::string path = configs.folder.write("network/wrong.yaml",
                                                "name: né\n"
                                                "slots: 0\n"
                                                "input: {shape: [1, 28], meen: 3}\n"
                                                "dataset: fashon\n"
                                                "nodes:\n"
                                                "  - {name: a, op: conv2d, kernl: 3, padding: -1}\n"
                                                "  - {name: b, op: batchnorm}\n"
                                                "  - {name: c, op: relu, input: b}\n"
                                                "  - {name: d, op: add, inputs: [x]}\n"
                                                "  - {name: a, op: relu}\n");
  CHECK(told(path, ConfigKind::Network, 20) ==
        std::vector<std::string>{"1:7: name: 'né' is ", "2:8: slots: 0 inputs", "3:16: input.shape: e",
                                 "3:25: input.meen: no", "4:10: dataset: no da", "6:5: nodes[0]: the k",
                                 "6:27: nodes[0].kernl", "6:46: nodes[0].paddi", "7:19: nodes[1].op: n",
                                 "9:32: nodes[3].input", "10:12: nodes[4].name"});
}

TEST_CASE("rules across keys are told where the file breaks them", "[check]") {
  const ConfigFixture configs;
  CHECK(told(configs.folder.write("chip/slow.yaml", "mvm:\n  interval_ns: 500\n"), ConfigKind::Chip, 50) ==
        std::vector<std::string>{"2:3: chip.mvm.interval_ns: 500 must not exceed lat"});
  CHECK(told(configs.experiment("network: net_a\nchip: {mesh: {tiles: 141}}\n"), ConfigKind::Experiment,
             26) == std::vector<std::string>{"2:15: chip.mesh.tiles: 141"});
}

TEST_CASE("axes are looked at beside other mistakes, and make none of their own", "[check]") {
  const ConfigFixture configs;
  CHECK(told(configs.experiment("seed: -3\nnetwork: net_a\naxes: {chip.adc.bitz: [3, 4]}\n"),
             ConfigKind::Experiment,
             24) == std::vector<std::string>{"1:7: seed: -3 is outside", "3:8: axes: chip.adc.bitz"});
  CHECK(told(configs.experiment(
                 "network: net_a\ndevice: {ageing: {law: powr}}\naxes: {device.ageing.t0_s: [1, 3]}\n"),
             ConfigKind::Experiment, 24) == std::vector<std::string>{"2:24: device.ageing.law:"});
}

TEST_CASE("every wrong value and every wrong key of an axis is told", "[check]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment(
      "network: net_a\n"
      "axes:\n"
      "  chip.adc.bits: [40, 6, 99]\n"
      "  variants: {a: {chip.adc.bitz: 4}, b: {chip.adc.bitz: 5, chips: 0}}\n");
  std::vector<std::string> told;
  for (const ConfigError& finding : check_config(path, ConfigKind::Experiment))
    if (finding.key() == "axes") told.push_back(std::string(finding.what()).substr(path.size() + 1));
  REQUIRE(told.size() == 3);
  CHECK_THAT(told[0],
             StartsWith("3:3: axes: chip.adc.bits: 40 bits is outside") && EndsWith("; wrong, too: 99"));
  CHECK_THAT(told[1], StartsWith("4:18: axes: chip.adc.bitz: no such key; did you mean bits?") &&
                          !Contains("wrong, too"));
  CHECK_THAT(told[2], StartsWith("4:59: axes: chips: 0 is outside"));
}

TEST_CASE("networks and layers of an experiment are looked at when its keys are right", "[check]") {
  const ConfigFixture configs;
  configs.folder.write("network/small_net.yaml",
                       "name: small_net\ninput: {shape: [1, 4, 4]}\nnodes:\n"
                       "  - {name: conv, op: conv2d, kernel: 3, out_channels: 4}\n"
                       "  - {name: flat, op: flatten}\n");
  const std::string text =
      "network: {extends: small_net, slots_used: 3}\n"
      "chip: small\ndevice: noisy\n"
      "overrides: [{layers: 'zz*', device.drift: 0}]\n"
      "axes: {chip.adc.bit: [3, 4], chip.adc.bits: [4, 40], device: [noisy, nosy]}\n";
  CHECK(told(configs.experiment(text), ConfigKind::Experiment, 30) ==
        std::vector<std::string>{"1:1: network: small_net has no", "1:31: network.slots_used: smal",
                                 "4:1: overrides: layers \"zz*\" m", "5:8: axes: chip.adc.bit: no su",
                                 "5:30: axes: chip.adc.bits: 40 ", "5:54: axes: device: no device "});
  const std::string right =
      "engine: timing\nnetwork: small_net\nchip: small\ndevice: noisy\n"
      "overrides: [{layers: 'con*', device.drift: 0}]\naxes: {chip.adc.bits: [4, 6]}\n";
  CHECK(told(configs.experiment(right), ConfigKind::Experiment).empty());
}

TEST_CASE("each axis and each key of a sweep is told by itself", "[check]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment(
      "network: net_a\n"
      "axes:\n"
      "  chip.adc.bits: []\n"
      "  chip.dac.bits: {range: [4, 8], stepz: 3}\n"
      "  device.drift: [0, 0]\n"
      "  zip: [{chip.array.rows: [1, 2], chip.array.cols: [1]}]\n"
      "sweep: {repeats: 0, objectives: {accuracy: up}, wehre: 1}\n");
  std::vector<std::string> keys;
  for (const ConfigError& finding : check_config(path, ConfigKind::Experiment)) keys.push_back(finding.key());
  CHECK(keys == std::vector<std::string>{"axes.chip.adc.bits", "axes.chip.dac.bits.stepz",
                                         "axes.device.drift", "axes.zip", "sweep.repeats",
                                         "sweep.objectives.accuracy", "sweep.wehre"});
}

TEST_CASE("a mistake is shown with its line and a caret under the word", "[check]") {
  const ConfigFixture configs;
  const std::string path =
      configs.experiment("network: net_a\ndescription: µ\nchip: {name: 'µm', adc: {bitz: 3}}\n");
  const Findings findings = check_config(path, ConfigKind::Experiment);
  REQUIRE(findings.size() == 1);
  const std::vector<std::string> lines = lines_of(findings[0]);
  REQUIRE(lines.size() == 3);
  CHECK_THAT(lines[0], StartsWith(path + ":3:27: error: chip.adc.bitz: no such key; did you mean bits?"));
  CHECK(lines[1] == "    chip: {name: 'µm', adc: {bitz: 3}}");
  CHECK(lines[2] == "                             ^~~~");
  CHECK(lines_of(ConfigError({"a.yaml"}, "", "is wrong")) ==
        std::vector<std::string>{"a.yaml: error: is wrong"});
}

TEST_CASE("what a file is shows in its keys, else in its folder", "[check]") {
  const ConfigFixture configs;
  const auto kind = [&](const char* name, const char* text) {
    return kind_of_file(configs.folder.write(name, text));
  };
  CHECK(kind("device/a.yaml", "network: x\nchip: y\n") == ConfigKind::Experiment);
  CHECK(kind("any.yaml", "adc: {bits: 3}\n") == ConfigKind::Chip);
  CHECK(kind("any.yaml", "ageing: {law: none}\nadcc: 3\n") == ConfigKind::Device);
  CHECK(kind("any.yaml", "name: x\nnodes: []\n") == ConfigKind::Network);
  CHECK(kind("chip/b.yaml", "extends: small\n") == ConfigKind::Chip);
  CHECK(kind("device/b.yaml", "extends: small\n") == ConfigKind::Device);
  CHECK_THROWS_WITH(kind("any.yaml", "extends: small\n"), Contains("do not tell what kind of config it is"));
  CHECK_THROWS_WITH(config_kind("chp"), Contains("did you mean chip?"));
}

TEST_CASE("the configs of the project have no mistake", "[check]") {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(MIMOSA_CONFIGS)) {
    if (entry.path().extension() != ".yaml") continue;
    const std::string path = entry.path().string();
    INFO(path);
    CHECK(kind_of_file(path) == config_kind(entry.path().parent_path().filename().string()));
    CHECK(told(path, kind_of_file(path)).empty());
    ++files;
  }
  CHECK(files > 50);
}

}  // namespace mimosa
