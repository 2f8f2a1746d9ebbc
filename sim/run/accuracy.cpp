// SPDX-License-Identifier: Apache-2.0
#include "sim/run/accuracy.hpp"

#include <algorithm>
#include <cmath>
#include <thread>

#include "models/base/error.hpp"
#include "models/device/exact.hpp"
#include "models/nn/reference.hpp"
#include "sim/engine/calibrate.hpp"
#include "sim/engine/functional.hpp"
#include "sim/run/timed_engine.hpp"

namespace mimosa {
namespace {

int worker_threads(const Experiment& experiment) {
  return experiment.threads > 0 ? experiment.threads
                                : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// For every input, whether its largest logit is the label's.
std::vector<std::uint8_t> hits(std::span<const float> logits, const Dataset& data, std::size_t count) {
  const std::size_t classes = logits.size() / count;
  std::vector<std::uint8_t> right(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = logits.subspan(i * classes, classes);
    right[i] = std::max_element(row.begin(), row.end()) - row.begin() == data.labels[i] ? 1 : 0;
  }
  return right;
}

double share(const std::vector<std::uint8_t>& right) {
  return static_cast<double>(std::count(right.begin(), right.end(), 1)) / static_cast<double>(right.size());
}

/// 95 % half-width over inputs; the inputs of one pass share its noise, so passes are the samples.
double clustered_ci95(const std::vector<double>& per_input, int inputs_per_pass) {
  std::vector<double> passes;
  for (std::size_t i = 0; i < per_input.size(); i += static_cast<std::size_t>(inputs_per_pass)) {
    const std::size_t end = std::min(per_input.size(), i + static_cast<std::size_t>(inputs_per_pass));
    double sum = 0.0;
    for (std::size_t k = i; k < end; ++k) sum += per_input[k];
    passes.push_back(sum / static_cast<double>(end - i));
  }
  return mean_interval(passes).ci95;
}

class Measurement {
 public:
  explicit Measurement(const AccuracyTask& task)
      : task_(task),
        count_(static_cast<std::size_t>(task.experiment.inputs)),
        test_(load_fashion_mnist(Split::Test)) {
    const Network& network = task.network;
    if (count_ > test_.size())
      throw UserError("inputs: " + std::to_string(count_) + " asked for; the test set has " +
                      std::to_string(test_.size()));
    images_ = normalised(test_, 0, count_, network.input_mean, network.input_std);
    inputs_ = pass_inputs(network, images_, count_);
    const auto held_out = static_cast<std::size_t>(task.experiment.calibration.inputs);
    const Dataset other = load_fashion_mnist(Split::HeldOut);
    task_.progress("calibrating", 0.0);
    const auto device = [&](const std::string& layer) { return device_for_layer(task_.experiment, layer); };
    ranges_ = calibrate(network, task.program, task.experiment.chip, device, task.experiment.calibration,
                        normalised(other, 0, held_out, network.input_mean, network.input_std));
  }

  AccuracyRun run() {
    AccuracyRun result;
    result.accuracy.inputs = static_cast<std::int64_t>(count_);
    task_.progress("float reference", 0.0);
    result.accuracy.float_reference = share(hits(
        reference_logits(task_.network, images_, count_, worker_threads(task_.experiment)), test_, count_));
    const auto ideal = [&](const std::string& layer) {
      return without_effects(device_for_layer(task_.experiment, layer));
    };
    result.accuracy.analog_ideal = share(hits(classify({1, 0, ideal}, "ideal arrays"), test_, count_));
    const auto device = [&](const std::string& layer) { return device_for_layer(task_.experiment, layer); };
    std::vector<double> per_input(count_, 0.0);
    for (int chip = 0; chip < task_.experiment.chips; ++chip) {
      const std::string what =
          "chip " + std::to_string(chip + 1) + " of " + std::to_string(task_.experiment.chips);
      result.logits.push_back(
          classify({task_.experiment.seed, static_cast<std::uint32_t>(chip), device}, what.c_str()));
      const std::vector<std::uint8_t> right = hits(result.logits.back(), test_, count_);
      result.accuracy.analog.push_back(share(right));
      for (std::size_t i = 0; i < count_; ++i)
        per_input[i] += right[i] / static_cast<double>(task_.experiment.chips);
      if (chip == 0) result.clamped_read_gap = gap_;
    }
    result.accuracy.analog_interval = mean_interval(result.accuracy.analog);
    result.accuracy.inputs_ci95 = clustered_ci95(per_input, task_.network.inputs_per_pass);
    return result;
  }

 private:
  /// Logits of the asked-for inputs on one chip sample.
  std::vector<float> classify(const ChipSample& sample, const char* what) {
    task_.progress(what, 0.0);
    const ChipSpec& chip = task_.experiment.chip;
    const Datapath datapath(task_.network, task_.program, chip, ranges_, sample);
    note_gap(datapath);
    std::vector<float> outputs;
    const std::size_t passes = inputs_.size() / static_cast<std::size_t>(pass_size());
    if (task_.timed) {
      outputs = run_timed(task_.program, chip,
                          {.passes = static_cast<int>(passes),
                           .stop_when_steady = false,
                           .vcd_glob = {},
                           .vcd_path = {},
                           .datapath = &datapath,
                           .inputs = inputs_,
                           .inspect =
                               [&](const PassState& s) {
                                 task_.progress(
                                     what, static_cast<double>(s.first_pass()) / static_cast<double>(passes));
                               }})
                    .outputs;
    } else {
      outputs =
          run_functional(datapath, chip, inputs_,
                         {.threads = worker_threads(task_.experiment),
                          .batch = task_.experiment.batch,
                          .progress =
                              [&](std::size_t done) {
                                task_.progress(what, static_cast<double>(done) / static_cast<double>(passes));
                              },
                          .inspect = {}})
              .outputs;
    }
    outputs.resize(count_ *
                   static_cast<std::size_t>(task_.network.graph.output().shape.size()));  // drop copies
    return outputs;
  }

  [[nodiscard]] int pass_size() const {
    const Node& input = task_.network.graph.nodes.front();
    return input.slots * input.shape.size();
  }

  void note_gap(const Datapath& datapath) {
    gap_ = 0.0;
    for (std::size_t s = 0; s < task_.program.stages.size(); ++s)
      for (std::size_t b = 0; b < task_.program.stages[s].blocks.size(); ++b)
        gap_ = std::max(gap_, datapath.array(static_cast<int>(s), 0, static_cast<int>(b)).clamped_read_gap());
  }

  const AccuracyTask& task_;
  std::size_t count_;
  Dataset test_;
  std::vector<float> images_, inputs_;
  std::vector<ConverterRange> ranges_;
  double gap_ = 0.0;
};

}  // namespace

AccuracyRun measure_accuracy(const AccuracyTask& task) {
  return Measurement(task).run();
}

}  // namespace mimosa
