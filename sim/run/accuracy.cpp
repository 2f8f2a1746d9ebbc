// SPDX-License-Identifier: Apache-2.0
#include "sim/run/accuracy.hpp"

#include <algorithm>
#include <optional>

#include "models/base/error.hpp"
#include "models/device/exact.hpp"
#include "models/nn/reference.hpp"
#include "sim/engine/functional.hpp"
#include "sim/run/classifier.hpp"
#include "sim/run/setup_cost.hpp"
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
    test_ = labelled_images(network_, *test, 0, count_);
    task_.progress("calibrating", 0.0);
    ranges_ = *task.stages.ranges(task.network, task.program);
    wire_images_ = normalised(*task.stages.data(network_, Split::HeldOut), 0,
                              static_cast<std::size_t>(wire_gap_images(network_)), network_.input_mean,
                              network_.input_std);
  }

  AccuracyRun run() {
    AccuracyRun result;
    result.accuracy.inputs = static_cast<std::int64_t>(count_);
    result.accuracy.float_reference =
        task_.stages.float_accuracy(task_.network, [&] { return float_accuracy(); });
    result.accuracy.analog_ideal =
        task_.stages.ideal_accuracy(task_.network, task_.program, [&] { return ideal_accuracy(); });
    const DeviceOfLayer device = devices_of(task_.experiment);
    std::vector<double> per_input(count_, 0.0);
    for (int chip = 0; chip < task_.experiment.chips; ++chip) {
      const std::string what =
          "chip " + std::to_string(chip + 1) + " of " + std::to_string(task_.experiment.chips);
      result.logits.push_back(
          classify({task_.experiment.seed, static_cast<std::uint32_t>(chip), device}, what.c_str(), true));
      result.counts.push_back(counts_);
      const std::vector<std::uint8_t> right = hits(result.logits.back(), test_.labels);
      result.accuracy.analog.push_back(share(right));
      for (std::size_t i = 0; i < count_; ++i)
        per_input[i] += right[i] / static_cast<double>(task_.experiment.chips);
      if (chip == 0) {
        result.clamped_read_gap = gap_;
        result.programming = programming_;
        result.wires = wires_;
      }
    }
    result.accuracy.analog_interval = mean_interval(result.accuracy.analog);
    const std::vector<double> of_passes = pass_means(per_input, network_.inputs_per_pass);
    if (of_passes.size() > 1) result.accuracy.inputs_ci95 = mean_interval(of_passes).ci95;
    result.passes = static_cast<std::int64_t>(test_.passes.size()) / pass_size();
    result.ranges = std::move(ranges_);
    return result;
  }

 private:
  [[nodiscard]] double float_accuracy() const {
    task_.progress("float reference", 0.0);
    const auto progress = [&](std::size_t done) {
      task_.progress("float reference", static_cast<double>(done) / static_cast<double>(count_));
    };
    return share(
        hits(reference_logits(network_, test_.images, count_, worker_threads(task_.experiment), progress),
             test_.labels));
  }

  [[nodiscard]] double ideal_accuracy() {
    const auto ideal = [&](const std::string& layer) {
      return without_effects(device_for_layer(task_.experiment, layer));
    };
    return share(hits(classify({1, 0, ideal}, "ideal arrays", false), test_.labels));
  }

  /// Logits of the asked-for inputs on one chip sample, as programmed or with the corrections asked for.
  std::vector<float> classify(const ChipSample& sample, const char* what, bool corrected) {
    task_.progress(what, 0.0);
    Datapath datapath(network_, program_, task_.experiment.chip, ranges_, sample);
    if (corrected) task_.corrections.apply(datapath);
    note_gap(datapath);
    programming_ = programming_cost(datapath, task_.experiment);
    if (corrected && sample.chip == 0) wires_ = wire_gap(datapath, task_.experiment, ranges_, wire_images_);
    std::vector<float> outputs = run_on(datapath, what);
    outputs.resize(count_ * static_cast<std::size_t>(network_.graph.output().shape.size()));  // drop copies
    return outputs;
  }

  /// Outputs of all test passes; notes what was counted on the way.
  std::vector<float> run_on(const Datapath& datapath, const char* what) {
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
                                .inspect = [&](const PassState& s) { progress(s.first_pass()); }});
      counts_ = run.counts;
      return std::move(run.outputs);
    }
    FunctionalResult run = run_functional(datapath, chip, test_.passes,
                                          {.threads = worker_threads(task_.experiment),
                                           .batch = task_.experiment.batch,
                                           .last_filled = test_.last_filled,
                                           .progress = progress,
                                           .inspect = {}});
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
  LabelledImages test_;
  std::vector<ConverterRange> ranges_;
  Counts counts_;
  double gap_ = 0.0;
  std::optional<ProgrammingResult> programming_;
  std::vector<float> wire_images_;
  WireGapResult wires_;
};

}  // namespace

AccuracyRun measure_accuracy(const AccuracyTask& task) {
  return Measurement(task).run();
}

}  // namespace mimosa
