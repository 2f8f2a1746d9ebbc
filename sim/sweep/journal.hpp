// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <compare>
#include <cstdint>
#include <functional>
#include <set>
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
  /// The file is made by the first line. Its name tells when, where and by whom: no other process has it.
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

/// Hands every whole line of the journals in a folder (files *.jsonl) to `take`, those begun first before the
/// others: of two lines of a point the later one counts. What is not whole stays where it is and is told.
/// UserError where folder or file cannot be read.
[[nodiscard]] std::vector<Damage> read_journals(const std::string& folder,
                                                const std::function<void(std::string_view)>& take);

/// Number and bytes of the journals in a folder: what an index was built from.
struct JournalsSize {
  std::int64_t files = 0, bytes = 0;
  auto operator<=>(const JournalsSize&) const = default;
};
[[nodiscard]] JournalsSize size_of_journals(const std::string& folder);

/// Who wrote the journals in a folder, and since when: what the names of the files say.
struct JournalsOrigin {
  std::set<std::string> hosts;
  std::string begun;  ///< "2026-11-27 19:01:35 UTC"; empty where no name is one that this program gives
};
[[nodiscard]] JournalsOrigin origin_of_journals(const std::string& folder);

}  // namespace mimosa
