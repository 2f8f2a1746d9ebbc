// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mimosa {

/// One place on an axis: the keys it sets, in order, and what messages and results call it.
struct AxisStep {
  std::string label;
  std::vector<std::pair<std::string, std::string>> settings = {};
};

/// What samplers may draw from between two ends, both included.
struct AxisRange {
  double low = 0.0, high = 1.0;
  bool log = false;      ///< uniform in the logarithm
  bool integer = false;  ///< whole numbers only
};

/// One axis of a sweep. A plain one varies the key it is named after, a zip several keys in step; the steps
/// of `variant` have names.
struct Axis {
  std::string name;
  std::vector<AxisStep> steps = {};  ///< empty: a range without steps, which only samplers take
  std::optional<AxisRange> range = {};
  std::string source = "axis";  ///< how messages call it
  bool named = false;           ///< the label stands for the step, not the values it sets
};

enum class SweepMethod { Grid, Random, Sobol, Latin, Pareto };
/// Shared: points differ only in what their axes change (the same chip samples everywhere). Own: every point
/// draws its own.
enum class SeedRule { Shared, Own };

struct Objective {
  std::string figure;
  bool maximise = true;
};

/// What `sbatch` is asked for; empty or 0: the site's default.
struct SlurmOptions {
  std::string partition, account, time;
  int cpus_per_task = 0, shards = 8;
};

/// How a sweep goes through its axes and what it keeps.
struct SweepSpec {
  SweepMethod method = SweepMethod::Grid;
  int points = 0, generations = 10, repeats = 1;
  SeedRule seeds = SeedRule::Shared;
  std::vector<std::string> where, record;
  std::vector<Objective> objectives;
  SlurmOptions slurm;
};

/// The keys of `sweep:` that hold numbers and choices; the others are `sweep_text_keys`.
template <class Visitor>
void describe(Visitor& v, SweepSpec& s) {
  v.section("sweep", "how a sweep goes through its axes and what it keeps", [&](auto& m) {
    m.choice("method", s.method,
             "which points: every combination (grid), drawn ones (random, sobol, latin), or generations that "
             "NSGA-II draws towards the front of sweep.objectives (pareto)",
             {{"grid", SweepMethod::Grid},
              {"random", SweepMethod::Random},
              {"sobol", SweepMethod::Sobol},
              {"latin", SweepMethod::Latin},
              {"pareto", SweepMethod::Pareto}});
    m.used_with("method", {"random", "sobol", "latin", "pareto"}, [&](auto& n) {
      n.field("points", s.points, "1",
              "points drawn; of pareto: in each generation, a multiple of 4 from 8 on", 1, 10000000);
    });
    m.used_with("method", {"pareto"}, [&](auto& n) {
      n.field("generations", s.generations, "1", "generations, the first one of Sobol points", 1, 10000);
    });
    m.field("repeats", s.repeats, "1", "runs of every point, each with chip samples of its own", 1, 100000);
    m.choice("seeds", s.seeds,
             "chip samples of a point: shared by all points of a repeat, so that differences are paired, or "
             "its own",
             {{"shared", SeedRule::Shared}, {"own", SeedRule::Own}});
    m.section("slurm", "what sbatch is asked for by --launcher slurm", [&](auto& n) {
      n.field("cpus_per_task", s.slurm.cpus_per_task, "1", "cores of a shard; 0: the site's default", 0,
              4096);
      n.field("shards", s.slurm.shards, "1", "tasks of the job array", 1, 100000);
    });
  });
}

/// A key of `sweep:` that holds text, a list or a map.
struct SweepTextKey {
  std::string path, sentence;
};
[[nodiscard]] const std::vector<SweepTextKey>& sweep_text_keys();

/// The forms an axis may have, with what they mean: for help, schemas and messages.
struct AxisForm {
  std::string form, sentence;
};
[[nodiscard]] const std::vector<AxisForm>& axis_forms();

}  // namespace mimosa
