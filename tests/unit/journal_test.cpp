// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/journal.hpp"

#include <csignal>
#include <filesystem>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "tests/support/temporary_folder.hpp"

using Catch::Matchers::Contains;

namespace mimosa {
namespace {

std::vector<std::string> whole_lines(const std::string& folder, std::vector<Damage>* damages = nullptr) {
  std::vector<std::string> lines;
  const auto found = read_journals(folder, [&](std::string_view line) { lines.emplace_back(line); });
  if (damages != nullptr) *damages = found;
  return lines;
}

}  // namespace

TEST_CASE("a seal tells every changed, missing or added byte of a line", "[sweep]") {
  const std::string line = sealed(R"({"a":1,"b":"x"})");
  CHECK(line.starts_with(R"({"a":1,"b":"x","crc":")"));
  CHECK(is_whole(line));
  for (std::size_t i = 0; i < line.size(); ++i) {
    std::string other = line;
    other[i] = static_cast<char>(other[i] ^ 1);
    CHECK_FALSE(is_whole(other));
    CHECK_FALSE(is_whole(line.substr(0, i)));
  }
  CHECK_FALSE(is_whole(line + " "));
  CHECK_FALSE(is_whole(""));
}

TEST_CASE("two journals of one process are two files, made by their first line", "[sweep]") {
  const TemporaryFolder home;
  {
    Journal unused(home.path()), first(home.path()), second(home.path());
    first.append(sealed(R"({"a":1})"));
    second.append(sealed(R"({"a":2})"));
    first.append(sealed(R"({"a":3})"));
    CHECK(first.path() != second.path());
  }
  CHECK(whole_lines(home.path()) ==
        std::vector<std::string>{sealed(R"({"a":1})"), sealed(R"({"a":3})"), sealed(R"({"a":2})")});
}

TEST_CASE("the names of journals say who wrote them, and since when", "[sweep]") {
  const TemporaryFolder home;
  for (const char* name : {"20261127T191213.890133.node-2.cluster.9999.0.jsonl",
                           "20261127T190135.237301.node-1.31409.12.jsonl", "results.jsonl"})
    write_file(home.path(name), "");
  const JournalsOrigin origin = origin_of_journals(home.path());
  CHECK(origin.hosts == std::set<std::string>{"node-1", "node-2.cluster"});
  CHECK(origin.begun == "2026-11-27 19:01:35 UTC");
}

TEST_CASE("torn and damaged lines are told with their place and never taken", "[sweep]") {
  const TemporaryFolder home;
  const std::string good = sealed(R"({"a":1})");
  std::string bad = good;
  bad[5] = '2';
  home.write("x.jsonl", good + '\n' + bad + '\n' + good + '\n' + good.substr(0, 9));
  home.write("y.jsonl", std::string("\0\xff\n\n", 4));
  home.write("z.txt", "something else\n");
  std::vector<Damage> damages;
  CHECK(whole_lines(home.path(), &damages).size() == 2);
  REQUIRE(damages.size() == 4);
  CHECK(damages[0].line == 2);
  CHECK_FALSE(damages[0].torn);
  CHECK(damages[1].line == 4);
  CHECK(damages[1].torn);
  CHECK(damages[2].file == home.path("y.jsonl"));
}

TEST_CASE("a disk that is full in the midst of a line is told, and what was whole stays", "[sweep][error]") {
  const TemporaryFolder home;
  const std::string line = sealed(R"({"a":"0123456789012345678901234567890123456789"})");
  const pid_t child = fork();
  if (child == 0) {
    // A limit on the size of files answers as a full disk does: short, then with an error.
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100, 100};
    setrlimit(RLIMIT_FSIZE, &limit);
    int status = 1;
    try {
      Journal journal(home.path());
      for (int i = 0; i < 3; ++i) journal.append(line);
    } catch (const UserError& e) {
      status = std::string(e.what()).find("cannot be written: ") == std::string::npos ? 2 : 0;
    }
    _exit(status);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  std::vector<Damage> damages;
  CHECK(whole_lines(home.path(), &damages) == std::vector<std::string>{line});
  REQUIRE(damages.size() == 1);
  CHECK(damages[0].torn);
  CHECK_THROWS_WITH(Journal(home.path("nowhere")).append(line), Contains("cannot be written: No such file"));
}

}  // namespace mimosa
