// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/shard.hpp"

#include <map>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

using Variables = std::map<std::string, std::string>;

Environment with(const Variables& variables) {
  return [&variables](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

std::string said(const Variables& variables) {
  const auto shard = scheduled_shard(with(variables));
  return shard ? std::to_string(shard->index) + '/' + std::to_string(shard->count) : "none";
}

}  // namespace

TEST_CASE("a shard is what each scheduler's variables say", "[sweep]") {
  CHECK(said({}) == "none");
  CHECK(said({{"SLURM_ARRAY_TASK_ID", "5"},
              {"SLURM_ARRAY_TASK_MIN", "1"},
              {"SLURM_ARRAY_TASK_MAX", "9"},
              {"SLURM_ARRAY_TASK_STEP", "2"},
              {"SLURM_PROCID", "0"}}) == "2/5");
  CHECK(said({{"SLURM_PROCID", "3"}, {"SLURM_STEP_NUM_TASKS", "4"}}) == "3/4");
  // A batch script of four tasks is one process that runs all.
  CHECK(said({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "4"}}) == "none");
  CHECK(said({{"LSB_JOBINDEX", "3"}, {"LSB_JOBINDEX_END", "8"}, {"LSB_JOBINDEX_STEP", "1"}}) == "2/8");
  CHECK(said({{"LSB_JOBINDEX", "0"}}) == "none");
  CHECK(said({{"SGE_TASK_ID", "8"},
              {"SGE_TASK_FIRST", "2"},
              {"SGE_TASK_LAST", "10"},
              {"SGE_TASK_STEPSIZE", "2"}}) == "3/5");
  CHECK(said({{"SGE_TASK_ID", "undefined"}}) == "none");
  CHECK(said({{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}}) == "1/2");
}

TEST_CASE("an array with gaps has no shards by itself", "[sweep][error]") {
  const std::map<std::string, std::string> gaps{{"SLURM_ARRAY_TASK_ID", "3"},
                                                {"SLURM_ARRAY_TASK_MIN", "1"},
                                                {"SLURM_ARRAY_TASK_MAX", "7"},
                                                {"SLURM_ARRAY_TASK_COUNT", "3"}};
  CHECK_THROWS_WITH(scheduled_shard(with(gaps)),
                    "SLURM_ARRAY_TASK_ID: the array has gaps, 3 tasks up to index 7; say --shard I/N");
  CHECK(parse_shard("3/8", with(gaps)).index == 3);
  CHECK_THROWS_WITH(
      scheduled_shard(with({{"SGE_TASK_ID", "2"}, {"SGE_TASK_FIRST", "3"}, {"SGE_TASK_LAST", "5"}})),
      "SGE_TASK_ID: 2 is below the first task, 3");
}

TEST_CASE("a shard is what is typed, or its index alone is the scheduler's", "[sweep]") {
  const Variables pbs = {{"PBS_ARRAY_INDEX", "3"}};
  CHECK(parse_shard("3/8", with({})).index == 3);
  CHECK(parse_shard("3/8", with({})).count == 8);
  CHECK(parse_shard("/8", with(pbs)).index == 3);
  CHECK_THROWS_WITH(scheduled_shard(with(pbs)), "PBS_ARRAY_INDEX: tells no number of tasks; say --shard /N");
  CHECK_THROWS_WITH(parse_shard("/3", with(pbs)), "PBS_ARRAY_INDEX: 3 of 3 shards; allowed: 0 .. 2");
  CHECK_THROWS_WITH(parse_shard("/3", with({})), "--shard: \"/3\" names no shard, and no scheduler does");
  for (const char* text : {"", "3", "8/8", "a/8", "3/", "-1/8", "1/0", "1/2/3"})
    CHECK_THROWS_AS(parse_shard(text, with({})), UserError);
}

TEST_CASE("a task takes no more cores than Slurm gave it, bound to them or not", "[sweep]") {
  CHECK_FALSE(granted_cores(with({})));
  CHECK(granted_cores(with({{"SLURM_CPUS_ON_NODE", "3"}})) == 3);
  CHECK(granted_cores(with({{"SLURM_CPUS_ON_NODE", "8"}, {"SLURM_CPUS_PER_TASK", "2"}})) == 2);
  CHECK_FALSE(granted_cores(with({{"SLURM_CPUS_ON_NODE", "0"}})));
  CHECK_FALSE(granted_cores(with({{"SLURM_CPUS_PER_TASK", "many"}})));
}

}  // namespace mimosa
