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
#include <optional>
#include <poll.h>
#include <sched.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
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

/// With the size in front, so that half of an answer is not taken for it.
bool send_answer(int socket, const std::string& text) {
  const std::uint64_t size = text.size();
  return write_all(socket, reinterpret_cast<const char*>(&size), sizeof size) &&
         write_all(socket, text.data(), text.size());
}

/// What a worker is told to do next; nothing where the other end is closed.
std::optional<std::size_t> read_number(int socket) {
  std::size_t number = 0;
  ssize_t got = 0;
  do {
    got = recv(socket, &number, sizeof number, MSG_WAITALL);
  } while (got < 0 && errno == EINTR);
  if (got != sizeof number) return std::nullopt;
  return number;
}

/// Of bytes received, where they are all there.
std::optional<std::string> whole_answer(const std::string& received) {
  std::uint64_t size = 0;
  if (received.size() < sizeof size) return std::nullopt;
  std::memcpy(&size, received.data(), sizeof size);
  if (received.size() != sizeof size + size) return std::nullopt;
  return received.substr(sizeof size);
}

}  // namespace

Workers::~Workers() {
  for (const Child& child : children_) kill(child.process, SIGKILL);
  for (Child& child : children_) reap(child);
}

void Workers::serve(int socket) const {
  while (const std::optional<std::size_t> number = read_number(socket))
    if (!send_answer(socket, work_(*number))) break;
  _exit(0);
}

Workers::Child Workers::fork_child() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw std::runtime_error(std::string("no socket to a worker: ") + std::strerror(errno));
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
    for (const Child& sibling : children_) close(sibling.socket);
    serve(ends[1]);
  }
  close(ends[1]);
  return {++names_, process, ends[0], {}, {}, 0.0};
}

bool Workers::tell(Child& child, std::size_t number) {
  if (send(child.socket, &number, sizeof number, MSG_NOSIGNAL) != sizeof number) return false;
  child.number = number;
  child.begun = now_s();
  return true;
}

int Workers::start(std::size_t number, std::optional<int> worker) {
  const auto named =
      std::find_if(children_.begin(), children_.end(), [&](const Child& c) { return c.name == worker; });
  if (named != children_.end()) {
    if (tell(*named, number)) return named->name;
    reap(*named);  // ended while it was idle
    children_.erase(named);
  }
  Child child = fork_child();
  if (!tell(child, number)) {
    reap(child);
    throw std::runtime_error("a worker ended before it was told what to do");
  }
  children_.push_back(std::move(child));
  return children_.back().name;
}

std::size_t Workers::busy() const {
  return static_cast<std::size_t>(
      std::count_if(children_.begin(), children_.end(), [](const Child& c) { return c.number.has_value(); }));
}

bool Workers::receive(Child& child) {
  char buffer[65536];
  const ssize_t got = read(child.socket, buffer, sizeof buffer);
  if (got < 0 && errno == EINTR) return false;
  if (got > 0) child.received.append(buffer, static_cast<std::size_t>(got));
  if (got > 0) return whole_answer(child.received).has_value();
  close(child.socket);
  child.socket = -1;
  return true;
}

int Workers::reap(Child& child) {
  if (child.socket >= 0) close(child.socket);
  int status = 0;
  while (waitpid(child.process, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

WorkDone Workers::take_answer(Child& child) {
  WorkDone done{*child.number, whole_answer(child.received).value_or(""), 0, now_s() - child.begun,
                child.name};
  child.number.reset();
  child.received.clear();
  return done;
}

std::vector<WorkDone> Workers::wait(int milliseconds) {
  std::vector<pollfd> sockets;
  for (const Child& child : children_) sockets.push_back({child.number ? child.socket : -1, POLLIN, 0});
  std::vector<WorkDone> done;
  if (poll(sockets.data(), sockets.size(), milliseconds) <= 0) return done;
  std::vector<Child> left;
  for (std::size_t i = 0; i < children_.size(); ++i) {
    Child& child = children_[i];
    if (sockets[i].revents != 0 && receive(child)) done.push_back(take_answer(child));
    if (child.socket >= 0)
      left.push_back(std::move(child));
    else
      done.back().signal = reap(child);
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
