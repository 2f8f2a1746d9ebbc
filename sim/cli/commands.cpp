// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/commands.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>

#include "models/base/error.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/config/mvm_config.hpp"
#include "sim/config/names.hpp"
#include "sim/run/version.hpp"

namespace mimosa {
namespace {

const std::vector<std::string> experiment_options = {"set",    "seed",    "chips", "inputs",
                                                     "engine", "threads", "batch"};

std::vector<std::string> with(std::vector<std::string> options, const std::vector<std::string>& more) {
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

/// What the script of that name does before it comes to this program.
constexpr std::pair<const char*, const char*> launcher_commands[] = {
    {"build", "Install what is missing and build the program"},
    {"test", "Build and run the tests; with --all those that need heavy programs too"},
    {"bench", "Build and run the benchmarks"}};

std::string overview() {
  std::string text =
      "mimosa: cycles, energy and accuracy of superposed networks on analog in-memory chips\n\nCommands:\n";
  for (const Command& command : commands())
    text += fmt::format("  {:<10} {}\n", command.name, command.sentence);
  text += "\nOf the launcher ./mimosa alone, in a clone of the project:\n";
  for (const auto& [name, sentence] : launcher_commands) text += fmt::format("  {:<10} {}\n", name, sentence);
  text += "\nExamples:\n";
  for (const Command& command : commands()) text += "  mimosa " + command.examples.front() + '\n';
  return text + "\nmimosa COMMAND --help tells more; mimosa --version tells the version.\n";
}

std::string help_of(const Command& command) {
  std::string text = fmt::format("mimosa {} {}\n\n{}.\n", command.name, command.operands, command.sentence);
  if (!command.options.empty()) text += "\nOptions:\n";
  for (const Option& option : all_options()) {
    if (std::find(command.options.begin(), command.options.end(), option.name) == command.options.end())
      continue;
    text += fmt::format("  {:<22} {}\n", "--" + option.name + ' ' + option.value_name, option.sentence);
  }
  if (command.more_help != nullptr) text += '\n' + command.more_help();
  text += "\nExamples:\n";
  for (const std::string& example : command.examples) text += "  mimosa " + example + '\n';
  return text;
}

std::string plot_help() {
  return "AXIS=VALUES leaves the points that have one of these values: network=a,b.\n"
         "Against an axis a mark is the mean over the other axes; its band is the 95 % interval of a lone\n"
         "point, else the smallest and the largest value. Against a figure a curve has the points that no\n"
         "other of its own beats: more accuracy or inputs_per_s, less of the rest, or as sweep.objectives\n"
         "says.\n";
}

std::string mvm_help() {
  return "Keys of --set: all of chip. and device. (mimosa explain), and\n" + mvm_keys_text() +
         "Whole parts (--chip, --device) come first, then the keys in the order typed.\n";
}

std::string traces_help() {
  return "--vcd: names are like chip.tile_3.array_0.state; a module stands for all below it; * stands "
         "for any\n"
         "letters, dots too. Of a task: state pass iteration busy (adc_busy) energy_pj; of a channel, below "
         "the task\n"
         "that receives: depth valid ready; also chip.energy_pj, chip.passes, vector_unit.busy of a tile, "
         "and\n"
         "chip.mesh.tile_N.east_busy. trace.vcd, trace.gtkw and trace.states go to the results' folder.\n"
         "--timeline: timeline.json goes there, for ui.perfetto.dev; a cycle is shown as 1 ns. More: "
         "docs/waveforms.md\n";
}

const Command& command_named(const std::string& name) {
  std::vector<std::string> known;
  for (const Command& command : commands()) {
    if (command.name == name) return command;
    known.push_back(command.name);
  }
  throw UserError(fmt::format("no command \"{}\"{}", name, allowed_names(name, known)));
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> all = {
      {"run",
       "EXPERIMENT",
       "Run an experiment: accuracy, cycles and energy of its networks on its chip",
       with(experiment_options, {"diagnose", "error-budget", "half-width", "out", "outputs", "vcd",
                                 "timeline", "from", "to", "json", "verbose", "quiet"}),
       {"run configs/experiment/quickstart.yaml",
        "run configs/experiment/quickstart.yaml --set chip=ideal --set device.read_noise=0",
        "run configs/experiment/quickstart.yaml --engine timing --vcd 'chip.tile_1.*'",
        "run configs/experiment/quickstart.yaml --engine timing --timeline --from 20000 --to 40000",
        "run configs/experiment/quickstart.yaml --inputs 1000 --json",
        "run configs/experiment/quickstart.yaml --diagnose --error-budget --inputs 1000"},
       run_command,
       traces_help},
      {"sweep",
       "EXPERIMENT [KEY=V1,V2 …] | status DIR | collect DIR | cancel DIR",
       "Run an experiment at every point of its axes, and go on where it stopped",
       with(experiment_options,
            {"jobs", "dry-run", "yes", "force", "retry-failed", "reuse", "shard", "launcher", "shards",
             "cpus-per-task", "partition", "account", "time-limit", "out", "json", "quiet"}),
       {"sweep configs/experiment/accuracy_vs_noise.yaml",
        "sweep configs/experiment/quickstart.yaml chip.adc.bits=4,6,8 --inputs 1000 --out runs/bits",
        "sweep configs/experiment/quickstart.yaml 'device.time_s=log(1,3e7,8)' --out runs/drift --dry-run",
        "sweep configs/experiment/accuracy_vs_noise.yaml --launcher slurm --shards 8 --cpus-per-task 4 "
        "--dry-run",
        "sweep configs/experiment/quickstart.yaml chip.adc.bits=4,5,6 --out runs/more_bits --reuse "
        "runs/bits",
        "sweep status runs/accuracy_vs_noise"},
       sweep_command,
       sweep_help,
       true},
      {"report",
       "FOLDER",
       "Write report.html anew from a folder of results: one page with charts that needs no network",
       {"quiet"},
       {"report runs/quickstart"},
       report_command},
      {"plot",
       "FOLDER [AXIS=VALUES …]",
       "Draw a figure of a sweep against an axis or another figure, for a paper: SVG or PDF, through gnuplot",
       {"x", "y", "series", "out", "quiet"},
       {"plot runs/accuracy_vs_noise --x device.programming_noise --y accuracy --series network --out "
        "noise.svg",
        "plot runs/design_space chip.adc.bits=6,8 --x energy_j --y accuracy --series network --out "
        "front.pdf"},
       plot_command,
       plot_help},
      {"export",
       "DIR",
       "Print the results of a sweep as a table",
       {"csv", "jsonl"},
       {"export runs/accuracy_vs_noise --csv"},
       export_command},
      {"mvm",
       "--matrix W.npy --vectors X.npy --out Y.npy",
       "Put a matrix of your own through one analog array, no network needed",
       {"chip", "device", "matrix", "vectors", "out", "time", "split", "reads", "set", "seed", "json",
        "quiet"},
       {"mvm --device pcm-joshi --matrix W.npy --vectors X.npy --out Y.npy",
        "mvm --chip ideal --device pcm-joshi --time 3600 --reads 100 --matrix W.npy --vectors X.npy --out "
        "Y.npy",
        "mvm --matrix W.npy --vectors X.npy --out Y.npy --set chip.adc.range=fixed --set "
        "chip.adc.fixed_range=4"},
       mvm_command,
       mvm_help},
      {"compile",
       "EXPERIMENT",
       "Show what the compiler made of the networks",
       {"set", "dump-after", "map", "out"},
       {"compile configs/experiment/quickstart.yaml --dump-after place",
        "compile configs/experiment/quickstart.yaml --map"},
       compile_command},
      {"compare",
       "BEFORE AFTER",
       "Tell what differs between two runs or two sweeps: keys, figures, significance; status 1 where a "
       "--fail-if "
       "holds",
       {"fail-if", "quiet"},
       {"compare runs/quickstart runs/mine",
        "compare runs/a runs/b --fail-if 'accuracy.analog.mean drops 0.5 points' --fail-if "
        "'energy.per_input_j rises 2 %'"},
       compare_command},
      {"init",
       "[FILE]",
       "Write a first experiment with every key explained; default: experiment.yaml",
       {},
       {"init my_experiment.yaml"},
       init_command},
      {"check",
       "FILE…",
       "Tell every mistake in config files: experiments, chips, devices, networks; status 2 where there is "
       "one",
       {"kind", "quiet"},
       {"check configs/experiment/quickstart.yaml", "check configs/chip/*.yaml configs/device/*.yaml"},
       check_command},
      {"schema",
       "experiment|chip|device|network",
       "Print the JSON Schema of a kind of config file, with which editors complete and check",
       {"out"},
       {"schema experiment --out experiment.schema.json"},
       schema_command},
      {"explain",
       "[KEY [EXPERIMENT]]",
       "Tell what a key means, what it may be, and where its value comes from",
       {"set"},
       {"explain chip.adc.bits", "explain chip.adc.bits configs/experiment/quickstart.yaml", "explain"},
       explain_command},
      {"validate",
       "[isaac|puma|hermes|neurram|models|pcm …]",
       "Recompute published figures from the same chips and costs that runs use; status 1 where one is off",
       {"json", "quiet"},
       {"validate", "validate isaac puma"},
       validate_command},
      {"list",
       "[chips|devices|networks|experiments]",
       "List what there is by name",
       {},
       {"list", "list chips"},
       list_command},
      {"completion",
       "bash|zsh",
       "Print a script that makes the shell complete commands, options, keys and names",
       {},
       {"completion bash > ~/.mimosa_completion"},
       completion_command},
      {"man", "", "Print the manual page", {}, {"man | man -l -"}, man_command}};
  return all;
}

void check_operands(const std::string& command, const Arguments& arguments, std::size_t least,
                    std::size_t most) {
  const std::size_t given = arguments.positional.size();
  if (given >= least && given <= most) return;
  const std::string what =
      given < least ? "something is missing" : fmt::format("\"{}\" is too much", arguments.positional[most]);
  throw UserError(
      fmt::format("{}: {}; usage: mimosa {} {}", command, what, command, command_named(command).operands));
}

int run_command_line(const std::vector<std::string>& words) {
  const std::string first = words.empty() ? "help" : words[0];
  if (first == "--version") {
    std::cout << fmt::format("mimosa {} (results version {})\n", program_version(), results_version);
    return 0;
  }
  if (first == "help" || first == "--help" || first == "-h") {
    std::cout << (words.size() > 1 ? help_of(command_named(words[1])) : overview());
    return 0;
  }
  const Command& command = command_named(first);
  const Arguments arguments = parse_arguments(first, {words.begin() + 1, words.end()}, command.options);
  if (arguments.help) {
    std::cout << help_of(command);
    return 0;
  }
  if (!command.forks) watch_interrupts();
  return command.run(arguments);
}

}  // namespace mimosa
