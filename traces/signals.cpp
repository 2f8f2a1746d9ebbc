// SPDX-License-Identifier: Apache-2.0
#include "traces/signals.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fnmatch.h>

#include "models/base/error.hpp"
#include "traces/glob_distance.hpp"

namespace mimosa {
namespace {

constexpr std::size_t nearest_shown = 3;

std::size_t index_in(const Program& program, const Task& task) {
  return static_cast<std::size_t>(&task - program.tasks.data());
}

void add_task(std::vector<Signal>& signals, const Program& program, const TaskRunner& runner) {
  const std::string scope = runner.name();
  const std::size_t task = index_in(program, runner.task());
  const auto add = [&](const char* name, SignalKind kind) {
    signals.push_back({.name = scope + '.' + name, .kind = kind, .index = task});
  };
  add("state", SignalKind::State);
  add("pass", SignalKind::Pass);
  add("iteration", SignalKind::Iteration);
  if (runner.task().kind == TaskKind::Array)
    add("adc_busy", SignalKind::AdcBusy);
  else
    add("busy", SignalKind::Busy);
  add("energy_pj", SignalKind::Energy);
}

void add_channel(std::vector<Signal>& signals, const std::string& receiver, std::size_t channel) {
  const std::string scope = fmt::format("{}.channel_{}.", receiver, channel);
  signals.push_back({.name = scope + "depth", .kind = SignalKind::Depth, .index = channel});
  signals.push_back({.name = scope + "valid", .kind = SignalKind::Valid, .index = channel});
  signals.push_back({.name = scope + "ready", .kind = SignalKind::Ready, .index = channel});
}

/// Channels by the task that receives.
std::vector<std::vector<std::size_t>> inboxes(const Program& program) {
  std::vector<std::vector<std::size_t>> of_task(program.tasks.size());
  for (std::size_t c = 0; c < program.channels.size(); ++c)
    of_task[static_cast<std::size_t>(program.channels[c].to)].push_back(c);
  return of_task;
}

bool selected(const Signal& signal, const std::string& glob) {
  if (fnmatch(glob.c_str(), signal.name.c_str(), 0) == 0) return true;
  for (std::size_t dot = signal.name.find('.'); dot != std::string::npos;
       dot = signal.name.find('.', dot + 1))
    if (fnmatch(glob.c_str(), signal.name.substr(0, dot).c_str(), 0) == 0) return true;
  return false;
}

std::vector<std::string> split(const std::string& globs) {
  std::vector<std::string> parts(1);
  for (const char c : globs) {
    if (c == ',')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

/// Modules and signals, the nearest to the glob first.
std::string nearest_names(const std::vector<Signal>& signals, const std::string& glob) {
  std::vector<std::pair<int, std::string>> names;
  std::string last;
  for (const Signal& signal : signals) {
    if (signal.scope() != last) names.emplace_back(glob_distance(glob, last = signal.scope()), last);
    names.emplace_back(glob_distance(glob, signal.name), signal.name);
  }
  std::stable_sort(names.begin(), names.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string text;
  for (std::size_t n = 0; n < std::min(names.size(), nearest_shown); ++n)
    text += (n > 0 ? ", " : "") + names[n].second;
  return text;
}

}  // namespace

int Signal::bits() const {
  switch (kind) {
    case SignalKind::ChipEnergy:
    case SignalKind::Energy:
      return 0;
    case SignalKind::State:
      return 3;
    case SignalKind::ChipPasses:
    case SignalKind::Pass:
    case SignalKind::Iteration:
    case SignalKind::Depth:
      return 32;
    default:
      return 1;
  }
}

std::vector<Signal> signals_of(const Chip& chip) {
  const Program& program = chip.program();
  const std::string root = chip.name();
  std::vector<Signal> signals{{.name = root + ".energy_pj", .kind = SignalKind::ChipEnergy},
                              {.name = root + ".passes", .kind = SignalKind::ChipPasses}};
  const auto of_task = inboxes(program);
  for (const TaskRunner* runner : chip.runners()) {
    const auto tile = static_cast<std::size_t>(runner->task().tile);
    const std::string unit = fmt::format("{}.tile_{}.vector_unit.busy", root, tile);
    const bool first = signals.back().name.rfind(fmt::format("{}.tile_{}.", root, tile), 0) != 0;
    if (first) signals.push_back({.name = unit, .kind = SignalKind::UnitBusy, .index = tile});
    add_task(signals, program, *runner);
    for (const std::size_t channel : of_task[index_in(program, runner->task())])
      add_channel(signals, runner->name(), channel);
  }
  for (int tile = 0; tile < chip.spec().tiles(); ++tile)
    for (const MeshPort port : links_from(tile, chip.spec().mesh))
      signals.push_back({.name = fmt::format("{}.mesh.tile_{}.{}_busy", root, tile, side_name(port)),
                         .kind = SignalKind::LinkBusy,
                         .index = static_cast<std::size_t>(tile),
                         .port = port});
  return signals;
}

std::vector<Signal> matching(const std::vector<Signal>& signals, const std::string& globs) {
  const std::vector<std::string> parts = split(globs);
  std::vector<bool> used(parts.size(), false);
  std::vector<Signal> matched;
  for (const Signal& signal : signals) {
    bool wanted = false;
    for (std::size_t p = 0; p < parts.size(); ++p)
      if (selected(signal, parts[p])) wanted = used[p] = true;
    if (wanted) matched.push_back(signal);
  }
  for (std::size_t p = 0; p < parts.size(); ++p)
    if (!used[p])
      throw UserError(fmt::format("--vcd: nothing is called \"{}\"; nearest: {}", parts[p],
                                  nearest_names(signals, parts[p])));
  return matched;
}

std::vector<MeshPort> links_from(int tile, const MeshSpec& mesh) {
  std::vector<MeshPort> ports;
  if (tile % mesh.concentration != 0) return ports;
  const int row = tile / mesh.concentration / mesh.cols, col = tile / mesh.concentration % mesh.cols;
  if (row > 0) ports.push_back(MeshPort::North);
  if (col + 1 < mesh.cols) ports.push_back(MeshPort::East);
  if (row + 1 < mesh.rows) ports.push_back(MeshPort::South);
  if (col > 0) ports.push_back(MeshPort::West);
  return ports;
}

const char* side_name(MeshPort port) {
  switch (port) {
    case MeshPort::North:
      return "north";
    case MeshPort::East:
      return "east";
    case MeshPort::South:
      return "south";
    case MeshPort::West:
      return "west";
    default:
      return "tile";
  }
}

}  // namespace mimosa
