// SPDX-License-Identifier: Apache-2.0
#include "traces/gtkw.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <string_view>

#include "models/base/error.hpp"
#include "traces/purpose.hpp"

namespace mimosa {
namespace {

// Flags of a line in GTKWave's save file, in hexadecimal.
constexpr const char* group_begins = "@800200\n";
constexpr const char* group_ends = "@1000200\n";
constexpr const char* bit = "@28\n";
constexpr const char* number = "@24\n";
constexpr const char* named_number = "@2024\n";
constexpr const char* curve = "@88420\n";                 // steps over the full scale
constexpr std::string_view names_from = "^1 ";            // a file with names for values
constexpr const char* room_for_curve = "@20000\n-\n-\n";  // two rows more

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw UserError(path.string() + ": cannot be written");
}

/// Modules that are groups, outermost first: a task, and in it a channel.
std::vector<std::string> groups_of(const Signal& signal) {
  const std::string scope = signal.scope();
  if (scope.find('.') == std::string::npos) return {};
  const std::size_t channel = scope.find(".channel_");
  if (channel == std::string::npos) return {scope};
  return {scope.substr(0, channel), scope};
}

std::string title_of(const Signal& signal, const std::string& group, const Program& program) {
  const std::string name = group.substr(group.find('.') + 1);
  switch (signal.kind) {
    case SignalKind::ChipEnergy:
    case SignalKind::ChipPasses:
    case SignalKind::UnitBusy:
    case SignalKind::LinkBusy:
      return name;
    case SignalKind::Depth:
    case SignalKind::Valid:
    case SignalKind::Ready: {
      const Channel& channel = program.channels[signal.index];
      if (group.find(".channel_") == std::string::npos)
        return name + ": " + purpose(program, program.tasks[static_cast<std::size_t>(channel.to)]);
      return fmt::format("channel_{}: {}, {} places", signal.index, purpose(program, channel),
                         channel.capacity);
    }
    default:
      return name + ": " + purpose(program, program.tasks[signal.index]);
  }
}

std::string line_of(const Signal& signal, const std::string& states) {
  const std::string vector = signal.bits() > 1 ? fmt::format("[{}:0]", signal.bits() - 1) : "";
  const std::string name = signal.name + vector + '\n';
  if (signal.bits() == 0) return curve + ("[color] 3\n" + name) + room_for_curve;
  if (signal.kind == SignalKind::State)
    return named_number + fmt::format("{}{}\n", names_from, states) + "[color] 2\n" + name;
  return (signal.bits() == 1 ? bit : number) + name;
}

std::string groups_and_signals(const std::vector<Signal>& signals, const Program& program,
                               const std::string& states) {
  std::string text;
  std::vector<std::pair<std::string, std::string>> open;  // group and its title
  const auto close_to = [&](std::size_t depth) {
    for (; open.size() > depth; open.pop_back()) text += group_ends + ('-' + open.back().second + '\n');
  };
  for (const Signal& signal : signals) {
    const std::vector<std::string> groups = groups_of(signal);
    std::size_t same = 0;
    while (same < std::min(open.size(), groups.size()) && open[same].first == groups[same]) ++same;
    close_to(same);
    for (; same < groups.size(); ++same) {
      open.emplace_back(groups[same], title_of(signal, groups[same], program));
      text += group_begins + ('-' + open.back().second + '\n');
    }
    text += line_of(signal, states);
  }
  close_to(0);
  return text;
}

}  // namespace

std::string state_names() {
  std::string text = "0 idle\n";
  for (int op = 0; op <= static_cast<int>(Opcode::Store); ++op)
    text += fmt::format("{} {}\n", op + 1, to_string(static_cast<Opcode>(op)));
  return text;
}

std::string with_states_at(const std::string& gtkw, const std::string& states) {
  std::string text, line;
  for (std::istringstream lines(gtkw); std::getline(lines, line); text += line + '\n')
    if (line.rfind(names_from, 0) == 0) line.replace(names_from.size(), std::string::npos, states);
  return text;
}

void write_gtkw(const std::vector<Signal>& signals, const Program& program, const TraceOptions& options) {
  namespace fs = std::filesystem;
  const fs::path vcd = options.vcd_path;
  const fs::path states = fs::path(vcd).replace_extension(".states");
  write_text(states, state_names());
  // GTKWave looks for the names from where it was started, so they need a whole path.
  const fs::path folder = options.kept_in.empty() ? vcd.parent_path() : fs::path(options.kept_in);
  const std::string named = fs::absolute(folder / states.filename()).lexically_normal().string();
  write_text(
      fs::path(vcd).replace_extension(".gtkw"),
      fmt::format("[*] Arranges {0} in GTKWave: gtkwave {0} {1}\n[dumpfile] \"{0}\"\n[timestart] 0\n"
                  "[size] 1400 800\n[sst_expanded] 0\n[signals_width] 320\n",
                  vcd.filename().string(), fs::path(vcd).replace_extension(".gtkw").filename().string()) +
          groups_and_signals(signals, program, named));
}

}  // namespace mimosa
