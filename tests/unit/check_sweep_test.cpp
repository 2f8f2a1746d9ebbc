// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/check_sweep.hpp"

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "sim/sweep/expansion.hpp"
#include "tests/support/config_fixture.hpp"

using Catch::Matchers::StartsWith;

namespace mimosa {
namespace {

/// "line:column: key: what" of the one mistake, which `mimosa sweep` makes, too.
std::string told(const ConfigFixture& configs, const std::string& text) {
  const std::string path = configs.experiment(std::string(ConfigFixture::plain) + text);
  const Findings findings = check_sweep(path);
  if (findings.empty()) return "";
  CHECK(findings.size() == 1);
  CHECK_THROWS_AS(Expansion(make_plan(path, {}, {})), UserError);
  return std::string(findings[0].what()).substr(path.size() + 1);
}

}  // namespace

TEST_CASE("axes that are right one by one and not together are told where they stand", "[check]") {
  const ConfigFixture configs;
  CHECK_THAT(told(configs, "axes:\n  chip.adc.bits: [4, 6]\n  variants: {a: {chip.adc.bits: 4}}\n"),
             StartsWith("6:18: axes: chip.adc.bits: stands on two axes"));
  CHECK_THAT(told(configs, "axes: {threads: [1, 2]}\n"), StartsWith("4:8: axes: threads: no result depends"));
  CHECK_THAT(told(configs, "axes: {sweep.repeats: [1, 2]}\n"),
             StartsWith("4:8: axes: sweep.repeats: is a key of the sweep"));
  CHECK_THAT(told(configs, "axes: {description: [a, b]}\n"),
             StartsWith("4:8: axes: description: no result depends"));
  CHECK_THAT(told(configs, "axes: {device.drift: {range: [0, 1]}}\n"),
             StartsWith("4:8: axes: device.drift: a range without steps"));
  CHECK_THAT(told(configs, "axes: {chip.mvm.interval_ns: [1, 500]}\n"),
             StartsWith(" at chip.mvm.interval_ns=500: chip.mvm.interval_ns: 500 must not exceed"));
  CHECK(told(configs, "axes: {chip.adc.bits: [4, 6]}\nsweep: {repeats: 3}\n").empty());
}

TEST_CASE("what a sweep would be refused for is told at its key", "[check]") {
  const ConfigFixture configs;
  const std::string axes = "axes: {chip.adc.bits: [4, 6]}\n";
  CHECK_THAT(told(configs, axes + "sweep: {where: chip.adc.bits > 9}\n"),
             StartsWith("5:9: sweep.where: leaves no point"));
  CHECK_THAT(told(configs, axes + "sweep:\n  where: [chip.adc.bits < 9, chip.adc.bitz < 9]\n"),
             StartsWith("6:3: sweep.where: \"chip.adc.bitz < 9\": chip.adc.bitz: no such key"));
  CHECK_THAT(told(configs, axes + "sweep: {where: 'chip.adc.bits >'}\n"), StartsWith("5:9: sweep.where: "));
  CHECK_THAT(told(configs, axes + "sweep: {method: pareto, points: 8, objectives: {accuracy: max}}\n"),
             StartsWith("5:36: sweep.objectives: 1 given"));
  CHECK_THAT(told(configs,
                  axes + "sweep: {method: pareto, points: 7, objectives: {accuracy: max, energy_j: min}}\n"),
             StartsWith("5:25: sweep.points: 7; with sweep.method: pareto"));
}

TEST_CASE("each condition and figure is told by itself", "[check]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment(std::string(ConfigFixture::plain) +
                                              "sweep:\n  where: 'chip.adc.bits >'\n  record: energie_j\n  "
                                              "objectives: {acc: max, timing.latency: min}\n");
  std::vector<std::string> told;
  for (const ConfigError& finding : check_sweep(path))
    told.push_back(std::string(finding.what()).substr(path.size() + 1, 30));
  CHECK(told == std::vector<std::string>{"5:3: sweep.where: \"chip.adc.bi", "6:3: sweep.record: no figure e",
                                         "7:3: sweep.objectives: no figu", "7:3: sweep.objectives: no figu"});
}

TEST_CASE("figures that no report has are told, also where axes are left to the command line", "[check]") {
  const ConfigFixture configs;
  const auto told_of = [&](const std::string& sweep) {
    const std::string path = configs.experiment(ConfigFixture::plain + sweep);
    const Findings findings = check_sweep(path);
    return findings.empty() ? "" : std::string(findings[0].what()).substr(path.size() + 1);
  };
  CHECK_THAT(told_of("sweep: {record: accurcy}\n"), StartsWith("4:9: sweep.record: no figure accurcy"));
  CHECK_THAT(told_of("sweep: {objectives: {accurcy: max}}\n"),
             StartsWith("4:9: sweep.objectives: no figure"));
  CHECK_THAT(told_of("sweep: {where: '('}\n"), StartsWith("4:9: sweep.where: "));
  CHECK(told_of("sweep: {record: accuracy}\n").empty());
}

}  // namespace mimosa
