// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mimosa {

/// `json`, an object, with a last member "crc": the CRC-32 of all before that member, so that a line tells
/// whether it is whole and as it was written.
[[nodiscard]] std::string sealed(const std::string& json);
/// Whether a line is as `sealed` gave it.
[[nodiscard]] bool is_whole(std::string_view line);

/// A file of sealed lines of one process, which only grows. Each line is written by one call and is on the
/// disk when `append` returns. UserError where that cannot be; what was written of the line is not whole
/// then.
class Journal {
 public:
  /// The file, of a name no other process has, is made by the first line.
  explicit Journal(std::string folder) : folder_(std::move(folder)) {}
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  void append(const std::string& line);
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void open();
  [[noreturn]] void fail() const;
  std::string folder_, path_;
  int file_ = -1;
};

/// A line that is not whole. The last one of a file without a line end is `torn`: its process ended in the
/// midst of it, or is still writing.
struct Damage {
  std::string file;
  std::int64_t line = 0;
  bool torn = false;
};

/// Hands every whole line of the journals in a folder (files *.jsonl, by name) to `take`; what is not whole
/// stays where it is and is told.
[[nodiscard]] std::vector<Damage> read_journals(const std::string& folder,
                                                const std::function<void(std::string_view)>& take);

}  // namespace mimosa
