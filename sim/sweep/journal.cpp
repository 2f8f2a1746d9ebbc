// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/journal.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fstream>
#include <regex>
#include <unistd.h>
#include <zlib.h>

#include "models/base/error.hpp"
#include "models/data/file.hpp"

namespace fs = std::filesystem;

namespace mimosa {
namespace {

std::string seal_of(std::string_view text) {
  const uLong crc = crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size());
  return fmt::format(",\"crc\":\"{:08x}\"}}", crc);
}
constexpr std::size_t seal_size = 18;

std::string host() {
  char name[256] = {};
  if (gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "host";
  return name;
}

/// UTC to the microsecond, so that names of journals are ordered as they were begun.
std::string stamp() {
  const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  const auto micros = now.time_since_epoch().count() % 1000000;
  return fmt::format("{:%Y%m%dT%H%M%S}.{:06}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                     micros);
}

std::vector<fs::path> journals_in(const std::string& folder) {
  std::vector<fs::path> files;
  try {
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
  } catch (const fs::filesystem_error& e) {
    throw UserError(fmt::format("{}: cannot be read: {}", folder, e.code().message()));
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::string sealed(const std::string& json) {
  const std::string open = json.substr(0, json.size() - 1);
  return open + seal_of(open);
}

bool is_whole(std::string_view line) {
  return line.size() > seal_size && line.front() == '{' &&
         line.substr(line.size() - seal_size) == seal_of(line.substr(0, line.size() - seal_size));
}

Journal::~Journal() {
  if (file_ >= 0) close(file_);
}

void Journal::open() {
  for (int number = 0; file_ < 0; ++number) {
    path_ = fmt::format("{}/{}.{}.{}.{}.jsonl", folder_, stamp(), host(), getpid(), number);
    file_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file_ < 0 && errno != EEXIST) fail();
  }
  sync_to_disk(folder_);  // the name of the file has to survive, too
}

void Journal::append(const std::string& line) {
  if (file_ < 0) open();
  const std::string whole = line + '\n';
  errno = 0;
  if (write(file_, whole.data(), whole.size()) != static_cast<ssize_t>(whole.size())) {
    if (errno == 0) errno = ENOSPC;
    fail();
  }
  if (fdatasync(file_) != 0 && errno != EINVAL && errno != EROFS) fail();
}

void Journal::fail() const {
  throw UserError(fmt::format("{}: cannot be written: {}", path_, std::strerror(errno)));
}

std::vector<Damage> read_journals(const std::string& folder,
                                  const std::function<void(std::string_view)>& take) {
  std::vector<Damage> damages;
  for (const fs::path& file : journals_in(folder)) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw UserError(file.string() + ": cannot be read: " + std::strerror(errno));
    std::int64_t number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      if (is_whole(line))
        take(line);
      else
        damages.push_back({file.string(), number, in.eof()});
    }
    if (in.bad()) throw UserError(file.string() + ": cannot be read: " + std::strerror(errno));
  }
  return damages;
}

JournalsSize size_of_journals(const std::string& folder) {
  JournalsSize size;
  for (const fs::path& file : journals_in(folder)) {
    ++size.files;
    size.bytes += static_cast<std::int64_t>(fs::file_size(file));
  }
  return size;
}

JournalsOrigin origin_of_journals(const std::string& folder) {
  // Stamp of 15 characters, microseconds, host (which may have dots), process and number.
  static const std::regex form(R"((\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.\d{6}\.(.+)\.\d+\.\d+\.jsonl)");
  JournalsOrigin origin;
  for (const fs::path& file : journals_in(folder)) {
    const std::string name = file.filename().string();
    std::smatch part;
    if (!std::regex_match(name, part, form)) continue;
    origin.hosts.insert(part[7]);
    if (origin.begun.empty())
      origin.begun = fmt::format("{}-{}-{} {}:{}:{} UTC", part[1].str(), part[2].str(), part[3].str(),
                                 part[4].str(), part[5].str(), part[6].str());
  }
  return origin;
}

}  // namespace mimosa
