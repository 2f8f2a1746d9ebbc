// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/functional.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "hw/program/geometry.hpp"

namespace mimosa {
namespace {

/// Iterations of every replica of a stage.
std::vector<std::vector<int>> iterations_of(const Program& program, std::size_t stage) {
  const int replicas = program.replicas[stage];
  std::vector<std::vector<int>> of_replica(static_cast<std::size_t>(replicas));
  for (int i = 0; i < program.stages[stage].iterations; ++i)
    of_replica[static_cast<std::size_t>(replica_of(program.stages[stage], i, replicas))].push_back(i);
  return of_replica;
}

template <class Use>
void for_each_replica(const Program& program, const PassState& state, int stage, const Use& use) {
  const std::vector<std::vector<int>> iterations = iterations_of(program, static_cast<std::size_t>(stage));
  for (std::size_t r = 0; r < iterations.size(); ++r)
    use({.stage = stage,
         .replica = static_cast<int>(r),
         .first_pass = 0,
         .passes = state.passes(),
         .iterations = iterations[r]});
}

class Run {
 public:
  Run(std::span<const Datapath* const> of_stage, const ChipSpec& chip, std::span<const float> inputs,
      const FunctionalOptions& options)
      : of_stage_(of_stage), datapath_(*of_stage.front()), chip_(chip), inputs_(inputs), options_(options) {
    const Graph& graph = datapath_.network().graph;
    pass_inputs_ = static_cast<std::size_t>(row_size(graph.nodes.front()) * row_count(graph.nodes.front()));
    pass_outputs_ = static_cast<std::size_t>(row_size(graph.output()) * row_count(graph.output()));
    passes_ = inputs.size() / pass_inputs_;
    result_.outputs.resize(passes_ * pass_outputs_);
  }

  FunctionalResult run() {
    std::vector<std::thread> workers;
    const int count = std::max(1, options_.threads);
    running_ = count;
    for (int t = 0; t < count; ++t) workers.emplace_back([this] { work(); });
    watch();
    for (std::thread& worker : workers) worker.join();
    if (failure_) std::rethrow_exception(failure_);
    return std::move(result_);
  }

 private:
  /// Reports progress from the calling thread until the workers end; stops them when the report throws.
  void watch() {
    std::unique_lock lock(mutex_);
    while (running_ > 0) {
      ended_.wait_for(lock, std::chrono::milliseconds(200));
      if (!options_.progress || failure_) continue;
      const std::size_t done = done_;
      lock.unlock();
      try {
        options_.progress(done);
        lock.lock();
      } catch (...) {
        lock.lock();
        fail();
      }
    }
  }

  void fail() {
    if (!failure_) failure_ = std::current_exception();
    stop_ = true;
  }

  void work() {
    try {
      const auto batch = static_cast<std::size_t>(options_.batch);
      PassState state(datapath_.network().graph, datapath_.program(), 0, 0);
      for (std::size_t first; !stop_ && (first = next_.fetch_add(batch)) < passes_;)
        group(state, first, std::min(batch, passes_ - first));
      const std::lock_guard lock(mutex_);
      result_.counts += state.counts;
    } catch (...) {
      const std::lock_guard lock(mutex_);
      fail();
    }
    const std::lock_guard lock(mutex_);
    --running_;
    ended_.notify_all();
  }

  void group(PassState& state, std::size_t first, std::size_t count) {
    const Program& program = datapath_.program();
    state.restart(static_cast<std::uint32_t>(first), static_cast<int>(count));
    if (first + count == passes_) state.fill(static_cast<int>(count) - 1, options_.last_filled);
    const std::span<const float> inputs = inputs_.subspan(first * pass_inputs_, count * pass_inputs_);
    std::copy(inputs.begin(), inputs.end(), state.row(0, 0, 0));
    for (std::size_t s = 0; s < program.stages.size(); ++s)
      run_stage(*of_stage_[s], state, static_cast<int>(s));
    for (const Task& task : program.tasks)
      for (const Instruction& i : task.code)
        state.counts += counts_of(program, task, i, chip_) * static_cast<std::int64_t>(count);
    const int output = static_cast<int>(datapath_.network().graph.nodes.size()) - 1;
    std::copy_n(state.row(output, 0, 0), count * pass_outputs_,
                result_.outputs.begin() + static_cast<std::ptrdiff_t>(first * pass_outputs_));
    if (options_.inspect) options_.inspect(state);
    const std::lock_guard lock(mutex_);
    done_ += count;
  }

  std::span<const Datapath* const> of_stage_;
  const Datapath& datapath_;  ///< any: network and program are the same
  const ChipSpec& chip_;
  std::span<const float> inputs_;
  const FunctionalOptions& options_;
  std::size_t pass_inputs_ = 0, pass_outputs_ = 0, passes_ = 0;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t done_ = 0;
  int running_ = 0;
  std::exception_ptr failure_;
  FunctionalResult result_;
};

}  // namespace

namespace {

void run_vector_units(const Datapath& datapath, PassState& state, const Datapath::Span& span) {
  const Stage& stage = datapath.program().stages[static_cast<std::size_t>(span.stage)];
  for (std::size_t s = 0; s < stage.sums.size(); ++s) datapath.sum(state, span, static_cast<int>(s));
  datapath.vec(state, span);
}

}  // namespace

void run_stage(const Datapath& datapath, PassState& state, int stage) {
  const std::size_t blocks = datapath.program().stages[static_cast<std::size_t>(stage)].blocks.size();
  for_each_replica(datapath.program(), state, stage, [&](const Datapath::Span& span) {
    for (std::size_t b = 0; b < blocks; ++b) datapath.mvm(state, span, static_cast<int>(b));
    run_vector_units(datapath, state, span);
  });
}

void run_vector_units(const Datapath& datapath, PassState& state, int stage) {
  for_each_replica(datapath.program(), state, stage,
                   [&](const Datapath::Span& span) { run_vector_units(datapath, state, span); });
}

FunctionalResult run_functional(const Datapath& datapath, const ChipSpec& chip, std::span<const float> inputs,
                                const FunctionalOptions& options) {
  const std::vector<const Datapath*> of_stage(datapath.program().stages.size(), &datapath);
  return run_functional(of_stage, chip, inputs, options);
}

FunctionalResult run_functional(std::span<const Datapath* const> of_stage, const ChipSpec& chip,
                                std::span<const float> inputs, const FunctionalOptions& options) {
  return Run(of_stage, chip, inputs, options).run();
}

}  // namespace mimosa
