// SPDX-License-Identifier: Apache-2.0
// Diagnosis and error budget of chips whose digital constants are corrected.
#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

#include "models/nn/reference.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/engine/calibrate.hpp"
#include "sim/run/diagnose.hpp"
#include "sim/run/error_budget.hpp"
#include "tests/support/graph_builder.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

namespace mimosa {
namespace {

/// Cells that all lose the same share: e^(−0.3) of what they were.
DeviceSpec fading_cells() {
  DeviceSpec device;
  device.time_s = 20.0 * 1.718281828;
  device.ageing.law = AgeingLaw::Power;
  device.ageing.t0_s = 20.0;
  device.ageing.nu_mean.min = device.ageing.nu_mean.max = 0.3;
  device.ageing.nu_std.min = device.ageing.nu_std.max = 0.0;
  device.drift_compensation = DriftCompensation::Off;
  return device;
}

struct Setup {
  Network network;
  Experiment experiment;
  Program program;
  LabelledImages images;
  std::vector<ConverterRange> ranges;

  explicit Setup(Network n, const std::vector<LayerOverride>& overrides = {}) : network(std::move(n)) {
    experiment.chip = small_chip();
    experiment.device = fading_cells();
    experiment.overrides = overrides;
    experiment.chips = 1;
    experiment.threads = 1;
    program = compile(network, experiment.chip, experiment.compiler).program;
    images.count = 48;
    images.images = random_images(network, images.count);
    images.passes = pass_inputs(network, images.images, images.count);
    images.labels.resize(images.count);
    ranges = calibrate(network, program, experiment.chip, devices_of(experiment), {}, images.images);
  }
  [[nodiscard]] BudgetTask task(const Corrections* corrections) const {
    return {network, program, experiment, ranges, images, 0.5, {}, {}, corrections};
  }
  [[nodiscard]] std::vector<float> whole(const Datapath& chip) const {
    return logits_of(task(nullptr), chip, chip, -1);
  }
};

double power_of(const SlotNoise& slot, const std::string& cause) {
  for (const CauseNoise& c : slot.causes)
    if (c.cause == cause) return c.noise_power;
  FAIL("no row of " << cause);
  return 0.0;
}

}  // namespace

TEST_CASE("a diagnosis shows what a fit of columns leaves of each cause", "[diagnose][corrections]") {
  const Setup s(random_network(
      GraphBuilder().add("fc", OpKind::Linear, {.out_channels = 10, .bias = true}).build({48, 1, 1}),
      "linear"));
  const Corrections columns(s.network, s.program, s.images.images, {});
  const auto noise = [&](const char* cause, const Corrections* corrections) {
    return power_of(diagnose(s.network, s.program, s.experiment, s.ranges, s.images.images, corrections)
                        .layers[0]
                        .slots[0],
                    cause);
  };
  // A loss that all cells share is a gain; the steps of a converter are none.
  CHECK(noise("drift", nullptr) > 1e-3);
  CHECK(noise("drift", &columns) < 1e-6 * noise("drift", nullptr));
  CHECK(noise("adc", &columns) > 0.5 * noise("adc", nullptr));
  CHECK(noise("all", &columns) < 0.1 * noise("all", nullptr));
  CHECK(noise("exact_to_float", &columns) < 1e-6);
}

TEST_CASE("a chip that differs in one layer is corrected as a whole one that differs there",
          "[budget][corrections]") {
  // Only "stem" fades, so that the chip with drift is the mixture with its stem.
  Setup s(small_mimoconv(2, 2));
  for (const char* layers : {"fc", "bundle", "blocks.*", "unbind"})
    s.experiment.overrides.push_back({layers, "device.drift", "0"});
  const Corrections corrections(s.network, s.program, s.images.images, s.images.images);
  REQUIRE(corrections.corrects_norms());
  const Causes causes(s.network, s.program, s.experiment, s.ranges, s.images.images, &corrections);
  CorrectedChip exact = causes.corrected({}, 0), faded = causes.corrected(only(Cause::Drift), 0);
  const std::vector<float> alone = s.whole(faded.datapath()), none = s.whole(exact.datapath());
  CHECK(alone == s.whole(causes.chip_with(only(Cause::Drift), 0)));
  const auto& stages = s.program.stages;
  const int stem = static_cast<int>(
      std::find_if(stages.begin(), stages.end(), [](const Stage& g) { return g.analog == "stem"; }) -
      stages.begin());
  std::vector<float> mixed;
  faded.mix_into(exact, stem,
                 [&] { mixed = logits_of(s.task(&corrections), exact.datapath(), faded.datapath(), stem); });
  CHECK(mixed == alone);
  CHECK(mixed != none);
  // Both are as they were.
  CHECK(s.whole(faded.datapath()) == alone);
  CHECK(s.whole(exact.datapath()) == none);
  // Without a fit to the mixture, norms behind the layer are those of another chip.
  CHECK(logits_of(s.task(&corrections), exact.datapath(), faded.datapath(), stem) != alone);
}

TEST_CASE("an error budget of corrected chips charges an effect what its correction leaves",
          "[budget][corrections]") {
  Setup s(small_mimoconv(2, 2));
  const std::vector<float> logits = reference_logits(s.network, s.images.images, s.images.count);
  for (std::size_t i = 0; i < s.images.count; ++i) {
    const auto row = logits.begin() + static_cast<std::ptrdiff_t>(10 * i);
    s.images.labels[i] = static_cast<std::uint8_t>(std::max_element(row, row + 10) - row);
  }
  const Corrections columns(s.network, s.program, s.images.images, {});
  const auto cost = [&](const Corrections* corrections) {
    const ErrorBudgetResult budget = error_budget(s.task(corrections));
    for (const BudgetRow& row : budget.rows)
      if (row.effect == "drift" && row.layer == "all") return row.alone.chips.mean;
    FAIL("no row of drift");
    return 0.0;
  };
  CHECK(cost(nullptr) > 0.05);
  CHECK(cost(&columns) == Approx(0.0).margin(1e-9));
}

}  // namespace mimosa
