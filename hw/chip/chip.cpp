// SPDX-License-Identifier: Apache-2.0
#include "hw/chip/chip.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <string>

#include "hw/program/waiting.hpp"
#include "models/base/error.hpp"

namespace mimosa {
namespace {

constexpr double cycles_between = 4096.0;  // calls of `between`
constexpr int longest_period = 4;
constexpr int repetitions = 3;      // of a period
constexpr int least_intervals = 8;  // equal ones, for a period of one
constexpr double rounding = 0.005;  // of a cycle, to whole steps of the kernel's time

sc_core::sc_time cycle_of(const ChipSpec& spec) {
  const double ns = 1.0 / spec.clock_ghz;
  const sc_core::sc_time cycle(ns, sc_core::SC_NS);
  if (std::abs(cycle.to_seconds() * 1e9 - ns) > rounding * ns)
    throw UserError(fmt::format(
        "chip.clock_ghz: a cycle of {:.4g} ns is below the kernel's time resolution of {:.4g} ns, "
        "which makes {:.4g} ns of it; set a finer one before the platform is built",
        ns, sc_core::sc_get_time_resolution().to_seconds() * 1e9, cycle.to_seconds() * 1e9));
  return cycle;
}

}  // namespace

SteadyState steady_state(const std::vector<std::int64_t>& finish) {
  std::vector<std::int64_t> interval;
  for (std::size_t i = 1; i < finish.size(); ++i) interval.push_back(finish[i] - finish[i - 1]);
  const std::size_t n = interval.size();
  for (std::size_t period = 1; period <= longest_period; ++period) {
    const std::size_t wanted = std::max<std::size_t>(least_intervals, period * repetitions);
    if (n < wanted) break;
    bool repeats = true;
    for (std::size_t i = n - wanted + period; i < n; ++i)
      repeats = repeats && interval[i] == interval[i - period];
    if (repeats)
      return {true, static_cast<double>(finish[n] - finish[n - period]) / static_cast<double>(period)};
  }
  if (n == 0) return {false, finish.empty() ? 0.0 : static_cast<double>(finish[0])};
  const std::size_t from = n / 2;
  return {false, static_cast<double>(finish[n] - finish[from]) / static_cast<double>(n - from)};
}

Chip::Chip(const sc_core::sc_module_name& name, const Program& program, const ChipSpec& spec,
           const PassLimits& limits, PassData* data)
    : sc_module(name),
      program_(program),
      limits_(limits),
      mesh_("mesh", spec.mesh, spec.noc, cycle_of(spec)),
      parts_{.program = program,
             .spec = spec,
             .cycle = cycle_of(spec),
             .channels = channels_,
             .mesh = mesh_,
             .gate = *this,
             .data = data,
             .counts = {}} {
  make_channels();
  const std::vector<std::vector<const Task*>> on_tile = tasks_by_tile();
  for (int t = 0; t < spec.tiles(); ++t) {
    tiles_.push_back(std::make_unique<Tile>(("tile_" + std::to_string(t)).c_str(),
                                            on_tile[static_cast<std::size_t>(t)], parts_));
    mesh_.connect(t, *tiles_.back());
  }
  list_runners();
}

void Chip::make_channels() {
  channels_ = std::vector<ChannelState>(program_.channels.size());
  for (std::size_t c = 0; c < channels_.size(); ++c) {
    channels_[c].credits = program_.channels[c].capacity;
    channels_[c].arrived.assign(program_.channels[c].readers(), 0);
    channels_[c].returned.assign(program_.channels[c].readers(), 0);
  }
}

std::vector<std::vector<const Task*>> Chip::tasks_by_tile() const {
  std::vector<std::vector<const Task*>> on_tile(static_cast<std::size_t>(parts_.spec.tiles()));
  for (const Task& task : program_.tasks) on_tile.at(static_cast<std::size_t>(task.tile)).push_back(&task);
  return on_tile;
}

void Chip::list_runners() {
  runner_of_task_.assign(program_.tasks.size(), nullptr);
  for (const auto& tile : tiles_)
    for (const auto& runner : tile->runners())
      runner_of_task_[static_cast<std::size_t>(&runner->task() - program_.tasks.data())] = runner.get();
}

bool Chip::rests() const {
  const auto all = runners();
  return mesh_.counters().delivered == mesh_.counters().packets &&
         std::all_of(all.begin(), all.end(), [](const TaskRunner* runner) { return runner->rests(); });
}

void Chip::unload() {
  // A task that rests may be about to wake; then something happens within the cycle.
  std::int64_t before = 0;
  do {
    before = events();
    sc_core::wait(parts_.cycle);
  } while (before != events() || !rests());
  tell_tasks_to_end();
  sc_core::wait(sc_core::SC_ZERO_TIME);  // the delta in which they end
  sc_core::wait(sc_core::SC_ZERO_TIME);
  parts_.stopping = false;
  for (const auto& tile : tiles_) tile->take({});
}

void Chip::load(PassData* data) {
  parts_.data = data;
  make_channels();
  const std::vector<std::vector<const Task*>> on_tile = tasks_by_tile();
  for (std::size_t t = 0; t < tiles_.size(); ++t) tiles_[t]->take(on_tile[t]);
  list_runners();
  finish_cycles_.clear();
  steady_ = {};
  limits_.passes = started_ = 0;
}

void Chip::admit(int passes) {
  limits_.passes += passes;
  admitted_.notify(sc_core::SC_ZERO_TIME);
}

std::int64_t Chip::next_edge() const {
  const auto cycle = parts_.cycle.value();
  return static_cast<std::int64_t>((sc_core::sc_time_stamp().value() + cycle - 1) / cycle);
}

bool Chip::may_start(int pass) {
  while (limits_.wait_for_more && pass >= limits_.passes && !parts_.stopping) {
    sc_core::wait(admitted_);
    const sc_core::sc_time after_edge = sc_core::sc_time_stamp() % parts_.cycle;
    if (after_edge != sc_core::SC_ZERO_TIME) sc_core::wait(parts_.cycle - after_edge);
  }
  if (parts_.stopping || pass >= limits_.passes) return false;
  if (limits_.stop_when_steady && steady_.steady) return false;
  ++started_;
  return true;
}

void Chip::finished(int pass) {
  finish_cycles_.push_back(static_cast<std::int64_t>(sc_core::sc_time_stamp() / parts_.cycle + 0.5));
  // Once no new pass enters, the chip runs dry and intervals change: the first steady state is the one.
  if (!steady_.steady) steady_ = steady_state(finish_cycles_);
  if (on_finish) on_finish(pass);
}

void Chip::simulate(const std::function<void()>& between) {
  if (!between) return sc_core::sc_start();
  sc_core::sc_time ahead;  // of the next event
  do {
    try {
      between();
    } catch (...) {
      end_tasks();
      throw;
    }
    sc_core::sc_start(ahead + cycles_between * parts_.cycle, sc_core::SC_EXIT_ON_STARVATION);
    ahead = sc_core::sc_time_to_pending_activity();
  } while (sc_core::sc_pending_activity());
}

void Chip::run(const std::function<void()>& between) {
  simulate(between);
  std::vector<Waiting> waiting;
  if (passes() != started_)
    for (const TaskRunner* runner : runners())
      if (runner->pass() < started_ && runner->waiting().channel >= 0) waiting.push_back(runner->waiting());
  end_tasks();
  if (waiting.empty()) return;
  const std::string text = std::to_string(started_ - passes()) +
                           " passes stuck on the chip: " + describe_waiting(program_, waiting);
  SC_REPORT_ERROR(name(), text.c_str());
}

void Chip::tell_tasks_to_end() {
  parts_.stopping = true;
  admitted_.notify(sc_core::SC_ZERO_TIME);
  for (ChannelState& channel : channels_) {
    channel.row_arrived.notify(sc_core::SC_ZERO_TIME);
    channel.place_returned.notify(sc_core::SC_ZERO_TIME);
  }
}

void Chip::end_tasks() {
  tell_tasks_to_end();
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
}

void Chip::observe_task(std::size_t task, TaskObserver& observer) {
  runner_of_task_.at(task)->observe(observer);
}

void Chip::observe_channel(std::size_t channel, ChannelObserver& observer) {
  channels_.at(channel).observers.push_back(&observer);
}

void Chip::observe_link(int tile, MeshPort link, LinkObserver& observer) {
  mesh_.observe(tile, link, observer);
}

Counts Chip::counts() const {
  Counts counts = parts_.counts;
  if (parts_.data != nullptr) counts += parts_.data->counts();
  counts.flit_hops = static_cast<std::int64_t>(mesh_.counters().flit_hops);
  return counts;
}

std::int64_t Chip::events() const {
  return parts_.counts.instructions + static_cast<std::int64_t>(mesh_.counters().events);
}

std::string Chip::bottleneck() const {
  const TaskRunner* busiest = nullptr;
  for (const TaskRunner* runner : runners())
    if (busiest == nullptr || runner->busy() > busiest->busy()) busiest = runner;
  if (busiest == nullptr || finish_cycles_.empty()) return "";
  const double share = 100.0 * (busiest->busy() / parts_.cycle) / static_cast<double>(finish_cycles_.back());
  const Task& task = busiest->task();
  const std::string stage = task.stage < 0 ? "host"
                                           : program_.stages[static_cast<std::size_t>(task.stage)].name +
                                                 " " + to_string(task.kind);
  return stage + ", busy " + std::to_string(static_cast<int>(share + 0.5)) + " %";
}

std::vector<const TaskRunner*> Chip::runners() const {
  std::vector<const TaskRunner*> all;
  for (const auto& tile : tiles_)
    for (const auto& runner : tile->runners()) all.push_back(runner.get());
  return all;
}

}  // namespace mimosa
