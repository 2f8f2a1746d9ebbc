// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/journal.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

#include "models/base/error.hpp"

namespace fs = std::filesystem;

namespace mimosa {

Journal::Journal(std::string path) : path_(std::move(path)) {
  std::error_code error;
  if (const fs::path folder = fs::path(path_).parent_path(); !folder.empty())
    fs::create_directories(folder, error);
  file_ = open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) fail();
  char last = '\n';
  const off_t size = lseek(file_, 0, SEEK_END);
  if (size > 0 && pread(file_, &last, 1, size - 1) == 1 && last != '\n') append("");
}

Journal::~Journal() {
  if (file_ >= 0) close(file_);
}

void Journal::append(const std::string& line) {
  const std::string whole = line + '\n';
  if (write(file_, whole.data(), whole.size()) != static_cast<ssize_t>(whole.size())) fail();
}

void Journal::fail() const {
  throw UserError(path_ + ": cannot be written: " + std::strerror(errno));
}

}  // namespace mimosa
