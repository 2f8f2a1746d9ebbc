// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/workers.hpp"

#include <csignal>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace mimosa {
namespace {

WorkDone next_done(Workers& workers) {
  for (int tries = 0; tries < 6000; ++tries)
    if (const std::vector<WorkDone> done = workers.wait(10); !done.empty()) return done.front();
  FAIL("no worker ends");
  return {};
}

}  // namespace

TEST_CASE("a worker keeps what it has in memory for its next piece, and shares it with nobody", "[sweep]") {
  std::size_t sum = 0;
  Workers workers([&](std::size_t number) { return std::to_string(sum += number); });
  const int first = workers.start(3);
  CHECK(next_done(workers).answer == "3");
  const int second = workers.start(10);
  CHECK(second != first);
  CHECK(next_done(workers).answer == "10");
  CHECK(workers.start(4, first) == first);
  CHECK(workers.busy() == 1);
  const WorkDone done = next_done(workers);
  CHECK(done.answer == "7");
  CHECK(done.number == 4);
  CHECK(done.worker == first);
  CHECK(workers.busy() == 0);
  CHECK(sum == 0);
}

TEST_CASE("an answer of megabytes comes whole", "[sweep]") {
  Workers workers([](std::size_t number) { return std::string(number, 'x'); });
  const int worker = workers.start(5000000);
  CHECK(next_done(workers).answer.size() == 5000000);
  workers.start(0, worker);
  CHECK(next_done(workers).answer.empty());
}

TEST_CASE("a worker killed while it is idle is replaced, or tells when it was at work", "[sweep][kill]") {
  Workers workers([](std::size_t) { return std::to_string(getpid()); });
  for (int round = 0; round < 20; ++round) {
    const int worker = workers.start(1);
    const int process = std::stoi(next_done(workers).answer);
    kill(process, SIGKILL);
    workers.start(2, worker);
    const WorkDone done = next_done(workers);
    // It may have been told before it was gone: then that is its end, as of any worker that is killed.
    if (done.answer.empty())
      CHECK(done.signal == SIGKILL);
    else
      CHECK(std::stoi(done.answer) != process);
    CHECK(done.number == 2);
  }
}

}  // namespace mimosa
