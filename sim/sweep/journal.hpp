// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace mimosa {

/// A file of lines that only grows: each line is written in one piece, and a torn last line, left by a
/// machine that stopped, is closed first. UserError where the file cannot be written.
class Journal {
 public:
  /// Makes the file and its folder if need be.
  explicit Journal(std::string path);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  void append(const std::string& line);
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  [[noreturn]] void fail() const;
  std::string path_;
  int file_ = -1;
};

}  // namespace mimosa
