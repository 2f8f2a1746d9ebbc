// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/workers.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/sweep/shard.hpp"

namespace mimosa {
namespace {

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool write_all(int file, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t written = write(file, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

/// An interrupt of the terminal reaches the whole group: the parent decides what becomes of the work. Whoever
/// wants to end this process alone can.
void prepare_child(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_DFL);
  sigset_t terminate;
  sigemptyset(&terminate);
  sigaddset(&terminate, SIGTERM);
  sigprocmask(SIG_UNBLOCK, &terminate, nullptr);
}

/// The answer with its size in front, so that half of one is not taken for it.
[[noreturn]] void answer(int pipe, const std::string& text) {
  const std::uint64_t size = text.size();
  const bool said = write_all(pipe, reinterpret_cast<const char*>(&size), sizeof size) &&
                    write_all(pipe, text.data(), text.size());
  _exit(said ? 0 : 1);
}

}  // namespace

Workers::~Workers() {
  for (const Child& child : children_) kill(child.process, SIGKILL);
  for (Child& child : children_) static_cast<void>(reap(child));
}

void Workers::start(std::size_t number) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error(std::string("no pipe to a worker: ") + std::strerror(errno));
  const pid_t parent = getpid();
  const pid_t process = fork();
  if (process < 0) {
    const int error = errno;
    close(ends[0]);
    close(ends[1]);
    throw std::runtime_error(std::string("no process for a worker: ") + std::strerror(error));
  }
  if (process == 0) {
    prepare_child(parent);
    close(ends[0]);
    answer(ends[1], work_(number));
  }
  close(ends[1]);
  children_.push_back({number, process, ends[0], {}, now_s()});
}

bool Workers::receive(Child& child) {
  char buffer[65536];
  const ssize_t got = read(child.pipe, buffer, sizeof buffer);
  if (got < 0) return errno != EINTR;
  child.received.append(buffer, static_cast<std::size_t>(got));
  return got == 0;
}

WorkDone Workers::reap(Child& child) {
  close(child.pipe);
  int status = 0;
  while (waitpid(child.process, &status, 0) < 0 && errno == EINTR) {
  }
  WorkDone done{child.number, {}, WIFSIGNALED(status) ? WTERMSIG(status) : 0, now_s() - child.begun};
  std::uint64_t size = 0;
  if (child.received.size() < sizeof size) return done;
  std::memcpy(&size, child.received.data(), sizeof size);
  if (child.received.size() == sizeof size + size) done.answer = child.received.substr(sizeof size);
  return done;
}

std::vector<WorkDone> Workers::wait(int milliseconds) {
  std::vector<pollfd> pipes;
  for (const Child& child : children_) pipes.push_back({child.pipe, POLLIN, 0});
  std::vector<WorkDone> done;
  if (poll(pipes.data(), pipes.size(), milliseconds) <= 0) return done;
  std::vector<Child> left;
  for (std::size_t i = 0; i < children_.size(); ++i) {
    if (pipes[i].revents != 0 && receive(children_[i]))
      done.push_back(reap(children_[i]));
    else
      left.push_back(std::move(children_[i]));
  }
  children_ = std::move(left);
  return done;
}

std::string signal_text(int signal) {
  return fmt::format("killed by signal {} ({})", signal, strsignal(signal));
}

int usable_cores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
  const auto granted = granted_cores([](const char* name) { return std::getenv(name); });
  return std::clamp(CPU_COUNT(&cores), 1, granted.value_or(CPU_SETSIZE));
}

}  // namespace mimosa
