// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "sim/config/axis_values.hpp"
#include "sim/config/effective.hpp"
#include "sim/config/experiment_keys.hpp"
#include "sim/config/experiment_reader.hpp"
#include "sim/config/explain.hpp"
#include "tests/support/axes.hpp"
#include "tests/support/config_fixture.hpp"

using Catch::Matchers::Contains;

namespace mimosa {
namespace {

using List = std::vector<double>;

/// The error of an experiment with that device block and those settings, or "".
std::string error_of(const ConfigFixture& configs, const std::string& device,
                     const std::vector<std::string>& sets = {}) {
  try {
    (void)configs.load("network: net_a\ndevice: " + device + '\n', sets);
  } catch (const UserError& e) {
    return e.what();
  }
  return "";
}

const char* const table = "target_us,time_s,mean_us,sigma_us\n0,0,0,1\n30,0,30,1\n";

}  // namespace

TEST_CASE("a list is read from files, settings, overrides and axes", "[config]") {
  const ConfigFixture configs;
  const auto sigma = [](const Experiment& e) { return e.device.programming.sigma_us; };
  const std::string block = "{programming: {sigma_us: [0.5, -1, 2e-1], law: polynomial}}\n";
  CHECK(sigma(configs.load("network: net_a\ndevice: " + block).experiment) == List{0.5, -1.0, 0.2});
  CHECK(sigma(configs.load(ConfigFixture::plain, {"device.programming.sigma_us=[3, 4]"}).experiment) ==
        List{3.0, 4.0});
  const ExperimentFile file =
      configs.load(std::string(ConfigFixture::plain) +
                   "overrides: [{layers: a, device.programming.sigma_us: [7]}]\n"
                   "axes: {device.programming.sigma_us: [[1, 2], [3]], chips: '1,2'}\n");
  CHECK(device_for_layer(file.experiment, "a").programming.sigma_us == List{7.0});
  REQUIRE(file.axes.size() == 2);
  CHECK(labels(file.axes[0]) == std::vector<std::string>{"[1, 2]", "[3]"});
  CHECK(split_values("[1,2], [3]", "") == std::vector<std::string>{"[1,2]", "[3]"});
}

TEST_CASE("a list that is none, too long or out of range is refused", "[config][error]") {
  const ConfigFixture configs;
  const auto error = [&](const std::string& list) {
    return error_of(configs, "noisy", {"device.programming.sigma_us=" + list});
  };
  CHECK(error("[1, x]") ==
        "--set: device.programming.sigma_us: expected a list of up to 5 finite numbers in uS (sigma: "
        "coefficients of "
        "1, r, r^2, …), got \"[1, x]\"; allowed: up to 5 numbers, each -1000 .. 1000");
  CHECK_THAT(error("3"), Contains("expected a list of up to 5 finite numbers"));
  CHECK_THAT(error("[1, .nan]"), Contains("expected a list of up to 5 finite numbers"));
  CHECK_THAT(error("[1,2,3,4,5,6]"), Contains("expected a list of up to 5 finite numbers"));
  CHECK_THAT(error("[1, -2000]"),
             Contains("sigma_us: -2000 uS is outside up to 5 numbers, each -1000 .. 1000"));
  CHECK_THAT(error("[]"), Contains("device.programming.sigma_us: is empty"));
}

TEST_CASE("a key that the chosen law does not use is refused where it was set", "[config][error]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment("");
  CHECK(error_of(configs, "{ageing: {t0_s: 3}}") ==
        path +
            ":2:19: device.ageing.t0_s: has no effect with device.ageing.law: none; allowed with: power, "
            "retention");
  CHECK(error_of(configs, "{ageing: {law: log_relaxation, nu_mean: {min: 0}}}") ==
        path +
            ":2:50: device.ageing.nu_mean.min: has no effect with device.ageing.law: log_relaxation; allowed "
            "with: "
            "power");
  CHECK(error_of(configs, "noisy", {"device.white.sigma_us=[1]"}) ==
        "--set: device.white.sigma_us: has no effect with device.white.law: sqrt_weight; allowed with: "
        "polynomial");
  CHECK_THAT(
      error_of(configs, "noisy\noverrides: [{layers: a, device.white.sigma_us: [1]}]"),
      Contains(
          "overrides: device.white.sigma_us: layer a: has no effect with device.white.law: sqrt_weight"));
}

TEST_CASE("keys of calibration and of a read-out are refused where they would do nothing",
          "[config][error]") {
  const ConfigFixture configs;
  CHECK(
      error_of(configs, "noisy", {"device.drift_readout_range=2"}) ==
      "--set: device.drift_readout_range: has no effect with device.drift_readout: exact; allowed with: adc");
  CHECK_THAT(error_of(configs, "noisy", {"device.drift_compensation=off", "device.drift_readout=adc"}),
             Contains("device.drift_readout: has no effect with device.drift_compensation: off"));
  CHECK_THAT(error_of(configs, "{extends: noisy, drift_compensation: off}", {"device.drift_readout_range=2"}),
             Contains("device.drift_readout_range: has no effect with device.drift_compensation: off"));
  CHECK_THAT(error_of(configs, "noisy", {"calibration.affine_inputs=8"}),
             Contains("has no effect with calibration.affine: off; allowed with: column"));
  CHECK_THAT(error_of(configs, "noisy", {"calibration.adabs_inputs=8"}),
             Contains("has no effect with calibration.adabs: false; allowed with: true"));
  CHECK(error_of(configs, "noisy", {"calibration.adabs=true", "calibration.adabs_inputs=8"}).empty());
  CHECK(error_of(configs, "noisy", {"device.drift_readout=adc", "device.drift_readout_range=2"}).empty());
}

TEST_CASE("a new law drops the keys of the old one, whoever set them", "[config]") {
  const ConfigFixture configs;
  CHECK(error_of(configs, "{extends: noisy, white: {law: additive}}", {"device.ageing.law=none"}).empty());
  CHECK(error_of(configs, "{extends: noisy, ageing: {t0_s: 3}}", {"device.ageing.law=none"}).empty());
  CHECK(error_of(configs, "{ageing: {t0_s: 3, law: power}}").empty());
  CHECK(error_of(configs, "noisy", {"device.ageing.t0_s=3", "device.ageing.law=none"}).empty());
  CHECK_FALSE(error_of(configs, "noisy", {"device.ageing.law=none", "device.ageing.t0_s=3"}).empty());
}

TEST_CASE("a path is relative to the file it stands in", "[config]") {
  const ConfigFixture configs;
  const std::string csv = configs.folder.write("device/lab/t.csv", table);
  configs.folder.write("device/lab.yaml",
                       "description: lab\ntime_s: 0\nprogramming: {law: csv, file: lab/t.csv}\n");
  const Experiment e = configs.load("network: net_a\ndevice: lab\n").experiment;
  CHECK(e.device.programming.file == csv);
  CHECK(configs.load("network: net_a\ndevice: lab\n", {"device.programming.file=" + csv})
            .experiment.device.programming.file == csv);
  CHECK_THAT(error_of(configs, "lab", {"device.programming.file=no/such.csv"}),
             Contains("no/such.csv: cannot be read"));
}

TEST_CASE("the effective config holds what has an effect and reads back from another folder", "[config]") {
  const ConfigFixture configs, other;
  const std::string csv = configs.folder.write("device/t.csv", table);
  const Experiment e =
      configs.load("network: net_a\ndevice: {time_s: 0, programming: {law: csv, file: " + csv + "}}\n")
          .experiment;
  const std::string text = effective_yaml(e);
  CHECK_THAT(text, Contains(csv) && Contains("law: csv") && !Contains("sigma_us") && !Contains("nu_mean"));
  CHECK(effective_yaml(other.load(text).experiment) == text);
}

TEST_CASE("the hash follows what a device's file holds, not where it is", "[config]") {
  const ConfigFixture configs;
  const auto hash = [&](const std::string& name, const std::string& content) {
    const std::string path = configs.folder.write(name, content);
    return config_sha256(
        configs.load("network: net_a\ndevice: {time_s: 0, programming: {law: csv, file: " + path + "}}\n")
            .experiment);
  };
  const std::string first = hash("a.csv", table);
  CHECK(hash("b.csv", table) == first);
  CHECK(hash("a.csv", std::string(table) + "# more\n") != first);
}

TEST_CASE("explain names the formula of a key and the laws that use it", "[config]") {
  const ConfigFixture configs;
  const ExperimentFile file = configs.load("network: net_a\ndevice: {ageing: {law: retention}}\n");
  CHECK_THAT(explain("device.ageing.nu_mean.min", &file),
             Contains("used     with device.ageing.law: power") &&
                 Contains("formula  models/device/ageing.hpp") &&
                 Contains("note     has no effect with device.ageing.law: retention"));
  CHECK_THAT(explain("device.ageing.t0_s", &file), !Contains("note"));
  CHECK_THAT(explain("device.programming.sigma_us", nullptr),
             Contains("up to 5 numbers, each -1000 .. 1000 uS") &&
                 Contains("default  [0.26348, 1.965, -1.1731] uS"));
  CHECK_THAT(explain("device.faults", nullptr), Contains("formula  models/device/faults.hpp"));
}

TEST_CASE("keys are bound to laws that exist", "[config]") {
  Experiment e;
  const KeyTable keys = experiment_keys(e);
  int bound = 0;
  for (const ConfigKey& key : keys.keys) {
    if (key.law_key.empty()) continue;
    INFO(key.path);
    REQUIRE(keys.key(key.law_key) != nullptr);
    const ConfigKey& by = *keys.key(key.law_key);
    const std::vector<std::string> laws =
        by.kind == KeyKind::Switch ? std::vector<std::string>{"true", "false"} : by.choices;
    for (const std::string& law : key.laws) CHECK(std::find(laws.begin(), laws.end(), law) != laws.end());
    ++bound;
  }
  CHECK(bound > 50);
}

TEST_CASE("limits of measured devices are told with the value, the range and the key", "[config][error]") {
  const ConfigFixture configs;
  const auto error = [&](const std::string& device, const std::string& set) {
    const std::string text = error_of(configs, device, {set});
    return text.substr(text.find(".yaml: ") + 7);
  };
  const std::string real = std::string(MIMOSA_CONFIGS) + "/device/";
  CHECK(error(real + "sonos.yaml", "device.time_s=500000") ==
        "device.time_s: 500000 s is outside what device.programming measured; 0 .. 432000 s is allowed");
  CHECK(error(real + "sonos.yaml", "device.g_max_us=28.57") ==
        "device.g_max_us: 28.57 uS is 2857 nA at 0.1 V; at 86400 s the fit holds to 1800 nA, so at most 18 "
        "uS is "
        "allowed");
  CHECK(error(real + "rram-wan.yaml", "device.time_s=0.5") ==
        "device.time_s: 0.5 s is outside what device.programming measured; 1 .. 172800 s is allowed");
  CHECK_THAT(
      error(real + "measured.yaml", "device.g_max_us=30"),
      Contains("device.g_max_us: 30 uS is outside the targets of ") && Contains("; 0 .. 25 uS is allowed"));
  CHECK_THAT(error(real + "measured.yaml", "device.time_s=1"), Contains("20 .. inf s is allowed"));
}

}  // namespace mimosa
