// SPDX-License-Identifier: Apache-2.0
#include "sim/run/timed_engine.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "hw/chip/chip.hpp"
#include "hw/kernel/kernel.hpp"
#include "models/base/error.hpp"
#include "traces/timeline.hpp"
#include "traces/vcd.hpp"

namespace mimosa {

namespace {

/// What of a run is written down. Its files are closed with it, whatever happens.
class Traces {
 public:
  Traces(Chip& chip, const TraceOptions& options) : window_(options.window) {
    if (!options.vcd_glob.empty()) vcd_.emplace(chip, options);
    if (!options.timeline_path.empty()) timeline_.emplace(chip, options);
  }
  void close(std::int64_t end) {
    if (vcd_) vcd_->close(end);
    if (timeline_) timeline_->close(end);
    if ((vcd_ || timeline_) && end < window_.from)
      throw UserError("--from: the run ends at cycle " + std::to_string(end) + ", before " +
                      std::to_string(window_.from));
  }

 private:
  const TraceWindow window_;
  std::optional<VcdTrace> vcd_;
  std::optional<Timeline> timeline_;
};

std::vector<TaskActivity> activity_of(const Chip& chip) {
  std::vector<TaskActivity> all;
  const double cycles = std::max<double>(1.0, static_cast<double>(chip.now()));
  for (const TaskRunner* runner : chip.runners())
    if (const Task& task = runner->task(); on_chip(task.kind))
      all.push_back({task.tile, task.stage, runner->first_pass().begin, runner->first_pass().end,
                     runner->busy() / chip.cycle() / cycles});
  return all;
}

TimedRun simulate(const Program& program, const ChipSpec& spec, const TimedOptions& options) {
  const ScopedKernel kernel;
  std::unique_ptr<PassData> data;
  if (options.datapath != nullptr) {
    data = std::make_unique<PassData>(*options.datapath, options.inputs, 0);
    data->on_finish = options.inspect;
    data->fill_last(options.last_filled);
  }
  const auto began = std::chrono::steady_clock::now();
  Chip chip("chip", program, spec, {.passes = options.passes, .stop_when_steady = options.stop_when_steady},
            data.get());
  Traces traces(chip, options.trace);
  std::function<void()> between;
  if (options.progress) between = [&] { options.progress(1.0 * chip.passes() / options.passes); };
  chip.run(between);
  traces.close(chip.now());
  TimedRun run;
  run.counts = chip.counts();
  run.activity = activity_of(chip);
  if (data != nullptr) run.outputs = data->outputs();
  const SteadyState& steady = chip.steady();
  TimingResult& t = run.timing;
  t.clock_hz = spec.clock_ghz * 1e9;
  t.latency_cycles = chip.finish_cycles().empty() ? 0 : chip.finish_cycles().front();
  t.cycles_per_pass = steady.cycles_per_pass;
  t.steady = steady.steady;
  t.cycles_per_input = t.cycles_per_pass / program.inputs_per_pass;
  t.inputs_per_s = t.cycles_per_input > 0.0 ? t.clock_hz / t.cycles_per_input : 0.0;
  t.bottleneck = chip.bottleneck();
  t.passes_simulated = chip.passes();
  t.mvms = run.counts.mvms;
  t.events = chip.events();
  t.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return run;
}

}  // namespace

TimedRun run_timed(const Program& program, const ChipSpec& spec, const TimedOptions& options) {
  // The kernel switches stacks. On a thread of its own that stays its affair: the caller's stack is left as
  // the runtime (and a sanitizer) knows it, and exceptions unwind it as usual.
  TimedRun run;
  std::exception_ptr failure;
  std::thread([&] {
    try {
      run = simulate(program, spec, options);
    } catch (...) {
      failure = std::current_exception();
    }
  }).join();
  if (failure) std::rethrow_exception(failure);
  return run;
}

}  // namespace mimosa
