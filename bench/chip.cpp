// SPDX-License-Identifier: Apache-2.0
// The SystemC chip: array MVMs a second by the process's CPU time and what the simulator had to do for each
// (instructions of tasks and events of the mesh), timing alone and with data under all PCM noise. Networks
// have random weights; programming them is not part of the time.
#include <benchmark/benchmark.h>
#include <memory>
#include <string>
#include <systemc>
#include <utility>
#include <vector>

#include "bench/random_weights.hpp"
#include "hw/kernel/kernel.hpp"
#include "models/mimo/mimoconv.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/engine/calibrate.hpp"
#include "sim/run/timed_engine.hpp"

namespace {

using namespace mimosa;

/// Tiles of one array, as configs/chip/hermes-large.yaml has them.
ChipSpec chip_of(int side, int array) {
  ChipSpec chip;
  chip.mesh = {.rows = side, .cols = side};
  chip.array = {.rows = array, .cols = array};
  chip.mvm.latency_ns = chip.mvm.interval_ns = 132.94;
  chip.buffer.bytes = 1 << 20;
  return chip;
}

/// A network compiled to a chip; programmed when data is wanted.
class Machine {
 public:
  Machine(Graph graph, const ChipSpec& chip) : chip_(chip) {
    network_.graph = std::move(graph);
    network_.modes = {1};
    program_ = compile(network_, chip_, {}).program;
  }
  TimedRun run(int passes, bool with_data) {
    TimedOptions options;
    options.passes = passes;
    options.stop_when_steady = false;
    if (with_data) {
      program_arrays();
      options.datapath = datapath_.get();
      options.inputs = inputs_;
    }
    return run_timed(program_, chip_, options);
  }
  void program_arrays() {
    if (datapath_) return;
    draw_weights(network_);
    inputs_ = random_images(network_, 4);
    const ChipSample sample{.device = [](const std::string&) { return pcm_of_joshi(1.0); }};
    const std::vector<ConverterRange> ranges =
        calibrate(network_, program_, chip_, sample.device, {.inputs = 1}, random_images(network_, 1));
    datapath_ = std::make_unique<Datapath>(network_, program_, chip_, ranges, sample);
  }

 private:
  Network network_;
  ChipSpec chip_;
  Program program_;
  std::vector<float> inputs_;
  std::unique_ptr<Datapath> datapath_;
};

void simulate(benchmark::State& state, Machine& (*machine)(), int passes, bool with_data) {
  Machine& m = machine();
  if (with_data) m.program_arrays();
  double seconds = 0.0, mvms = 0.0, events = 0.0;
  for (auto _ : state) {
    const double start = process_seconds();
    const TimedRun run = m.run(passes, with_data);
    const double time = process_seconds() - start;
    state.SetIterationTime(time);
    seconds += time;
    mvms += static_cast<double>(run.counts.mvms);
    events += static_cast<double>(run.timing.events);
  }
  state.counters["mvms_per_s"] = mvms / seconds;
  state.counters["events_per_mvm"] = events / mvms;
  state.counters["mvms_per_pass"] = mvms / passes / static_cast<double>(state.iterations());
  state.counters["s_per_pass"] = seconds / passes / static_cast<double>(state.iterations());
}

/// WRN-28-10 on 32 × 32 arrays of 256 × 256.
Machine& wrn28_10() {
  static Machine machine(wide_resnet({}), chip_of(32, 256));
  return machine;
}

/// A wide ResNet for 28 × 28 images on 16 × 16 arrays of 128 × 128.
Machine& small() {
  static Machine machine(
      wide_resnet({.width = 4, .blocks = {1, 1, 1}, .stem_stride = 2, .input = {1, 28, 28}}),
      chip_of(16, 128));
  return machine;
}

BENCHMARK_CAPTURE(simulate, timing_128x128, small, 4, false)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(simulate, data_128x128, small, 4, true)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(simulate, timing_wrn28_10, wrn28_10, 2, false)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(3);
BENCHMARK_CAPTURE(simulate, data_wrn28_10, wrn28_10, 1, true)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(2);

}  // namespace
