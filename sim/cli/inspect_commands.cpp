// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <iostream>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/cli/commands.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/explain.hpp"
#include "sim/config/names.hpp"
#include "sim/report/floor_plan_views.hpp"
#include "sim/run/run.hpp"

namespace mimosa {
namespace {

/// `given`, if it is one of `known`; otherwise a UserError with the nearest.
const std::string& one_of(const std::string& place, const std::string& given,
                          const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), given) != known.end()) return given;
  throw UserError(fmt::format("{}: \"{}\" is unknown{}", place, given, allowed_names(given, known)));
}

/// Draws the floor plans into a file, and prints them.
void show_map(const Experiment& experiment, const std::string& out) {
  const std::filesystem::path path = out.empty() ? "runs/" + experiment.name + "_map.svg" : out;
  if (std::filesystem::is_directory(path)) throw UserError("--out: " + path.string() + ": is a folder");
  const std::vector<FloorPlan> plans = floor_plans(experiment);
  std::error_code ignored;  // write_file tells what is wrong
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
  write_file(path.string(), floor_plan_svg(plans));
  for (const FloorPlan& plan : plans) std::cout << floor_plan_text(plan) << '\n';
  std::cout << "map        " << path.string() << '\n';
}

}  // namespace

int compile_command(const Arguments& arguments) {
  check_operands("compile", arguments, 1, 1);
  if (arguments.map && !arguments.dump_after.empty())
    throw UserError("--map: prints instead of --dump-after; use one of them");
  if (!arguments.map && !arguments.out.empty()) throw UserError("--out: has no effect without --map");
  const std::string stage = arguments.dump_after.empty() ? "emit" : arguments.dump_after;
  one_of("--dump-after", stage, {"partition", "replicate", "place", "schedule", "emit", "program"});
  const Experiment experiment = load_experiment(arguments.positional[0], arguments.settings).experiment;
  if (arguments.map)
    show_map(experiment, arguments.out);
  else
    std::cout << compile_text(experiment, stage);
  return 0;
}

int explain_command(const Arguments& arguments) {
  check_operands("explain", arguments, 0, 2);
  if (arguments.positional.size() < 2 && !arguments.settings.empty())
    throw UserError(
        "explain: --set needs an experiment; usage: mimosa explain KEY EXPERIMENT --set KEY=VALUE");
  if (arguments.positional.empty()) {
    std::cout << list_keys();
  } else if (arguments.positional.size() == 1) {
    std::cout << explain(arguments.positional[0], nullptr);
  } else {
    const ExperimentFile file = load_experiment(arguments.positional[1], arguments.settings);
    std::cout << explain(arguments.positional[0], &file);
  }
  return 0;
}

int list_command(const Arguments& arguments) {
  check_operands("list", arguments, 0, 1);
  std::vector<std::string> kinds = {"chips", "devices", "networks", "experiments"};
  if (!arguments.positional.empty()) kinds = {one_of("list", arguments.positional[0], kinds)};
  for (const std::string& kind : kinds) {
    if (kinds.size() > 1) std::cout << kind << '\n';
    const std::vector<ConfigListing> files = list_configs(kind.substr(0, kind.size() - 1), config_roots(""));
    std::size_t widest = 0;
    for (const ConfigListing& file : files) widest = std::max(widest, file.name.size());
    for (const ConfigListing& file : files)
      std::cout << fmt::format("{}{:<{}}  {}\n", kinds.size() > 1 ? "  " : "", file.name, widest,
                               file.description);
  }
  return 0;
}

}  // namespace mimosa
