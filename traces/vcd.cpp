// SPDX-License-Identifier: Apache-2.0
#include "traces/vcd.hpp"

#include <fmt/format.h>

#include "traces/gtkw.hpp"

namespace mimosa {
namespace {

std::vector<VcdVariable> variables_of(const std::vector<Signal>& signals) {
  std::vector<VcdVariable> variables;
  for (const Signal& signal : signals) variables.push_back({signal.name, signal.bits()});
  return variables;
}

std::string comment_of(const Chip& chip) {
  return fmt::format("{} on {}, {} GHz", chip.program().network, chip.spec().name, chip.spec().clock_ghz);
}

std::int64_t picoseconds(const sc_core::sc_time& time) {
  return static_cast<std::int64_t>(time / sc_core::sc_time(1.0, sc_core::SC_PS) + 0.5);
}

/// Tasks that a signal tells of.
std::vector<std::size_t> tasks_of(const Signal& signal, const Program& program) {
  const auto tells_of = [&](const Task& task) {
    if (signal.kind == SignalKind::ChipEnergy) return true;
    if (signal.kind == SignalKind::ChipPasses) return task.kind == TaskKind::HostOut;
    return task.kind == TaskKind::Vector && static_cast<std::size_t>(task.tile) == signal.index;
  };
  std::vector<std::size_t> tasks;
  for (std::size_t t = 0; t < program.tasks.size(); ++t)
    if (tells_of(program.tasks[t])) tasks.push_back(t);
  return tasks;
}

}  // namespace

VcdTrace::VcdTrace(Chip& chip, const TraceOptions& options)
    : signals_(matching(signals_of(chip), options.vcd_glob)),
      file_(options.vcd_path, variables_of(signals_), picoseconds(chip.cycle()), options.window,
            comment_of(chip)) {
  write_gtkw(signals_, chip.program(), options);
  for (std::size_t variable = 0; variable < signals_.size(); ++variable) watch(chip, variable);
}

void VcdTrace::watch(Chip& chip, std::size_t variable) {
  const Signal& signal = signals_[variable];
  switch (signal.kind) {
    case SignalKind::LinkBusy:
      links_.push_back(std::make_unique<LinkProbe>(VcdOutput{file_, variable}));
      chip.observe_link(static_cast<int>(signal.index), signal.port, *links_.back());
      break;
    case SignalKind::Depth:
    case SignalKind::Valid:
    case SignalKind::Ready:
      channels_.push_back(std::make_unique<ChannelProbe>(VcdOutput{file_, variable}, signal,
                                                         chip.program().channels[signal.index]));
      chip.observe_channel(signal.index, *channels_.back());
      break;
    case SignalKind::ChipEnergy:
    case SignalKind::ChipPasses:
    case SignalKind::UnitBusy:
      watch_tasks(chip, variable, tasks_of(signal, chip.program()));
      break;
    default:
      watch_tasks(chip, variable, {signal.index});
  }
}

void VcdTrace::watch_tasks(Chip& chip, std::size_t variable, const std::vector<std::size_t>& tasks) {
  const Program& program = chip.program();
  sums_.push_back(std::make_unique<Counts>());
  for (const std::size_t t : tasks) {
    tasks_.push_back(std::make_unique<TaskProbe>(VcdOutput{file_, variable}, signals_[variable], program,
                                                 program.tasks[t], chip.spec(), *sums_.back()));
    chip.observe_task(t, *tasks_.back());
  }
}

}  // namespace mimosa
