// SPDX-License-Identifier: Apache-2.0
#include "models/data/file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

[[noreturn]] void fail(const std::string& path, std::string_view what, int error) {
  throw UserError(fmt::format("{}: cannot be {}: {}", path, what, std::strerror(error)));
}

}  // namespace

std::string read_file(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) fail(path, "read", errno);
  struct stat status {};
  if (fstat(fileno(file.get()), &status) == 0 && S_ISDIR(status.st_mode)) fail(path, "read", EISDIR);
  std::string bytes;
  char block[1 << 16];
  while (const std::size_t size = std::fread(block, 1, sizeof block, file.get())) bytes.append(block, size);
  if (std::ferror(file.get()) != 0) fail(path, "read", errno);
  return bytes;
}

void write_file(const std::string& path, std::string_view bytes) {
  const std::string part = fmt::format("{}.{}.part", path, getpid());
  File file(std::fopen(part.c_str(), "wb"));
  if (!file) fail(path, "written", errno);
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size();
  const bool closed = std::fclose(file.release()) == 0;
  if (written && closed && std::rename(part.c_str(), path.c_str()) == 0) return;
  const int error = errno;
  std::remove(part.c_str());
  fail(path, "written", error);
}

void sync_to_disk(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  fsync(file);
  close(file);
}

}  // namespace mimosa
