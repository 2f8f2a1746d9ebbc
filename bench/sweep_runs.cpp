// SPDX-License-Identifier: Apache-2.0
// Points of a sweep with their simulations: what a point costs besides, two processes against one, and what
// points save that share stages.
#include <benchmark/benchmark.h>
#include <chrono>
#include <cstdint>
#include <fmt/format.h>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <vector>

#include "bench/cpu_time.hpp"
#include "bench/scratch_folder.hpp"
#include "models/data/file.hpp"
#include "sim/config/axis_values.hpp"
#include "sim/run/run.hpp"
#include "sim/run/shared_stages.hpp"
#include "sim/sweep/sweep.hpp"

namespace {

using namespace mimosa;

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// CPU seconds of this process with all its threads, or of its children that have ended.
double cpu_of(int who) {
  rusage used{};
  getrusage(who, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// What the processes of a sweep spent in their simulations; they add to it one after the other or, of two,
/// each to its own place.
struct Spent {
  double cpu = 0.0, wall = 0.0;
};
class SharedSpent {
 public:
  SharedSpent()
      : places_(static_cast<Spent*>(
            mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
    if (places_ == MAP_FAILED) throw std::runtime_error("no shared memory");
  }
  ~SharedSpent() { munmap(places_, size); }
  SharedSpent(const SharedSpent&) = delete;
  SharedSpent& operator=(const SharedSpent&) = delete;
  /// Of the point with that seed.
  Spent& of(std::uint64_t seed) { return places_[seed % count]; }
  [[nodiscard]] Spent sum() const {
    Spent all;
    for (std::size_t i = 0; i < count; ++i) {
      all.cpu += places_[i].cpu;
      all.wall += places_[i].wall;
    }
    return all;
  }

 private:
  static constexpr std::size_t count = 4096, size = count * sizeof(Spent);
  Spent* places_;
};

struct Measured {
  double wall = 0.0, cpu = 0.0;  ///< of the whole sweep
  Spent spent;                   ///< in simulations
};

/// All points of an experiment over one axis, by `run`.
Measured sweep(const std::string& path, const std::string& key, const std::string& values, int jobs,
               const RunFunction& run) {
  Expansion points(make_plan(path, {}, {axis_of_text(key, values, "bench")}));
  std::vector<std::size_t> all(points.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  const ScratchFolder folder;
  Store store(folder / "store", Store::Access::Alone);
  SharedSpent spent;
  const auto timed = [&](const Experiment& experiment, const RunRequest& request) {
    const double wall = wall_seconds(), cpu = cpu_of(RUSAGE_SELF);
    std::vector<RunResult> results = run(experiment, request);
    Spent& mine = spent.of(experiment.seed);
    mine.cpu += cpu_of(RUSAGE_SELF) - cpu;
    mine.wall += wall_seconds() - wall;
    return results;
  };
  const double wall = wall_seconds(), cpu = cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN);
  if (run_points(points, all, timed, store, {.jobs = jobs, .stop = {}, .done = {}, .tick = {}}) > 0)
    throw std::runtime_error("points failed");
  return {wall_seconds() - wall, cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN) - cpu, spent.sum()};
}

std::string tiny_experiment(const ScratchFolder& folder) {
  const std::string path = folder / "experiment.yaml";
  write_file(path, fmt::format("network: {}/tests/data/tiny.yaml\nengine: timing\ntimed_passes: 8\n",
                               MIMOSA_SOURCE));
  return path;
}

/// 400 points of a network of two layers, timing alone: config, hand-over, report and journal of each, in CPU
/// time of all processes and, on a quiet machine, in time.
void overhead(benchmark::State& state) {
  constexpr int points = 400;
  const ScratchFolder folder;
  const std::string path = tiny_experiment(folder);
  for (auto _ : state) {
    const Measured m = sweep(path, "seed", fmt::format("linear(1,{0},{0})", points), 1, run);
    state.SetIterationTime((m.cpu - m.spent.cpu) / points);
    state.counters["wall_ms"] = 1e3 * (m.wall - m.spent.wall) / points;
    state.counters["simulation_ms"] = 1e3 * m.spent.cpu / points;
  }
}

/// One process against two, points of 50 ms of CPU time each. `speedup` wants two free cores (`cores`: how
/// many the two had); `busy` is the share of their time that they were at work, whoever else computes.
void two_workers(benchmark::State& state) {
  const ScratchFolder folder;
  const std::string path = tiny_experiment(folder);
  const auto spin = [](const Experiment& experiment, const RunRequest&) {
    const double end = cpu_seconds() + 0.05;
    while (cpu_seconds() < end) benchmark::ClobberMemory();
    RunResult result;
    result.network.name = std::to_string(experiment.seed);
    return std::vector<RunResult>{result};
  };
  double one = 0.0, two = 0.0, cpu = 0.0, work = 0.0;
  for (auto _ : state) {
    one += sweep(path, "seed", "linear(1,40,40)", 1, spin).wall;
    const Measured m = sweep(path, "seed", "linear(1,40,40)", 2, spin);
    two += m.wall;
    cpu += m.cpu;
    work += m.spent.wall;
    state.SetIterationTime(m.wall);
  }
  state.counters["speedup"] = one / two;
  state.counters["cores"] = cpu / two;
  state.counters["busy"] = work / (2.0 * two);
}

/// Drift times of one network, each point alone and all with what they share, in CPU time.
void shared(benchmark::State& state, const char* text, const char* key, const char* values) {
  const ScratchFolder folder;
  const std::string path = folder / "experiment.yaml";
  std::string experiment = text;
  for (std::size_t at; (at = experiment.find("@")) != std::string::npos;)
    experiment.replace(at, 1, std::string(MIMOSA_SOURCE) + "/configs/");
  write_file(path, experiment);
  for (auto _ : state) {
    SharedStages stages;
    const Measured with = sweep(path, key, values, 1, [&](const Experiment& e, RunRequest request) {
      request.shared = &stages;
      return run(e, request);
    });
    const Measured alone = sweep(path, key, values, 1, run);
    state.SetIterationTime(with.cpu);
    state.counters["alone_s"] = alone.cpu;
    state.counters["gain"] = alone.cpu / with.cpu;
  }
}

constexpr const char* times = "log(1,3e7,6)";
constexpr const char* few_times = "log(1,3e7,3)";
constexpr const char* convolution =
    "network: @network/mimoconv_fmnist_n2.yaml\nchip: @chip/hermes.yaml\ndevice: @device/pcm-joshi.yaml\n";
constexpr const char* pulses =
    "network: @network/mimoconv_fmnist_n2.yaml\nchip: @chip/hermes.yaml\ndevice: @device/ecram-li.yaml\n";
constexpr const char* attention =
    "network: @network/mimoformer_recall_2x2.yaml\nchip: @chip/hermes-attention.yaml\n"
    "device: @device/pcm-joshi.yaml\n";
const std::string five = std::string(convolution) + "chips: 5\ninputs: 2000\nthreads: 1\n";
const std::string one = std::string(convolution) + "chips: 1\ninputs: 500\nthreads: 1\n";
const std::string ecram = std::string(pulses) + "chips: 1\ninputs: 500\nthreads: 1\n";
const std::string sequences = std::string(attention) + "chips: 2\ninputs: 500\nthreads: 1\n";

BENCHMARK(overhead)->Name("sweep/overhead")->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK(two_workers)->Name("sweep/two_workers")->UseManualTime()->Unit(benchmark::kSecond)->Iterations(3);
BENCHMARK_CAPTURE(shared, drift_one_chip, one.c_str(), "device.time_s", times)
    ->UseManualTime()
    ->Unit(benchmark::kSecond)
    ->Iterations(1);
BENCHMARK_CAPTURE(shared, drift_five_chips, five.c_str(), "device.time_s", few_times)
    ->UseManualTime()
    ->Unit(benchmark::kSecond)
    ->Iterations(1);
BENCHMARK_CAPTURE(shared, drift_attention, sequences.c_str(), "device.time_s", times)
    ->UseManualTime()
    ->Unit(benchmark::kSecond)
    ->Iterations(1);
BENCHMARK_CAPTURE(shared, drift_ecram, ecram.c_str(), "device.time_s", few_times)
    ->UseManualTime()
    ->Unit(benchmark::kSecond)
    ->Iterations(1);
BENCHMARK_CAPTURE(shared, adc_bits_one_chip, one.c_str(), "chip.adc.bits", "4,5,6,7,8,9")
    ->UseManualTime()
    ->Unit(benchmark::kSecond)
    ->Iterations(1);

}  // namespace
