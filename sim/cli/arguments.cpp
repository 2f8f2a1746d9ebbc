// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/arguments.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "models/base/error.hpp"
#include "sim/config/names.hpp"

namespace po = boost::program_options;

namespace mimosa {
namespace {

const Option& option_named(const std::string& name) {
  const auto found = std::find_if(all_options().begin(), all_options().end(),
                                  [&](const Option& option) { return option.name == name; });
  return *found;
}

po::options_description description_of(const std::vector<std::string>& allowed) {
  po::options_description description;
  description.add_options()("help,h", "");
  for (const std::string& name : allowed) {
    const std::string names = name == "jobs" ? "jobs,j" : name;
    if (option_named(name).value_name.empty())
      description.add_options()(names.c_str(), "");
    else
      description.add_options()(names.c_str(), po::value<std::string>(), "");
  }
  return description;
}

void take(Arguments& out, const std::string& name, const std::string& value) {
  if (name == "help") {
    out.help = true;
    return;
  }
  const Option& option = option_named(name);
  if (name == "set") {
    out.settings.push_back(parse_setting(value));
  } else if (!option.key.empty()) {
    out.settings.push_back({option.key, option.value_name.empty() ? "true" : value, "--" + name});
  } else if (value.empty() && !option.value_name.empty()) {
    throw UserError(fmt::format("--{}: needs a value: {}", name, option.value_name));
  } else if (const auto* on = std::get_if<bool Arguments::*>(&option.member)) {
    out.*(*on) = true;
  } else if (const auto* text = std::get_if<std::string Arguments::*>(&option.member)) {
    out.*(*text) = value;
  } else if (const auto* list = std::get_if<std::vector<std::string> Arguments::*>(&option.member)) {
    (out.*(*list)).push_back(value);
  } else {
    out.others[name] = value;
  }
}

[[noreturn]] void unknown_option(const std::string& command, const std::string& name,
                                 const std::vector<std::string>& allowed) {
  std::vector<std::string> known;
  for (const std::string& option : allowed) known.push_back("--" + option);
  throw UserError(fmt::format("{}: no option {}{}", command, name, allowed_names(name, known)));
}

}  // namespace

const std::vector<Option>& all_options() {
  static const std::vector<Option> options = {
      {"set", "KEY=VALUE", "change a key of the experiment; may be repeated, the last one wins"},
      {"seed", "N", "short for --set seed=N", "seed"},
      {"chips", "N", "short for --set chips=N", "chips"},
      {"inputs", "N", "short for --set inputs=N", "inputs"},
      {"engine", "NAME", "short for --set engine=NAME: both, functional, timed, timing", "engine"},
      {"threads", "N", "short for --set threads=N", "threads"},
      {"batch", "N", "short for --set batch=N", "batch"},
      {"chip", "NAME|FILE", "short for --set chip=NAME; default: hermes", "chip"},
      {"device", "NAME|FILE", "short for --set device=NAME; default: ideal", "device"},
      {"time", "SECONDS", "short for --set device.time_s=SECONDS, from programming to the reads",
       "device.time_s"},
      {"matrix", "W.npy", "the matrix, float64 or float32 [outputs, inputs], C order", "",
       &Arguments::matrix},
      {"vectors", "X.npy", "what it is multiplied with, float64 or float32 [inputs, vectors]", "",
       &Arguments::vectors},
      {"split", "", "short for --set mvm.split=true: over arrays of the chip's shape", "mvm.split"},
      {"reads", "N", "read the same cells N times: results are [reads, outputs, vectors]", "",
       &Arguments::reads},
      {"out", "PATH",
       "folder of the results; default: runs/<experiment>; of mvm, plot, schema and compile --map: file", "",
       &Arguments::out},
      {"outputs", "FILE.npy", "also write every output, float32 [chips, inputs, classes]", "",
       &Arguments::outputs},
      {"vcd", "GLOB[,GLOB]",
       "also write a waveform of the signals or modules the glob matches, e.g. 'chip.tile_0.*'", "",
       &Arguments::vcd},
      {"timeline", "", "also write a timeline of the chip, for Perfetto", "", &Arguments::timeline},
      {"from", "CYCLE", "first cycle of --vcd and --timeline; default: 0", "", &Arguments::from},
      {"to", "CYCLE", "last cycle of --vcd and --timeline; default: the end of the run", "", &Arguments::to},
      {"verbose", "", "also print which effect reached which layer, and how", "", &Arguments::verbose},
      {"diagnose", "", "also say per layer what disturbs it, on 64 held-out training images", "",
       &Arguments::diagnose},
      {"error-budget", "", "also say which effect in which layer costs how much accuracy (many runs)", "",
       &Arguments::error_budget},
      {"half-width", "POINTS", "of the budget's 95 % intervals, for the number of chips; default: 0.5", "",
       &Arguments::half_width},
      {"x", "AXIS|FIGURE", "what the plot runs along, e.g. device.read_noise or energy_j", "", &Arguments::x},
      {"y", "FIGURE", "the figure it shows, e.g. accuracy or energy_j", "", &Arguments::y},
      {"series", "AXIS", "the axis that tells curves apart, e.g. network; default: one curve", "",
       &Arguments::series},
      {"jobs", "N", "processes that run points, one each (-j); default: as many as there are cores"},
      {"dry-run", "", "list the points, or with --launcher print the batch script, and run nothing"},
      {"yes", "", "run more than 10,000 points"},
      {"force", "", "run points again that are done"},
      {"retry-failed", "", "run points again that failed"},
      {"reuse", "DIR",
       "take points that the sweep in DIR has finished instead of running them; may be repeated", "",
       &Arguments::reuse},
      {"shard", "I/N",
       "every N-th point from number I (0 … N-1) on; default: what a scheduler's variables say"},
      {"launcher", "NAME", "local (default), or slurm: submit a job array of shards"},
      {"shards", "N", "short for --set sweep.slurm.shards=N", "sweep.slurm.shards"},
      {"cpus-per-task", "N", "short for --set sweep.slurm.cpus_per_task=N", "sweep.slurm.cpus_per_task"},
      {"partition", "NAME", "short for --set sweep.slurm.partition=NAME", "sweep.slurm.partition"},
      {"account", "NAME", "short for --set sweep.slurm.account=NAME", "sweep.slurm.account"},
      {"time-limit", "TIME", "short for --set sweep.slurm.time=TIME, of a shard", "sweep.slurm.time"},
      {"csv", "", "as comma-separated values"},
      {"jsonl", "", "as a JSON object a line"},
      {"map", "",
       "print where the layers sit, and draw it as SVG; default of --out: runs/<experiment>_map.svg", "",
       &Arguments::map},
      {"dump-after", "STAGE",
       "partition, replicate, place, schedule or emit (default), which gives the program", "",
       &Arguments::dump_after},
      {"fail-if", "CONDITION", "FIGURE drops|rises|changes AMOUNT [points|%]; may be repeated", "",
       &Arguments::fail_if},
      {"kind", "KIND", "what the files are: experiment, chip, device, network; default: what their keys say",
       "", &Arguments::kind},
      {"json", "", "print the report as JSON", "", &Arguments::json},
      {"quiet", "", "print nothing but errors, and what --json asks for", "", &Arguments::quiet}};
  return options;
}

Arguments parse_arguments(const std::string& command, const std::vector<std::string>& words,
                          const std::vector<std::string>& allowed) {
  namespace style = po::command_line_style;
  Arguments out;
  try {
    const auto parsed = po::command_line_parser(words)
                            .options(description_of(allowed))
                            .style(style::unix_style & ~style::allow_guessing)
                            .run();
    for (const po::option& option : parsed.options) {
      if (option.position_key >= 0)
        out.positional.insert(out.positional.end(), option.value.begin(), option.value.end());
      else
        take(out, option.string_key, option.value.empty() ? "" : option.value.front());
    }
  } catch (const po::unknown_option& e) {
    unknown_option(command, e.get_option_name(), allowed);
  } catch (const po::error& e) {
    throw UserError(fmt::format("{}: {}; see mimosa {} --help", command, e.what(), command));
  }
  return out;
}

}  // namespace mimosa
