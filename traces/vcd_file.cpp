// SPDX-License-Identifier: Apache-2.0
#include "traces/vcd_file.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

/// The n-th shortest identifier: digits to the base of the printable letters from % to ~, so that none looks
/// like a time or a command.
std::string identifier(std::size_t n) {
  constexpr std::size_t base = '~' - '%' + 1;
  std::string text;
  for (; text.empty() || n > 0; n /= base) text += static_cast<char>('%' + n % base);
  return text;
}

std::vector<std::string> parts_of(const std::string& name) {
  std::vector<std::string> parts(1);
  for (const char c : name) {
    if (c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

/// A variable's value as the format writes it, identifier included.
std::string value_text(double value, int bits, const std::string& id) {
  if (bits == 0) return fmt::format("r{:.15g} {}\n", value, id);  // what FST gives back exactly
  const auto whole = static_cast<std::uint64_t>(value);
  return bits == 1 ? fmt::format("{}{}\n", whole, id) : fmt::format("b{:b} {}\n", whole, id);
}

}  // namespace

VcdFile::VcdFile(std::string path, std::vector<VcdVariable> variables, std::int64_t cycle_ps,
                 const TraceWindow& window, std::string_view comment)
    : path_(std::move(path)),
      variables_(std::move(variables)),
      window_(window),
      file_(path_, std::ios::binary),
      values_(variables_.size(), 0.0),
      written_(variables_.size(), 0.0) {
  if (!file_) throw UserError(path_ + ": cannot be written");
  write_header(cycle_ps, comment);
}

VcdFile::~VcdFile() {
  try {
    close(now_);
  } catch (const std::exception&) {  // who wants to know calls close()
  }
}

void VcdFile::expect(const Change& change) {
  if (change.at <= window_.to) expected_.push(change);
}

void VcdFile::advance(std::int64_t now) {
  now_ = std::max(now_, now);
  while (!expected_.empty() && expected_.top().at < now) settle(expected_.top().at);
}

void VcdFile::settle(std::int64_t cycle) {
  if (!begun_ && cycle > window_.from) write_all(window_.from);
  for (; !expected_.empty() && expected_.top().at == cycle; expected_.pop()) {
    const Change& change = expected_.top();
    values_[change.variable] = change.value + (change.relative ? values_[change.variable] : 0.0);
    changed_.push_back(change.variable);
  }
  bool timed = false;
  for (const std::size_t variable : changed_) {
    if (!begun_ || shown(variable) == written_[variable]) continue;
    if (!std::exchange(timed, true)) write_time(cycle);
    write_value(variable);
  }
  changed_.clear();
}

void VcdFile::write_all(std::int64_t cycle) {
  changed_.clear();
  write_time(cycle);
  file_ << "$dumpvars\n";
  for (std::size_t v = 0; v < variables_.size(); ++v) write_value(v);
  file_ << "$end\n";
  begun_ = true;
}

void VcdFile::close(std::int64_t end) {
  if (!file_.is_open()) return;
  end = std::min(end, window_.to);
  advance(end + 1);
  if (!begun_ && end >= window_.from) write_all(window_.from);
  if (begun_) write_time(end + 1);  // so that the last cycle is seen
  file_.close();
  if (!file_) throw UserError(path_ + ": cannot be written whole");
}

void VcdFile::write_header(std::int64_t cycle_ps, std::string_view comment) {
  // The coarsest unit that divides a cycle, so that for whole nanoseconds times read as nanoseconds.
  static constexpr std::array<std::pair<std::int64_t, const char*>, 4> units = {
      {{1000, "1 ns"}, {100, "100 ps"}, {10, "10 ps"}, {1, "1 ps"}}};
  const auto unit =
      std::find_if(units.begin(), units.end(), [&](const auto& u) { return cycle_ps % u.first == 0; });
  ticks_per_cycle_ = cycle_ps / unit->first;
  file_ << "$comment " << comment << " $end\n$timescale " << unit->second << " $end\n";
  write_scopes();
  file_ << "$enddefinitions $end\n";
}

void VcdFile::write_scopes() {
  std::vector<std::string> open;
  for (std::size_t v = 0; v < variables_.size(); ++v) {
    std::vector<std::string> scopes = parts_of(variables_[v].name);
    const std::string name = scopes.back();
    scopes.pop_back();
    std::size_t same = 0;
    while (same < std::min(open.size(), scopes.size()) && open[same] == scopes[same]) ++same;
    for (std::size_t s = same; s < open.size(); ++s) file_ << "$upscope $end\n";
    for (std::size_t s = same; s < scopes.size(); ++s) file_ << "$scope module " << scopes[s] << " $end\n";
    open = std::move(scopes);
    const int bits = variables_[v].bits;
    file_ << fmt::format("$var {} {} {} {} $end\n", bits == 0 ? "real" : "wire", bits == 0 ? 64 : bits,
                         identifier(v), name);
  }
  for (std::size_t s = 0; s < open.size(); ++s) file_ << "$upscope $end\n";
}

void VcdFile::write_time(std::int64_t cycle) {
  file_ << '#' << cycle * ticks_per_cycle_ << '\n';
}

double VcdFile::shown(std::size_t variable) const {
  const double value = values_[variable];
  return variables_[variable].bits != 1 ? value : value > 0.0 ? 1.0 : 0.0;
}

void VcdFile::write_value(std::size_t variable) {
  written_[variable] = shown(variable);
  file_ << value_text(written_[variable], variables_[variable].bits, identifier(variable));
}

}  // namespace mimosa
