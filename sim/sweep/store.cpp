// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/store.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <unistd.h>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/sweep/record.hpp"

namespace fs = std::filesystem;

namespace mimosa {
namespace {

constexpr int store_format = 1;

std::string marker(const std::string& folder) {
  return (fs::path(folder) / "sweep.json").string();
}

void refuse_other_contents(const fs::path& folder) {
  if (!fs::exists(folder)) return;
  if (!fs::is_directory(folder)) throw UserError(folder.string() + ": is not a folder; choose another --out");
  if (fs::exists(folder / "report.json"))
    throw UserError(folder.string() + ": holds a run's results; choose another --out");
  if (fs::exists(folder / "points.jsonl"))
    throw UserError(folder.string() +
                    ": holds a sweep of an older format (points.jsonl); choose another --out");
  for (const auto& entry : fs::directory_iterator(folder))
    if (const std::string name = entry.path().filename(); name != "lock" && name != "journals" &&
                                                          name != "slurm" && name != "effective.yaml" &&
                                                          name.find("sweep.json") == std::string::npos)
      throw UserError(folder.string() + ": holds files that are no sweep's; choose another --out");
}

/// On the disk before the first line of a journal is.
void write_marker(const std::string& folder) {
  try {
    write_file(marker(folder), nlohmann::json{{"format", store_format}}.dump() + '\n');
  } catch (const UserError&) {
    if (!fs::exists(marker(folder))) throw;  // else another shard was first
  }
  sync_to_disk(marker(folder));
  sync_to_disk(folder);
}

}  // namespace

std::string journals_of(const std::string& folder) {
  return (fs::path(folder) / "journals").string();
}

void check_store(const std::string& folder) {
  if (!fs::exists(marker(folder))) throw UserError(folder + ": holds no sweep");
  const nlohmann::json json = nlohmann::json::parse(read_file(marker(folder)), nullptr, false);
  const bool known = json.is_object() && json.contains("format") && json["format"].is_number_integer();
  if (!known)
    throw UserError(fmt::format(R"({}: is damaged; write {{"format": {}}} into it, the points are in {})",
                                marker(folder), store_format, journals_of(folder)));
  const int format = json["format"].get<int>();
  if (format != store_format)
    throw UserError(fmt::format("{}: a store of format {}; this program reads {}; choose another --out",
                                marker(folder), format, store_format));
}

Store::Store(const std::string& folder, Access access) : folder_(folder), journal_(journals_of(folder)) {
  try {
    const bool fresh = !fs::exists(marker(folder));
    if (fresh) refuse_other_contents(folder);
    fs::create_directories(journals_of(folder));
    lock(access);
    if (fresh) write_marker(folder);
  } catch (const fs::filesystem_error& e) {
    throw UserError(fmt::format("{}: cannot be made: {}", folder, e.code().message()));
  }
  check_store(folder);
}

Store::~Store() {
  leave();
}

void Store::leave() {
  if (lock_ >= 0) close(lock_);
  lock_ = -1;
}

void Store::lock(Access access) {
  const std::string path = (fs::path(folder_) / "lock").string();
  lock_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock_ < 0) throw UserError(fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
  // Workers of a run that was killed may live a moment longer than it.
  for (int tries = 0; tries < 20; ++tries) {
    if (flock(lock_, (access == Access::Alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0) return;
    if (errno == EWOULDBLOCK) usleep(50000);
  }
  // A file system without locks: journals of several processes do not disturb each other.
  if (errno != EWOULDBLOCK) return;
  leave();
  throw UserError(fmt::format("{}: in use by another sweep; wait for it, or choose another --out", folder_));
}

void StoreContents::add(const LineSummary& line, bool holds_record) {
  Point& point = points[line.address];
  if (!line.ok) return;
  if (!point.ok) {
    wall_s += line.wall_s;
    point.wall_s = static_cast<float>(line.wall_s);
    ++finished;
  }
  point.ok = true;
  point.holds_record = point.holds_record || holds_record;
}

StoreContents Store::read(const std::vector<std::string>& record) const {
  return read_store(folder_, record);
}

StoreContents read_store(const std::string& folder, const std::vector<std::string>& record) {
  StoreContents contents;
  contents.damages = read_journals(journals_of(folder), [&](std::string_view line) {
    const std::optional<LineSummary> summary = summary_of(line);
    if (!summary) {
      ++contents.other_versions;
      return;
    }
    contents.add(*summary, summary->ok && holds(line, record));
  });
  return contents;
}

StoreContents read_store_if_there(const std::string& folder, const std::vector<std::string>& record) {
  if (!fs::exists(marker(folder))) {
    refuse_other_contents(folder);
    return {};
  }
  check_store(folder);
  return read_store(folder, record);
}

}  // namespace mimosa
