// SPDX-License-Identifier: Apache-2.0
#include "hw/program/text.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "models/base/error.hpp"

namespace mimosa {

Record& Record::add(const std::string& key, const std::string& value) {
  fields_.emplace_back(key, value);
  return *this;
}

Record& Record::add(const std::string& key, const std::vector<std::string>& values) {
  std::string joined;
  for (const std::string& value : values) joined += joined.empty() ? value : "," + value;
  return add(key, joined);
}

bool Record::has(const std::string& key) const {
  return std::any_of(fields_.begin(), fields_.end(), [&](const auto& f) { return f.first == key; });
}

const std::string& Record::text(const std::string& key) const {
  const auto found =
      std::find_if(fields_.begin(), fields_.end(), [&](const auto& f) { return f.first == key; });
  if (found == fields_.end())
    throw UserError("line " + std::to_string(line_number_) + ": " + kind_ + " has no key " + key);
  return found->second;
}

namespace {

long long whole_number(const std::string& value, const std::string& where) {
  long long number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size())
    throw UserError(where + ": \"" + value + "\" is not a whole number");
  return number;
}

}  // namespace

long long Record::big_number(const std::string& key) const {
  return whole_number(text(key), "line " + std::to_string(line_number_) + ": " + kind_ + "." + key);
}

int Record::number(const std::string& key) const {
  return static_cast<int>(big_number(key));
}

std::vector<int> Record::numbers(const std::string& key) const {
  std::vector<int> values;
  for (const std::string& value : list(key))
    values.push_back(static_cast<int>(
        whole_number(value, "line " + std::to_string(line_number_) + ": " + kind_ + "." + key)));
  return values;
}

std::vector<std::string> Record::list(const std::string& key) const {
  std::vector<std::string> values;
  std::istringstream in(text(key));
  for (std::string value; std::getline(in, value, ',');) values.push_back(value);
  return values;
}

std::string Record::line() const {
  std::string out = kind_;
  for (const auto& [key, value] : fields_) out += " " + key + "=" + value;
  return out + "\n";
}

std::vector<Record> parse_records(const std::string& text) {
  std::vector<Record> records;
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::istringstream words(line);
    std::string kind, word;
    if (!(words >> kind) || kind[0] == '#') continue;
    Record record(kind);
    record.line_number_ = number;
    while (words >> word) {
      const std::size_t equals = word.find('=');
      if (equals == std::string::npos)
        throw UserError("line " + std::to_string(number) + ": \"" + word + "\" is not key=value");
      record.add(word.substr(0, equals), word.substr(equals + 1));
    }
    records.push_back(std::move(record));
  }
  return records;
}

void refuse_record(const Record& record, const std::string& expected) {
  throw UserError("record \"" + record.kind() + "\" is not expected here; expected: " + expected);
}

void append_stage(std::string& text, const Stage& stage) {
  Record head("stage");
  head.add("name", stage.name)
      .add("analog", stage.analog)
      .add("result", stage.result)
      .add("digital", stage.digital)
      .add("exports", stage.exports)
      .add("iterations", stage.iterations)
      .add("rows", stage.rows_per_iteration)
      .add("mvms", stage.mvms);
  if (stage.slots > 1) head.add("slots", stage.slots);
  if (stage.fft) head.add("fft", 1);
  if (stage.signed_copies) head.add("signed_copies", 1);
  text += head.line();
  if (const Recurrence& r = stage.recurrence; r.positions > 0) {
    Record record("recurrence");
    record.add("positions", r.positions).add("mutual", r.mutual);
    text += add_work(record, r.absorb).line();
  }
  for (const Block& b : stage.blocks)
    text += Record("block")
                .add("row0", b.row0)
                .add("rows", b.rows)
                .add("col0", b.col0)
                .add("cols", b.cols)
                .line();
  for (const Sum& s : stage.sums) {
    std::vector<std::string> terms;
    for (const int term : s.terms) terms.push_back(std::to_string(term));
    Record record("sum");
    record.add("col0", s.col0).add("cols", s.cols).add("terms", terms);
    text += add_work(record, s.work).line();
  }
}

Record& add_work(Record& record, const VectorWork& w) {
  return record.add("cycles", w.cycles)
      .add("adds", w.adds)
      .add("muls", w.muls)
      .add("specials", w.specials)
      .add("macs", w.macs)
      .add("read_bytes", w.read_bytes)
      .add("write_bytes", w.write_bytes);
}

VectorWork read_work(const Record& r) {
  return {.cycles = r.big_number("cycles"),
          .adds = r.big_number("adds"),
          .muls = r.big_number("muls"),
          .specials = r.big_number("specials"),
          .macs = r.big_number("macs"),
          .read_bytes = r.big_number("read_bytes"),
          .write_bytes = r.big_number("write_bytes")};
}

bool take_stage_record(const Record& record, std::vector<Stage>& stages) {
  if (record.kind() == "stage") {
    stages.push_back({.name = record.text("name"),
                      .analog = record.text("analog"),
                      .result = record.text("result"),
                      .digital = record.list("digital"),
                      .exports = record.list("exports"),
                      .blocks = {},
                      .sums = {},
                      .iterations = record.number("iterations"),
                      .rows_per_iteration = record.number("rows"),
                      .slots = record.has("slots") ? record.number("slots") : 1,
                      .mvms = record.number("mvms"),
                      .signed_copies = record.has("signed_copies") && record.number("signed_copies") != 0,
                      .fft = record.has("fft") && record.number("fft") != 0});
    if (stages.back().slots < 1 || stages.back().iterations % stages.back().slots != 0)
      refuse_record(record, "slots that divide its iterations");
    return true;
  }
  if (record.kind() != "block" && record.kind() != "sum" && record.kind() != "recurrence") return false;
  if (stages.empty()) refuse_record(record, "a stage before its blocks and sums");
  if (record.kind() == "recurrence") {
    stages.back().recurrence = {.positions = record.number("positions"),
                                .mutual = record.number("mutual"),
                                .absorb = read_work(record)};
    return true;
  }
  if (record.kind() == "block")
    stages.back().blocks.push_back(
        {record.number("row0"), record.number("rows"), record.number("col0"), record.number("cols")});
  else
    stages.back().sums.push_back({.col0 = record.number("col0"),
                                  .cols = record.number("cols"),
                                  .terms = record.numbers("terms"),
                                  .work = read_work(record)});
  return true;
}

void append_channel(std::string& text, const Channel& c) {
  std::vector<std::string> also;
  for (const int task : c.also) also.push_back(std::to_string(task));
  text += Record("channel")
              .add("from", c.from)
              .add("to", c.to)
              .add("node", c.node)
              .add("block", c.block)
              .add("rows", c.rows)
              .add("row_bytes", c.row_bytes)
              .add("capacity", c.capacity)
              .add("also", also)
              .line();
}

Channel read_channel(const Record& record) {
  return {.from = record.number("from"),
          .to = record.number("to"),
          .node = record.text("node"),
          .block = record.number("block"),
          .rows = record.number("rows"),
          .row_bytes = record.number("row_bytes"),
          .capacity = record.number("capacity"),
          .also = record.numbers("also")};
}

}  // namespace mimosa
