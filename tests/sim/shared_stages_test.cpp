// SPDX-License-Identifier: Apache-2.0
#include "sim/run/shared_stages.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include <catch2/catch.hpp>

#include "sim/report/report.hpp"
#include "sim/run/run.hpp"
#include "tests/support/sweep_fixture.hpp"

namespace mimosa {
namespace {

using Json = nlohmann::json;

/// A trained network of attention, few inputs, one noisy chip.
std::string experiment_file(const TemporaryFolder& folder) {
  return folder.write("e.yaml", "network: " MIMOSA_SOURCE
                                "/configs/network/mimoformer_recall_2x2.yaml\n"
                                "chip: " MIMOSA_SOURCE
                                "/configs/chip/hermes-attention.yaml\n"
                                "device: " MIMOSA_SOURCE
                                "/configs/device/pcm-joshi.yaml\n"
                                "chips: 1\ninputs: 16\ntimed_passes: 4\ncalibration: {inputs: 4}\n");
}

const std::string images = "network=" MIMOSA_SOURCE "/configs/network/mimoconv_fmnist_n2.yaml";
/// A device that is programmed pulse by pulse.
constexpr const char* ecram = "device=" MIMOSA_SOURCE "/configs/device/ecram-li.yaml";

/// Every key of a stage that is kept, some that come later, and back to the first.
const std::vector<std::vector<std::string>>& settings() {
  static const std::vector<std::vector<std::string>> all = {
      {},
      {"device.time_s=1e7"},
      {"device.read_noise=4"},
      {"seed=2"},
      {"chip.adc.bits=3"},
      {"inputs=12"},
      {"chip.dac.bits=3"},
      {"calibration.inputs=8"},
      {"calibration.adc_percentile=90"},
      {"calibration.affine=column", "calibration.affine_inputs=4"},
      {"device.g_max_us=40"},
      {"chip.weights.clip_percentile=90"},
      {"chip.adc.range=full"},
      {"chip.adc.range=full", "chip.adc.bits=5"},
      {"compiler.replicate=false"},
      {"compiler.signs=crossbar"},
      {"timed_passes=2"},
      {"network.slots_used=4"},
      {"network=" MIMOSA_SOURCE "/configs/network/performer_recall.yaml"},
      {"network=" MIMOSA_SOURCE "/configs/network/mimoformer_recall_2x2_dpfp.yaml"},
      {"engine=timed"},
      {images},
      {images, "workload.keys=foreign"},
      {images, "workload.keys=foreign", "seed=2"},
      {images, "workload.keys=none"},
      {images, "workload.order=1"},
      {images, "workload.partners=blank"},
      {ecram, "chips=2"},
      {ecram, "device.time_s=10", "chip.adc.bits=6"},
      {ecram, "device.programming.cycle_noise=0.1"},
      {ecram, "seed=2"},
      {}};
  return all;
}

Experiment experiment_with(const std::string& file, const std::vector<std::string>& texts) {
  std::vector<Setting> parsed;
  for (const std::string& text : texts) parsed.push_back(parse_setting(text));
  return load_experiment(file, parsed).experiment;
}

}  // namespace

TEST_CASE("a kept value is made once, and the one unused for longest makes room", "[run]") {
  Kept<int> kept;
  const auto get = [&](int i) { return *kept.get(std::to_string(i), [&] { return 10 * i; }); };
  for (int i = 0; i < 8; ++i) CHECK(get(i) == 10 * i);
  CHECK(get(0) == 0);
  CHECK(kept.made() == 8);
  CHECK(get(8) == 80);  // in the place of 1
  CHECK(get(0) == 0);
  CHECK(kept.made() == 9);
  CHECK(get(1) == 10);
  CHECK(kept.made() == 10);
  CHECK_THROWS(kept.get("none", []() -> int { throw std::runtime_error("no"); }));
  CHECK(*kept.get("none", [] { return 7; }) == 7);
}

TEST_CASE("runs that share their stages give what runs alone give, value for value", "[run]") {
  const TemporaryFolder folder;
  const std::string file = experiment_file(folder);
  SharedStages shared;
  // Every third where a sanitizer makes them slow (MIMOSA_TEST_PASSES=reduced).
  const std::size_t step = std::getenv("MIMOSA_TEST_PASSES") == nullptr ? 1 : 3;
  for (std::size_t i = 0; i < settings().size(); i += step) {
    const std::vector<std::string>& texts = settings()[i];
    const Experiment experiment = experiment_with(file, texts);
    INFO((texts.empty() ? "as it is" : texts.front()));
    RunRequest sharing;
    sharing.shared = &shared;
    sharing.keep_logits = true;
    RunRequest alone;
    alone.keep_logits = true;
    const std::vector<RunResult> one = run(experiment, sharing), other = run(experiment, alone);
    CHECK(report_json(one) == report_json(other));
    CHECK(one.front().logits == other.front().logits);
  }
}

TEST_CASE("points that differ in what comes later share the stages before", "[run]") {
  const TemporaryFolder folder;
  const std::string file = experiment_file(folder);
  SharedStages shared;
  const auto run_with = [&](const std::vector<std::string>& texts) {
    RunRequest request;
    request.shared = &shared;
    static_cast<void>(run(experiment_with(file, texts), request));
  };
  // Networks, programs and timings: the network's and its baseline's.
  const auto made = [&] {
    return std::vector<std::size_t>{shared.networks.made(),        shared.datasets.made(),
                                    shared.programs.made(),        shared.timings.made(),
                                    shared.ranges.made(),          shared.float_accuracies.made(),
                                    shared.ideal_accuracies.made()};
  };
  using Made = std::vector<std::size_t>;
  run_with({});
  CHECK(made() == Made{2, 2, 2, 2, 1, 1, 1});
  for (const char* later : {"device.time_s=10", "device.read_noise=2", "seed=3", "chips=2", "device.drift=0"})
    run_with({later});
  CHECK(made() == Made{2, 2, 2, 2, 1, 1, 1});
  run_with({"chip.adc.bits=6"});
  CHECK(made() == Made{2, 2, 4, 4, 1, 1, 2});
  run_with({"inputs=8"});
  CHECK(made() == Made{2, 2, 4, 4, 1, 2, 3});
  run_with({"calibration.dac_percentile=100"});
  CHECK(made() == Made{2, 2, 4, 4, 2, 2, 4});
}

TEST_CASE("cells programmed pulse by pulse are programmed once for a seed, chip sample and network",
          "[run]") {
  const TemporaryFolder folder;
  const std::string file = experiment_file(folder);
  SharedStages shared;
  const auto rows_after = [&](std::vector<std::string> texts) {
    texts.insert(texts.begin(), {ecram, "engine=functional", "inputs=4"});
    RunRequest request;
    request.shared = &shared;
    static_cast<void>(run(experiment_with(file, texts), request));
    return shared.programmed.made();
  };
  const std::size_t one = rows_after({});
  CHECK(one > 1000);
  CHECK(rows_after({"device.time_s=10"}) == one);
  CHECK(rows_after({"chip.adc.bits=6"}) == one);
  CHECK(rows_after({"chips=2"}) == 2 * one);
  CHECK(rows_after({"seed=2"}) == 3 * one);
}

TEST_CASE("a sweep has the same store whether its points share stages or not", "[run][sweep]") {
  const TemporaryFolder folder;
  const std::string file = experiment_file(folder);
  const auto lines = [&](const std::string& name, SharedStages* shared) {
    Expansion points(make_plan(
        file, {parse_setting("inputs=8"), parse_setting("calibration.inputs=2")},
        {axis_of_text("device.time_s", "1,1e6", "time"), axis_of_text("chip.adc.bits", "4,8", "bits"),
         axis_of_text("device.read_noise", "0,3", "noise")}));
    const auto run_it = [&](const Experiment& experiment, RunRequest request) {
      request.shared = shared;
      return run(experiment, request);
    };
    CHECK(sweep_into(folder.path(name), points, run_it) == 0);
    return lines_of(folder.path(name));
  };
  SharedStages shared;
  const auto expected = lines("alone", nullptr);
  CHECK(expected.size() == 8);
  CHECK(lines("shared", &shared) == expected);
}

}  // namespace mimosa
