// SPDX-License-Identifier: Apache-2.0
#include "traces/timeline.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "traces/converters.hpp"
#include "traces/energy_pj.hpp"
#include "traces/purpose.hpp"
#include "traces/signals.hpp"
#include "traces/timeline_rows.hpp"

namespace mimosa {
namespace {

constexpr std::int64_t cycles_between_energies = 64;  // a point an instruction would say no more

std::string row_name(const Program& program, const Instruction& instruction) {
  switch (instruction.op) {
    case Opcode::Recv:
      return "wait for " + purpose(program, program.channels[static_cast<std::size_t>(instruction.channel)]);
    case Opcode::Send:
      return "wait for room: " +
             purpose(program, program.channels[static_cast<std::size_t>(instruction.channel)]);
    default:
      return to_string(instruction.op);
  }
}

TimelineFile::Arguments arguments_of(const Instruction& instruction, int pass) {
  TimelineFile::Arguments arguments{{"pass", pass}};
  if (instruction.iteration >= 0) arguments.emplace_back("iteration", instruction.iteration);
  if (instruction.channel >= 0) arguments.emplace_back("channel", instruction.channel);
  return arguments;
}

}  // namespace

/// A task: its passes with what it waits for and does in them, and the row of what works for it.
class Timeline::TaskRow : public TaskObserver {
 public:
  TaskRow(Timeline& timeline, const Task& task, const TaskTracks& tracks)
      : timeline_(timeline), task_(task), tracks_(tracks), name_(purpose(timeline.program_, task)) {
    if (task.kind == TaskKind::Array) spans_ = converter_spans(timeline.program_, task, timeline.chip_);
  }

  void begins(const Instruction& instruction, int pass, std::int64_t now) override {
    timeline_.now_ = now;
    if (&instruction == &task_.code.front()) pass_began_ = now;
    at_ = &instruction;
    pass_ = pass;
    began_ = now;
  }

  void works(Unit unit, std::int64_t from, std::int64_t cycles) override {
    const TraceWindow& window = timeline_.file_.window();
    worked_from_ = std::max(from, window.from);
    const bool seen = cycles > 0 && from + cycles > window.from && worked_from_ <= window.to;
    if (unit != Unit::HostLink)  // whose work is the instruction
      timeline_.file_.slice(tracks_.unit, name_, from, cycles, arguments_of(*at_, pass_));
    for (const ConverterSpan& span : spans_)
      timeline_.file_.slice(tracks_.converters, name_, from + span.from, span.to - span.from,
                            arguments_of(*at_, pass_));
    if (seen && task_.kind != TaskKind::Array && task_.kind != TaskKind::HostOut)
      timeline_.flows_.visit(pass_, task_.stage, tracks_.unit, worked_from_);
  }

  void ends(const Instruction& instruction, int, std::int64_t now) override {
    timeline_.now_ = now;
    write_instruction(now);
    timeline_.spend(task_, instruction, now);
    if (&instruction != &task_.code.back()) return;
    end_pass(now);
    if (task_.kind == TaskKind::HostOut && timeline_.in_window(worked_from_))
      timeline_.flows_.leave(pass_, tracks_.task, worked_from_);
  }

  /// Cuts what is under way.
  void finish(std::int64_t end) {
    if (at_ != nullptr) write_instruction(end);
    end_pass(end);
  }

 private:
  void write_instruction(std::int64_t end) {
    const TraceWindow& window = timeline_.file_.window();
    if (end > began_ && end > window.from && began_ <= window.to) {
      begin_pass();
      timeline_.file_.slice(tracks_.task, row_name(timeline_.program_, *at_), began_, end - began_,
                            arguments_of(*at_, pass_));
    }
    at_ = nullptr;
  }
  void begin_pass() {
    if (std::exchange(pass_shown_, true)) return;
    timeline_.file_.begin(tracks_.task, fmt::format("pass {}", pass_),
                          std::max(pass_began_, timeline_.file_.window().from), {{"pass", pass_}});
  }
  void end_pass(std::int64_t end) {
    if (!std::exchange(pass_shown_, false)) return;
    const std::int64_t last = timeline_.file_.window().to;
    timeline_.file_.end(tracks_.task, std::min(end - 1, last) + 1);
  }

  Timeline& timeline_;
  const Task& task_;
  const TaskTracks tracks_;
  const std::string name_;
  std::vector<ConverterSpan> spans_;  ///< of an mvm instruction
  const Instruction* at_ = nullptr;
  int pass_ = 0;
  bool pass_shown_ = false;
  std::int64_t pass_began_ = 0, began_ = 0, worked_from_ = -1;
};

/// Rows in a channel, one point a cycle.
class Timeline::ChannelCurve : public ChannelObserver {
 public:
  ChannelCurve(Timeline& timeline, int process, std::string name)
      : timeline_(timeline), process_(process), name_(std::move(name)) {}

  void queued(int rows, std::int64_t now) override {
    timeline_.now_ = now;
    if (now > at_) write();
    rows_ += rows;
    at_ = now;
  }
  void freed(int, std::int64_t) override {}
  void write() {
    if (at_ >= 0) timeline_.file_.counter(process_, name_, at_, {{"rows", rows_}});
  }

 private:
  Timeline& timeline_;
  const int process_;
  const std::string name_;
  int rows_ = 0;
  std::int64_t at_ = -1;
};

/// Packets on a link.
class Timeline::LinkRow : public LinkObserver {
 public:
  LinkRow(Timeline& timeline, const Track& track, std::string name)
      : timeline_(timeline), track_(track), name_(std::move(name)) {}

  void carries(const Packet& packet, std::int64_t now, std::int64_t cycles) override {
    if (!std::exchange(named_, true)) timeline_.file_.name_thread(track_, name_);
    const Message message = Message::of(packet);
    const Channel& channel = timeline_.program_.channels[static_cast<std::size_t>(message.channel)];
    const std::string what = purpose(timeline_.program_, channel);
    const bool credit = message.kind == Message::Kind::Credit;
    timeline_.file_.slice(track_, credit ? "places of " + what : what, now, cycles,
                          {{"channel", std::int64_t{message.channel}}, {"bytes", packet.bytes}});
  }

 private:
  Timeline& timeline_;
  const Track track_;
  const std::string name_;
  bool named_ = false;
};

Timeline::Timeline(Chip& chip, const TraceOptions& options)
    : program_(chip.program()),
      chip_(chip.spec()),
      file_(options.timeline_path, options.window,
            {{"network", program_.network},
             {"chip", chip_.name},
             {"clock", fmt::format("{} GHz", chip_.clock_ghz)},
             {"time", "1 ns on the axis is 1 cycle"}}),
      flows_(file_) {
  name_tracks(file_, program_, chip_);
  watch(chip);
}

Timeline::~Timeline() {
  try {
    finish(now_);
  } catch (const std::exception&) {  // who wants to know calls close()
  }
}

bool Timeline::in_window(std::int64_t cycle) const {
  return cycle >= file_.window().from && cycle <= file_.window().to;
}

void Timeline::watch(Chip& chip) {
  const std::vector<TaskTracks> tracks = tracks_of(program_);
  for (std::size_t t = 0; t < program_.tasks.size(); ++t) {
    tasks_.push_back(std::make_unique<TaskRow>(*this, program_.tasks[t], tracks[t]));
    chip.observe_task(t, *tasks_.back());
  }
  for (std::size_t c = 0; c < program_.channels.size(); ++c) {
    const Channel& channel = program_.channels[c];
    channels_.push_back(
        std::make_unique<ChannelCurve>(*this, tracks[static_cast<std::size_t>(channel.to)].task.process,
                                       fmt::format("channel {}: {}", c, purpose(program_, channel))));
    chip.observe_channel(c, *channels_.back());
  }
  for (int tile = 0; tile < chip_.tiles(); ++tile)
    for (const MeshPort port : links_from(tile, chip_.mesh)) {
      const Track track{mesh_process(chip_), tile * 4 + static_cast<int>(port)};
      links_.push_back(
          std::make_unique<LinkRow>(*this, track, fmt::format("tile {} {}", tile, side_name(port))));
      chip.observe_link(tile, port, *links_.back());
    }
}

void Timeline::spend(const Task& task, const Instruction& instruction, std::int64_t now) {
  if (now > file_.window().to && !std::exchange(energy_left_window_, true)) write_energy(file_.window().to);
  counts_ += executed(program_, task, instruction, chip_);
  if (now < energy_due_ || !in_window(now)) return;
  write_energy(now);
  energy_due_ = now + cycles_between_energies;
}

void Timeline::write_energy(std::int64_t cycle) {
  TimelineFile::Series series;
  for (const auto& [component, joules] : energy_by_component(counts_, chip_))
    series.emplace_back(component, joules * 1e9);
  file_.counter(chip_process, "energy (nJ)", cycle, series);
}

void Timeline::finish(std::int64_t end) {
  if (std::exchange(finished_, true)) return;
  for (const auto& task : tasks_) task->finish(end);
  for (const auto& channel : channels_) channel->write();
  if (!energy_left_window_) write_energy(std::min(end, file_.window().to));
  flows_.close();
}

void Timeline::close(std::int64_t end) {
  finish(end);
  file_.close();
}

}  // namespace mimosa
