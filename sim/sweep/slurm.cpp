// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/slurm.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

#include "models/base/error.hpp"
#include "models/data/file.hpp"

namespace fs = std::filesystem;

namespace mimosa {
namespace {

std::string trimmed(std::string text) {
  text.erase(text.find_last_not_of(" \n") + 1);
  return text;
}

/// Slurm's %-patterns in a path.
std::string without_patterns(const std::string& path) {
  std::string text;
  for (const char c : path) text += c == '%' ? std::string("%%") : std::string(1, c);
  return text;
}

/// Letters, digits and _ - alone: a name of a job.
std::string job_name(const std::string& name) {
  std::string text = "mimosa-" + name;
  for (char& c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '-') c = '_';
  return text;
}

/// The largest index of an array plus one that the site allows; 0: not known.
int most_tasks() {
  try {
    std::istringstream lines(output_of({"scontrol", "show", "config"}));
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("MaxArraySize")) continue;
      const std::size_t digit = line.find_first_of("0123456789");
      int most = 0;
      if (digit != std::string::npos) std::from_chars(line.data() + digit, line.data() + line.size(), most);
      return most;
    }
  } catch (const UserError&) {
  }
  return 0;
}

/// Several launches at once do not lose each other's line.
void append_line(const std::string& path, const std::string& line) {
  const int file = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  const std::string whole = line + '\n';
  const bool written =
      file >= 0 && write(file, whole.data(), whole.size()) == static_cast<ssize_t>(whole.size());
  const int error = errno;
  if (file >= 0) close(file);
  if (!written)
    throw UserError(fmt::format("{}: cannot be written: {}; Slurm has the job, its number is {}", path,
                                std::strerror(error), line));
}

}  // namespace

std::string shell_word(const std::string& text) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string("_-./=,:+").find(static_cast<char>(c)) != std::string::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + '\'';
}

std::string slurm_script(const SlurmJob& job) {
  const SlurmOptions& o = job.options;
  std::string text = "#!/bin/bash\n";
  const auto ask = [&](const std::string& option) { text += "#SBATCH " + option + '\n'; };
  ask("--job-name=" + job_name(job.name));
  ask(fmt::format("--array=0-{}", o.shards - 1));
  ask("--ntasks=1");
  ask("--requeue");
  ask("--open-mode=append");
  if (o.cpus_per_task > 0) ask(fmt::format("--cpus-per-task={}", o.cpus_per_task));
  if (!o.partition.empty()) ask("--partition=" + o.partition);
  if (!o.account.empty()) ask("--account=" + o.account);
  if (!o.time.empty()) ask("--time=" + o.time);
  ask("--output=\"" + without_patterns((fs::absolute(job.folder) / "slurm").string()) + "/%A_%a.log\"");
  text += "# The program takes the shell's place, so that Slurm's signals reach it.\n";
  text += "cd " + shell_word(fs::current_path().string()) + " || exit 2\n";
  text += "exec " + shell_word(job.program) + " sweep";
  for (const std::string& word : job.words) text += ' ' + shell_word(word);
  // Not what the program would read of Slurm's variables: a task submitted again alone would be shard 0.
  return text +
         fmt::format(" --out {} --shard \"$SLURM_ARRAY_TASK_ID\"/{}\n", shell_word(job.folder), o.shards);
}

std::string submit(const SlurmJob& job) {
  const int most = most_tasks();
  if (most > 0 && job.options.shards >= most)
    throw UserError(
        fmt::format("sweep.slurm.shards: {} is more than this site's arrays hold; allowed: 1 .. {}",
                    job.options.shards, most - 1));
  const fs::path folder = fs::path(job.folder) / "slurm";
  std::error_code error;
  fs::create_directories(folder, error);
  const std::string script = (folder / "array.sh").string(), list = (folder / "jobs").string();
  write_file(script, slurm_script(job));
  std::string number = trimmed(output_of({"sbatch", "--parsable", script}));
  number = number.substr(0, number.find(';'));  // the cluster stands behind
  append_line(list, number);
  return number;
}

std::vector<std::string> submitted_jobs(const std::string& folder) {
  const std::string list = (fs::path(folder) / "slurm" / "jobs").string();
  std::vector<std::string> jobs;
  if (!fs::exists(list)) return jobs;
  std::istringstream lines(read_file(list));
  for (std::string line; std::getline(lines, line);)
    if (!line.empty() && line.find_first_not_of("0123456789") == std::string::npos) jobs.push_back(line);
  return jobs;
}

std::string output_of(const std::vector<std::string>& words) {
  // Warnings are no part of what a program answers.
  std::string errors = (fs::temp_directory_path() / "mimosa_XXXXXX").string();
  const int file = mkstemp(errors.data());
  if (file < 0) throw UserError(errors + ": cannot be made");
  close(file);
  std::string command;
  for (const std::string& word : words) command += shell_word(word) + ' ';
  FILE* pipe = popen((command + "2>" + shell_word(errors)).c_str(), "r");
  std::string text;
  char buffer[4096];
  for (std::size_t got = 1; pipe != nullptr && got > 0;) {
    got = fread(buffer, 1, sizeof buffer, pipe);
    text.append(buffer, got);
  }
  const int status = pipe == nullptr ? -1 : pclose(pipe);
  const std::string complaint = trimmed(read_file(errors));
  fs::remove(errors);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
    throw UserError(words[0] + ": is not installed here; the launcher slurm needs it");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw UserError(fmt::format("{}: {}", words[0], complaint.empty() ? "failed" : complaint));
  return text;
}

}  // namespace mimosa
