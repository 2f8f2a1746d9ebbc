// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "sim/config/sweep_spec.hpp"

namespace mimosa {

/// What a job array of shards is made of.
struct SlurmJob {
  std::string name;                ///< of the experiment
  std::string program;             ///< path of this program
  std::string folder;              ///< of the results
  std::vector<std::string> words;  ///< typed behind `sweep`, but for launcher, shard and results folder
  SlurmOptions options;
};

/// The batch script of the array. The shard replaces the shell, so that Slurm's signals reach it.
[[nodiscard]] std::string slurm_script(const SlurmJob& job);

/// A word as a shell takes it.
[[nodiscard]] std::string shell_word(const std::string& text);

/// Writes the script to slurm/ in the results folder and hands it to sbatch; the number of the job, which is
/// kept beside it. UserError where sbatch is not there or refuses.
[[nodiscard]] std::string submit(const SlurmJob& job);

/// Numbers of the jobs that were submitted for a store, in order.
[[nodiscard]] std::vector<std::string> submitted_jobs(const std::string& folder);

/// Standard output of a program; UserError with what it said where it cannot be run or fails.
[[nodiscard]] std::string output_of(const std::vector<std::string>& words);

}  // namespace mimosa
