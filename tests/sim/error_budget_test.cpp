// SPDX-License-Identifier: Apache-2.0
#include "sim/run/error_budget.hpp"

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "models/base/statistics.hpp"
#include "models/device/exact.hpp"
#include "models/nn/reference.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/engine/calibrate.hpp"
#include "sim/run/sample_size.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using Catch::Matchers::Contains;

namespace mimosa {
namespace {

/// A small MIMOConv whose labels are the float network's answers.
struct Setup {
  Network network = small_mimoconv(2, 2);
  Experiment experiment;
  Program program;
  LabelledImages images;
  std::vector<ConverterRange> ranges;
  std::vector<std::string> said;

  explicit Setup(const DeviceSpec& device, std::size_t count = 64) {
    experiment.chip = small_chip();
    experiment.device = device;
    experiment.chips = 3;
    experiment.threads = 2;
    program = compile(network, experiment.chip, experiment.compiler).program;
    images.count = count;
    images.images = random_images(network, count);
    images.passes = pass_inputs(network, images.images, count);
    const std::vector<float> logits = reference_logits(network, images.images, count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto row = logits.begin() + static_cast<std::ptrdiff_t>(10 * i);
      images.labels.push_back(static_cast<std::uint8_t>(std::max_element(row, row + 10) - row));
    }
    ranges = calibrate(network, program, experiment.chip, devices_of(experiment), {}, images.images);
  }
  [[nodiscard]] BudgetTask task(double half_width = 0.005) {
    return {network,
            program,
            experiment,
            ranges,
            images,
            half_width,
            [this](const std::string& text) { said.push_back(text); },
            {}};
  }
  [[nodiscard]] Causes causes() const { return {network, program, experiment, ranges, images.images}; }
  [[nodiscard]] Datapath datapath(const DeviceOfLayer& device) const {
    return {network, program, experiment.chip, ranges, {experiment.seed, 0, device}};
  }
  [[nodiscard]] std::vector<float> logits(const Datapath& all) { return logits_of(task(), all, all, -1); }
  [[nodiscard]] std::vector<float> logits(CauseSet on) { return logits(causes().chip_with(on, 0)); }
};

const BudgetRow& row_of(const ErrorBudgetResult& b, const std::string& effect, const std::string& layer) {
  const auto row = std::find_if(b.rows.begin(), b.rows.end(),
                                [&](const BudgetRow& r) { return r.effect == effect && r.layer == layer; });
  REQUIRE(row != b.rows.end());
  return *row;
}

}  // namespace

TEST_CASE("planned samples are the fewest whose t interval is narrow enough", "[budget]") {
  for (const double deviation : {0.001, 0.01, 0.05, 0.3}) {
    const std::int64_t n = planned_samples(deviation, 0.01);
    const auto half_width = [&](std::int64_t m) {
      return student_t_975(static_cast<int>(m - 1)) * deviation / std::sqrt(static_cast<double>(m));
    };
    CHECK(half_width(n) <= 0.01);
    if (n > 2) CHECK(half_width(n - 1) > 0.01);
  }
  // t(0.975, 4) = 2.776 and t(0.975, 5) = 2.571 in every table: s = 1 needs 7 for 1 (t6 2.447 / √7 = 0.925;
  // t5 / √6 = 1.05).
  CHECK(planned_samples(1.0, 1.0) == 7);
  CHECK(planned_samples(0.0, 0.01) == 2);
  CHECK(planned_samples(1.0, 0.01) == Approx(1.96 * 1.96 * 1e4).epsilon(1e-3));
  const std::vector<double> values = {1.0, 2.0, 3.0, 4.0};
  CHECK(standard_deviation(values) == Approx(std::sqrt(5.0 / 3.0)));
  CHECK(mean_interval(values).ci95 == Approx(student_t_975(3) * standard_deviation(values) / 2.0));
  CHECK(standard_deviation(std::vector<double>{3.0}) == 0.0);
}

TEST_CASE("a chip with every cause is the experiment's, one with converters alone the ideal one",
          "[budget]") {
  Setup s(noisy_pcm(), 8);
  CHECK(s.logits(s.causes().all()) == s.logits(s.datapath(devices_of(s.experiment))));
  const auto ideal = [&](const std::string& layer) {
    return without_effects(device_for_layer(s.experiment, layer));
  };
  CHECK(s.logits(only(Cause::Dac) | only(Cause::Adc)) == s.logits(s.datapath(ideal)));
  const std::vector<float> reference = reference_logits(s.network, s.images.images, s.images.count);
  const std::vector<float> none = s.logits(CauseSet());
  double square = 0.0, error = 0.0;
  for (std::size_t i = 0; i < none.size(); ++i) {
    square += static_cast<double>(reference[i]) * static_cast<double>(reference[i]);
    error += std::pow(static_cast<double>(none[i]) - static_cast<double>(reference[i]), 2.0);
  }
  CHECK(error < 1e-5 * square);
}

TEST_CASE("an effect of scale 0 changes no bit and has no row", "[budget]") {
  DeviceSpec device = noisy_pcm();
  device.read_noise = 0.0;
  device.noise_1f = 0.0;
  Setup s(device, 8);
  const CauseSet all = s.causes().all();
  CHECK_FALSE(all[static_cast<std::size_t>(Cause::ReadNoise)]);
  for (const Cause cause : {Cause::ReadNoise, Cause::Noise1f}) {
    CHECK(s.logits(only(cause)) == s.logits(CauseSet()));
    CHECK(s.logits(all & ~only(cause)) == s.logits(all));
  }
  s.experiment.chips = 1;
  const ErrorBudgetResult b = error_budget(s.task());
  CHECK(std::none_of(b.rows.begin(), b.rows.end(),
                     [](const BudgetRow& r) { return r.effect == "read_noise"; }));
  CHECK_FALSE(b.planned_chips.has_value());
}

TEST_CASE("differences are paired: a cause draws the same numbers whatever acts elsewhere", "[budget]") {
  Setup s(noisy_pcm(), 8);
  const Causes causes = s.causes();
  const Datapath exact = causes.chip_with({}, 0);
  const Datapath noisy = causes.chip_with(only(Cause::ReadNoise), 0);
  const int fc = static_cast<int>(s.program.stages.size()) - 1;
  REQUIRE(s.program.stages[static_cast<std::size_t>(fc)].analog == "fc");
  const std::vector<float> once = logits_of(s.task(), exact, noisy, fc);
  CHECK(once == logits_of(s.task(), exact, noisy, fc));
  CHECK(once != s.logits(exact));
  // The same read noise joins an override that makes every other layer quiet by other means.
  Setup quiet(noisy_pcm(), 8);
  for (const char* layers : {"stem", "bundle", "blocks.*", "unbind"})
    quiet.experiment.overrides.push_back({layers, "device.read_noise", "0"});
  CHECK(quiet.logits(only(Cause::ReadNoise)) == once);
  // Other chips, other noise.
  const Datapath other = causes.chip_with(only(Cause::ReadNoise), 1);
  CHECK(logits_of(s.task(), exact, other, fc) != once);
}

TEST_CASE("an error budget adds up where one effect rules", "[budget]") {
  DeviceSpec device = noisy_pcm();
  device.programming_noise = 2.0;
  device.drift = device.noise_1f = device.read_noise = 0.0;
  Setup s(device);
  s.experiment.chip.analog.dac.bits = 14;
  s.experiment.chip.analog.adc.bits = 14;
  s.experiment.chip.vector.format = NumberFormat::Fp32;
  const ErrorBudgetResult b = error_budget(s.task(0.5));
  CHECK(b.float_reference == 1.0);
  CHECK(b.without_effects == 1.0);
  CHECK(b.total.chips.mean == Approx(b.without_effects - b.with_effects.mean));
  CHECK(b.total.chips.mean > 0.1);
  const BudgetRow& programming = row_of(b, "programming_noise", "all");
  CHECK(programming.alone.chips.mean == Approx(b.total.chips.mean).margin(0.02));
  CHECK(programming.without.chips.mean == Approx(b.total.chips.mean).margin(0.02));
  CHECK(row_of(b, "adc", "all").alone.chips.mean == Approx(0.0).margin(0.02));
  CHECK(row_of(b, "dac", "all").alone.chips.ci95 == 0.0);  // the same on every chip
  // One effect in one layer is all effects of the layer, but for the converters.
  for (const char* layer : {"stem", "fc"})
    CHECK(row_of(b, "programming_noise", layer).alone.chips.mean ==
          Approx(row_of(b, "all", layer).alone.chips.mean).margin(0.04));
  CHECK(b.achieved_half_width >= b.total.chips.ci95);
}

TEST_CASE("an error budget says what it runs and stops at the chips it needs", "[budget]") {
  Setup s(noisy_pcm(), 16);
  s.experiment.chips = 6;
  const ErrorBudgetResult wide = error_budget(s.task(0.5));
  CHECK(wide.chips == pilot_chips);
  REQUIRE(wide.planned_chips.has_value());
  CHECK(*wide.planned_chips <= 6);
  CHECK(wide.achieved_half_width <= 0.5);
  REQUIRE(s.said.size() == 2);
  CHECK_THAT(s.said[0], Contains("at most ") && Contains("runs of 16 held-out images"));
  CHECK_THAT(s.said[1], Contains(std::to_string(wide.runs) + " runs"));
  // Settings: two for each effect in the whole network, for each layer, and for each effect in each layer.
  const std::size_t effects = 6;
  const auto layers = static_cast<std::size_t>(std::count_if(
      s.program.stages.begin(), s.program.stages.end(), [](const Stage& g) { return !g.analog.empty(); }));
  CHECK(wide.rows.size() == effects + layers + effects * layers);
  const std::int64_t pairs = static_cast<std::int64_t>(effects + layers + effects * layers);
  // DAC and ADC alone are the same on every chip.
  const auto once = static_cast<std::int64_t>(2 * (1 + layers));
  CHECK(wide.runs == 1 + 3 * (1 + 2 * pairs) - 2 * once);
  s.said.clear();
  const ErrorBudgetResult narrow = error_budget(s.task(0.001));
  CHECK(narrow.chips == 6);
  CHECK(*narrow.planned_chips > 6);
}

}  // namespace mimosa
