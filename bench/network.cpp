// SPDX-License-Identifier: Apache-2.0
// VGG-8 on 32 × 32 images (0.616 GMAC an image, random weights, arrays of 256 × 256) on the functional
// engine, one thread: images per second by the process's CPU time, whose smallest value counts.
#include <algorithm>
#include <benchmark/benchmark.h>
#include <limits>
#include <string>
#include <vector>

#include "bench/random_weights.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/engine/calibrate.hpp"
#include "sim/engine/functional.hpp"

namespace {

using namespace mimosa;

class Vgg8 {
 public:
  Vgg8() {
    network_.name = "vgg8";
    network_.modes = {1};
    add({.name = "input"});
    int number = 0;
    for (const int channels : {128, 256, 512}) {
      for (int i = 0; i < 2; ++i) conv("conv" + std::to_string(++number), channels);
      add({.name = "pool" + std::to_string(number), .op = OpKind::MaxPool, .kernel = 2, .stride = 2});
    }
    add({.name = "flatten", .op = OpKind::Flatten});
    add({.name = "fc1", .op = OpKind::Linear, .out_channels = 1024, .bias = true});
    add({.name = "fc1_act", .op = OpKind::Relu});
    add({.name = "fc2", .op = OpKind::Linear, .out_channels = 10, .bias = true});
    infer_shapes(network_.graph, {3, 32, 32}, 1, 1);
    draw_weights(network_);
  }
  [[nodiscard]] const Network& network() const { return network_; }

 private:
  void add(Node node) {
    const int count = static_cast<int>(network_.graph.nodes.size());
    if (count > 0) node.inputs = {count - 1};
    network_.graph.nodes.push_back(std::move(node));
  }
  void conv(const std::string& name, int channels) {
    add({.name = name,
         .op = OpKind::Conv2d,
         .kernel = 3,
         .padding = 1,
         .out_channels = channels,
         .bias = true});
    add({.name = name + "_act", .op = OpKind::Relu});
  }

  Network network_;
};

void vgg8(benchmark::State& state, double read_noise) {
  static const Vgg8 vgg;
  const Network& network = vgg.network();
  ChipSpec chip;
  chip.mesh = {16, 16};
  chip.buffer.bytes = 1 << 20;
  CompilerOptions compiler;
  compiler.replicate = false;
  const Program program = compile(network, chip, compiler).program;
  const ChipSample sample{.device = [=](const std::string&) { return pcm_of_joshi(read_noise); }};
  const std::vector<ConverterRange> ranges =
      calibrate(network, program, chip, sample.device, {.inputs = 4}, random_images(network, 4));
  const Datapath datapath(network, program, chip, ranges, sample);
  constexpr int count = 8;
  const std::vector<float> inputs = random_images(network, count);
  FunctionalOptions one_thread;
  one_thread.threads = 1;
  one_thread.batch = 1;
  double best = std::numeric_limits<double>::max();
  for (auto _ : state) {
    const double start = process_seconds();
    benchmark::DoNotOptimize(run_functional(datapath, chip, inputs, one_thread).outputs[0]);
    const double time = process_seconds() - start;
    best = std::min(best, time);
    state.SetIterationTime(time);
  }
  state.counters["images_per_s"] = static_cast<double>(count) / best;
  state.counters["gmac"] = 1e-9 * static_cast<double>(macs_per_pass(network.graph));
}

BENCHMARK_CAPTURE(vgg8, programming_noise, 0.0)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(8);
BENCHMARK_CAPTURE(vgg8, read_noise, 1.0)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(8);

}  // namespace
