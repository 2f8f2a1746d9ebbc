// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/shard.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

std::optional<std::size_t> number(const std::string& text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Variables of one scheduler: index and first index (or 0), and what tells the number of tasks: a count, or
/// the last index with its step; `tasks`: how many there are in truth, where an array may have gaps.
struct Variables {
  const char *index, *first, *count, *last, *step;
  std::size_t first_without;  ///< the first index where no variable tells it
  const char* tasks = nullptr;
};

constexpr Variables schedulers[] = {
    {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", nullptr, "SLURM_ARRAY_TASK_MAX", "SLURM_ARRAY_TASK_STEP",
     0, "SLURM_ARRAY_TASK_COUNT"},
    {"SLURM_PROCID", nullptr, "SLURM_STEP_NUM_TASKS", nullptr, nullptr, 0},
    {"LSB_JOBINDEX", nullptr, nullptr, "LSB_JOBINDEX_END", "LSB_JOBINDEX_STEP", 1},
    {"PBS_ARRAY_INDEX", nullptr, nullptr, nullptr, nullptr, 0},
    {"SGE_TASK_ID", "SGE_TASK_FIRST", nullptr, "SGE_TASK_LAST", "SGE_TASK_STEPSIZE", 1},
    {"OMPI_COMM_WORLD_RANK", nullptr, "OMPI_COMM_WORLD_SIZE", nullptr, nullptr, 0}};

std::optional<std::size_t> variable(const Environment& environment, const char* name) {
  const char* text = name == nullptr ? nullptr : environment(name);
  return text == nullptr ? std::nullopt : number(text);
}

/// A variable that is set outside arrays and parallel starts, too, and means nothing there.
bool means_nothing(const Variables& of, const Environment& environment, std::size_t index) {
  const std::string name = of.index;
  return (name == "LSB_JOBINDEX" && index == 0) ||
         (name == "SLURM_PROCID" && !variable(environment, of.count));  // a batch script's own process
}

/// `count` 0: not known.
std::optional<Shard> shard_of(const Variables& of, const Environment& environment) {
  const auto index = variable(environment, of.index);
  if (!index || means_nothing(of, environment, *index)) return std::nullopt;
  const std::size_t first = variable(environment, of.first).value_or(of.first_without);
  if (*index < first)
    throw UserError(fmt::format("{}: {} is below the first task, {}", of.index, *index, first));
  const std::size_t step = std::max<std::size_t>(1, variable(environment, of.step).value_or(1));
  Shard shard{(*index - first) / step, variable(environment, of.count).value_or(0), of.index};
  if (const auto last = variable(environment, of.last)) shard.count = (*last - first) / step + 1;
  const auto tasks = variable(environment, of.tasks);
  if (tasks && *tasks != shard.count)
    throw UserError(fmt::format("{}: the array has gaps, {} tasks up to index {}; say --shard I/N", of.index,
                                *tasks, environment(of.last)));
  return shard;
}

std::optional<Shard> any_shard(const Environment& environment) {
  for (const Variables& variables : schedulers)
    if (const auto shard = shard_of(variables, environment)) return shard;
  return std::nullopt;
}

Shard checked(Shard shard) {
  if (shard.count == 0)
    throw UserError(fmt::format("{}: tells no number of tasks; say --shard /N", shard.source));
  if (shard.index >= shard.count)
    throw UserError(fmt::format("{}: {} of {} shards; allowed: 0 .. {}", shard.source, shard.index,
                                shard.count, shard.count - 1));
  return shard;
}

}  // namespace

Shard parse_shard(const std::string& text, const Environment& environment) {
  const std::size_t slash = text.find('/');
  const auto index = number(text.substr(0, slash));
  const auto count = slash == std::string::npos ? std::nullopt : number(text.substr(slash + 1));
  if (!count || *count == 0 || (!index && slash != 0))
    throw UserError(fmt::format("--shard: \"{}\" is not I/N; e.g. 0/8 to 7/8", text));
  if (index) return checked({*index, *count, "--shard"});
  std::optional<Shard> shard = any_shard(environment);
  if (!shard) throw UserError(fmt::format("--shard: \"{}\" names no shard, and no scheduler does", text));
  shard->count = *count;
  return checked(*shard);
}

std::optional<Shard> scheduled_shard(const Environment& environment) {
  const std::optional<Shard> shard = any_shard(environment);
  return shard ? std::optional(checked(*shard)) : std::nullopt;
}

std::optional<int> granted_cores(const Environment& environment) {
  for (const char* name :
       {"SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE"})  // the first only where it was asked for
    if (const auto cores = variable(environment, name); cores && *cores > 0 && *cores <= 65536)
      return static_cast<int>(*cores);
  return std::nullopt;
}

}  // namespace mimosa
