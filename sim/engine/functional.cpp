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

/// Iterations of every replica of every stage.
std::vector<std::vector<std::vector<int>>> iterations_of(const Program& program) {
  std::vector<std::vector<std::vector<int>>> all;
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    auto& stage = all.emplace_back(static_cast<std::size_t>(program.replicas[s]));
    for (int i = 0; i < program.stages[s].iterations; ++i)
      stage[static_cast<std::size_t>(i % program.replicas[s])].push_back(i);
  }
  return all;
}

class Run {
 public:
  Run(const Datapath& datapath, const ChipSpec& chip, std::span<const float> inputs,
      const FunctionalOptions& options)
      : datapath_(datapath),
        chip_(chip),
        inputs_(inputs),
        options_(options),
        iterations_(iterations_of(datapath.program())) {
    const Graph& graph = datapath.network().graph;
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
    const std::span<const float> inputs = inputs_.subspan(first * pass_inputs_, count * pass_inputs_);
    std::copy(inputs.begin(), inputs.end(), state.row(0, 0, 0));
    for (std::size_t s = 0; s < program.stages.size(); ++s)
      for (std::size_t r = 0; r < iterations_[s].size(); ++r) {
        const Datapath::Span span{.stage = static_cast<int>(s),
                                  .replica = static_cast<int>(r),
                                  .first_pass = 0,
                                  .passes = static_cast<int>(count),
                                  .iterations = iterations_[s][r]};
        for (std::size_t b = 0; b < program.stages[s].blocks.size(); ++b)
          datapath_.mvm(state, span, static_cast<int>(b));
        datapath_.vec(state, span);
      }
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

  const Datapath& datapath_;
  const ChipSpec& chip_;
  std::span<const float> inputs_;
  const FunctionalOptions& options_;
  std::vector<std::vector<std::vector<int>>> iterations_;
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

FunctionalResult run_functional(const Datapath& datapath, const ChipSpec& chip, std::span<const float> inputs,
                                const FunctionalOptions& options) {
  return Run(datapath, chip, inputs, options).run();
}

}  // namespace mimosa
