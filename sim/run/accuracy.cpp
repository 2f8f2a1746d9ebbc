// SPDX-License-Identifier: Apache-2.0
#include "sim/run/accuracy.hpp"

#include <algorithm>
#include <optional>

#include "models/base/error.hpp"
#include "models/device/exact.hpp"
#include "models/nn/reference.hpp"
#include "sim/engine/functional.hpp"
#include "sim/run/classifier.hpp"
#include "sim/run/sample_size.hpp"
#include "sim/run/saturation.hpp"
#include "sim/run/setup_cost.hpp"
#include "sim/run/tally.hpp"
#include "sim/run/timed_engine.hpp"
#include "sim/run/wire_gap.hpp"

namespace mimosa {
namespace {

class Measurement {
 public:
  explicit Measurement(const AccuracyTask& task)
      : task_(task),
        network_(*task.network.network),
        program_(task.program.compilation->program),
        count_(static_cast<std::size_t>(task.experiment.inputs)) {
    const auto test = task.stages.data(network_, Split::Test);
    if (count_ > test->size())
      throw UserError("inputs: " + std::to_string(count_) + " asked for; the test set has " +
                      std::to_string(test->size()));
    test_ = arranged_images(network_, *test, count_, task.experiment);
    task_.progress("calibrating", 0.0);
    ranges_ = *task.stages.ranges(task.network, task.program);
    wire_images_ = normalised(*task.stages.data(network_, Split::HeldOut), 0,
                              static_cast<std::size_t>(wire_gap_images(network_)), network_.input_mean,
                              network_.input_std);
  }

  AccuracyRun run() {
    AccuracyRun result;
    result.accuracy.float_reference =
        task_.stages.float_accuracy(task_.network, [&] { return float_accuracy(); });
    result.accuracy.analog_ideal =
        task_.stages.ideal_accuracy(task_.network, task_.program, [&] { return ideal_accuracy(); });
    measure_chips(result);
    result.passes = static_cast<std::int64_t>(test_.passes.size()) / pass_size();
    result.ranges = std::move(ranges_);
    return result;
  }

 private:
  [[nodiscard]] double float_accuracy() const {
    task_.progress("float reference", 0.0);
    const std::size_t rows = test_.arrangement.inputs.size();
    const auto progress = [&](std::size_t done) {
      task_.progress("float reference", static_cast<double>(done) / static_cast<double>(rows));
    };
    return share(
        right(reference_logits(network_, test_.images, rows, worker_threads(task_.experiment), progress)));
  }

  [[nodiscard]] double ideal_accuracy() {
    const auto ideal = [&](const std::string& layer) {
      return without_effects(device_for_layer(task_.experiment, layer));
    };
    return share(right(outputs({1, 0, ideal}, "ideal arrays", false)));
  }

  /// As many chip samples as the experiment asks for.
  void measure_chips(AccuracyRun& result) {
    const Experiment& e = task_.experiment;
    const SampleDemand demand{.least = e.chips, .most = e.chips_most, .half_width = e.half_width};
    const DeviceOfLayer device = devices_of(e);
    Tally tally(test_.arrangement, test_.labels, classes());
    for (int chip = 0; wants_more(tally.accuracies(), demand); ++chip) {
      const std::string what =
          "chip " + std::to_string(chip + 1) + " of " +
          (e.half_width > 0.0 ? "at most " + std::to_string(e.chips_most) : std::to_string(e.chips));
      const std::vector<float> answers = outputs(
          {e.seed, static_cast<std::uint32_t>(chip), device, task_.stages.programmed()}, what.c_str(), true);
      tally.add(answers);
      result.counts.push_back(counts_);
      if (task_.keep_logits) result.logits.push_back(picked(answers, test_.arrangement.rows, classes()));
      if (chip > 0) continue;
      result.clamped_read_gap = gap_;
      result.programming = programming_;
      result.wires = wires_;
      result.saturation = saturation_;
    }
    tally.write(result.accuracy);
  }

  [[nodiscard]] std::size_t classes() const {
    return static_cast<std::size_t>(network_.graph.output().shape.size());
  }

  /// For every input, whether its answer among all outputs is right.
  [[nodiscard]] std::vector<std::uint8_t> right(std::span<const float> all) const {
    return hits(picked(all, test_.arrangement.rows, classes()), test_.labels);
  }

  /// Outputs of all rows of passes on one chip sample, as programmed or with the corrections asked for.
  std::vector<float> outputs(const ChipSample& sample, const char* what, bool corrected) {
    task_.progress(what, 0.0);
    Datapath datapath(network_, program_, task_.experiment.chip, ranges_, sample);
    if (corrected) task_.corrections.apply(datapath);
    note_gap(datapath);
    programming_ = programming_cost(datapath, task_.experiment);
    if (corrected && sample.chip == 0) wires_ = wire_gap(datapath, task_.experiment, ranges_, wire_images_);
    if (!corrected || sample.chip > 0) return run_on(datapath, what, nullptr);
    SaturationMeter meter(datapath, task_.experiment.chip);
    std::vector<float> all = run_on(datapath, what, &meter);
    saturation_ = meter.result();
    return all;
  }

  /// Outputs of all test passes; notes what was counted on the way. `meter`: null, or sees all passes.
  std::vector<float> run_on(const Datapath& datapath, const char* what, SaturationMeter* meter) {
    const ChipSpec& chip = task_.experiment.chip;
    const std::size_t passes = test_.passes.size() / static_cast<std::size_t>(pass_size());
    const auto progress = [&](std::size_t done) {
      task_.progress(what, static_cast<double>(done) / static_cast<double>(passes));
    };
    if (task_.timed) {
      TimedRun run = run_timed(program_, chip,
                               {.passes = static_cast<int>(passes),
                                .stop_when_steady = false,
                                .datapath = &datapath,
                                .inputs = test_.passes,
                                .last_filled = test_.last_filled,
                                .inspect = [&](const PassState& s) {
                                  progress(s.first_pass());
                                  if (meter != nullptr) meter->add(s);
                                }});
      counts_ = run.counts;
      return std::move(run.outputs);
    }
    FunctionalResult run = run_functional(datapath, chip, test_.passes,
                                          {.threads = worker_threads(task_.experiment),
                                           .batch = task_.experiment.batch,
                                           .last_filled = test_.last_filled,
                                           .progress = progress,
                                           .inspect = [meter](const PassState& s) {
                                             if (meter != nullptr) meter->add(s);
                                           }});
    counts_ = run.counts;
    return std::move(run.outputs);
  }

  [[nodiscard]] int pass_size() const {
    const Node& input = network_.graph.nodes.front();
    return input.slots * input.shape.size();
  }

  void note_gap(const Datapath& datapath) {
    gap_ = 0.0;
    for (std::size_t s = 0; s < program_.stages.size(); ++s)
      for (std::size_t b = 0; b < program_.stages[s].blocks.size(); ++b)
        gap_ = std::max(gap_, datapath.array(static_cast<int>(s), 0, static_cast<int>(b)).clamped_read_gap());
  }

  const AccuracyTask& task_;
  const Network& network_;
  const Program& program_;
  std::size_t count_;
  ArrangedImages test_;
  std::vector<ConverterRange> ranges_;
  Counts counts_;
  double gap_ = 0.0;
  std::optional<ProgrammingResult> programming_;
  std::vector<float> wire_images_;
  WireGapResult wires_;
  SaturationResult saturation_;
};

}  // namespace

AccuracyRun measure_accuracy(const AccuracyTask& task) {
  return Measurement(task).run();
}

}  // namespace mimosa
