// SPDX-License-Identifier: Apache-2.0
#include "traces/timeline_file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Cycles as the format's microseconds, exactly.
std::string microseconds(std::int64_t cycles) {
  return fmt::format("{}.{:03}", cycles / 1000, cycles % 1000);
}

std::string joined(const TimelineFile::Arguments& arguments) {
  std::string text;
  for (const auto& [key, value] : arguments)
    text += fmt::format("{}\"{}\":{}", text.empty() ? "" : ",", key, value);
  return text;
}

}  // namespace

TimelineFile::TimelineFile(std::string path, const TraceWindow& window,
                           const std::vector<std::pair<std::string, std::string>>& about)
    : path_(std::move(path)), window_(window), file_(path_, std::ios::binary) {
  if (!file_) throw UserError(path_ + ": cannot be written");
  file_ << "{\"displayTimeUnit\":\"ns\",\"otherData\":{";
  const char* separator = "";
  for (const auto& [key, value] : about) {
    file_ << separator << quoted(key) << ':' << quoted(value);
    separator = ",";
  }
  file_ << "},\"traceEvents\":[";
}

TimelineFile::~TimelineFile() {
  try {
    close();
  } catch (const std::exception&) {  // who wants to know calls close()
  }
}

void TimelineFile::close() {
  if (!file_.is_open()) return;
  file_ << "\n]}\n";
  file_.close();
  if (!file_) throw UserError(path_ + ": cannot be written whole");
}

void TimelineFile::write(const std::string& event) {
  file_ << separator_ << event;
  separator_ = ",\n";
}

void TimelineFile::name_process(int process, const std::string& name) {
  write(fmt::format(R"({{"ph":"M","name":"process_name","pid":{},"args":{{"name":{}}}}})", process,
                    quoted(name)));
  write(fmt::format(R"({{"ph":"M","name":"process_sort_index","pid":{0},"args":{{"sort_index":{0}}}}})",
                    process));
}

void TimelineFile::name_thread(const Track& track, const std::string& name) {
  write(fmt::format(R"({{"ph":"M","name":"thread_name","pid":{},"tid":{},"args":{{"name":{}}}}})",
                    track.process, track.thread, quoted(name)));
  write(fmt::format(
      R"({{"ph":"M","name":"thread_sort_index","pid":{0},"tid":{1},"args":{{"sort_index":{1}}}}})",
      track.process, track.thread));
}

std::optional<std::int64_t> TimelineFile::slice(const Track& track, const std::string& name,
                                                std::int64_t from, std::int64_t cycles,
                                                const Arguments& arguments) {
  const std::int64_t begin = std::max(from, window_.from);
  const std::int64_t end = std::min(from + cycles - 1, window_.to) + 1;
  if (end <= begin) return std::nullopt;
  write(fmt::format(R"({{"ph":"X","name":{},"pid":{},"tid":{},"ts":{},"dur":{},"args":{{{}}}}})",
                    quoted(name), track.process, track.thread, microseconds(begin), microseconds(end - begin),
                    joined(arguments)));
  return begin;
}

void TimelineFile::begin(const Track& track, const std::string& name, std::int64_t cycle,
                         const Arguments& arguments) {
  write(fmt::format(R"({{"ph":"B","name":{},"pid":{},"tid":{},"ts":{},"args":{{{}}}}})", quoted(name),
                    track.process, track.thread, microseconds(cycle), joined(arguments)));
}

void TimelineFile::end(const Track& track, std::int64_t cycle) {
  write(fmt::format(R"({{"ph":"E","pid":{},"tid":{},"ts":{}}})", track.process, track.thread,
                    microseconds(cycle)));
}

void TimelineFile::counter(int process, const std::string& name, std::int64_t cycle, const Series& series) {
  if (cycle < window_.from || cycle > window_.to) return;
  std::string values;
  for (const auto& [key, value] : series)
    values += fmt::format("{}{}:{}", values.empty() ? "" : ",", quoted(key), value);
  write(fmt::format(R"({{"ph":"C","name":{},"pid":{},"ts":{},"args":{{{}}}}})", quoted(name), process,
                    microseconds(cycle), values));
}

void TimelineFile::flow(char phase, const std::string& name, std::int64_t id, const Track& track,
                        std::int64_t cycle) {
  write(fmt::format(R"({{"ph":"{}","name":{},"cat":"pass","id":{},"pid":{},"tid":{},"ts":{}{}}})", phase,
                    quoted(name), id, track.process, track.thread, microseconds(cycle),
                    phase == 'f' ? R"(,"bp":"e")" : ""));
}

}  // namespace mimosa
