// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "hw/program/program.hpp"

namespace mimosa {

/// One line of a text form: `kind key=value key=value …`. Values hold no blanks; lists are joined by commas.
class Record {
 public:
  explicit Record(std::string kind) : kind_(std::move(kind)) {}
  Record& add(const std::string& key, const std::string& value);
  Record& add(const std::string& key, long long value) { return add(key, std::to_string(value)); }
  Record& add(const std::string& key, const std::vector<std::string>& values);

  [[nodiscard]] const std::string& kind() const { return kind_; }
  [[nodiscard]] bool has(const std::string& key) const;
  /// UserError naming the line and the key where it is missing or not a number.
  [[nodiscard]] const std::string& text(const std::string& key) const;
  [[nodiscard]] int number(const std::string& key) const;
  [[nodiscard]] long long big_number(const std::string& key) const;
  [[nodiscard]] std::vector<std::string> list(const std::string& key) const;
  [[nodiscard]] std::vector<int> numbers(const std::string& key) const;
  [[nodiscard]] std::string line() const;

 private:
  friend std::vector<Record> parse_records(const std::string& text);
  std::string kind_;
  int line_number_ = 0;
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// Every non-blank line of `text`; `#` starts a comment line.
[[nodiscard]] std::vector<Record> parse_records(const std::string& text);
[[noreturn]] void refuse_record(const Record& record, const std::string& expected);

/// Records of the parts that several text forms share: one `stage` line, a `block` line for each of its
/// blocks and a `sum` line for each of its sums.
void append_stage(std::string& text, const Stage& stage);
/// Takes a `stage`, `block` or `sum` record into `stages`; false when it is another kind.
bool take_stage_record(const Record& record, std::vector<Stage>& stages);
void append_channel(std::string& text, const Channel& channel);
Record& add_work(Record& record, const VectorWork& work);
[[nodiscard]] VectorWork read_work(const Record& record);
[[nodiscard]] Channel read_channel(const Record& record);

}  // namespace mimosa
