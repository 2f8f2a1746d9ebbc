// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fmt/format.h>
#include <iostream>
#include <limits>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/completion.hpp"
#include "sim/config/check.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/schema.hpp"
#include "sim/config/starter.hpp"
#include "sim/report/markup.hpp"
#include "sim/sweep/check_sweep.hpp"

namespace mimosa {
namespace {

/// A path, also of an experiment that is given by its name, as `mimosa run` takes it.
std::string file_of(const std::string& given) {
  if (is_config_path(given) || std::filesystem::exists(given)) return given;
  return find_config("experiment", given, config_roots(""));
}

/// The mistakes of a file, its kind's included.
Findings findings_of(const std::string& path, const std::string& kind) {
  Findings findings;
  attempt(&findings, path, [&] {
    const ConfigKind meant = kind.empty() ? kind_of_file(path) : config_kind(kind);
    findings = check_config(path, meant);
    if (findings.empty() && meant == ConfigKind::Experiment) findings = check_sweep(path);
  });
  return findings;
}

}  // namespace

int check_command(const Arguments& arguments) {
  check_operands("check", arguments, 1, std::numeric_limits<std::size_t>::max());
  if (!arguments.kind.empty()) (void)config_kind(arguments.kind);
  std::size_t mistakes = 0;
  for (const std::string& given : arguments.positional) {
    const std::string path = file_of(given);
    const Findings findings = findings_of(path, arguments.kind);
    mistakes += findings.size();
    for (const ConfigError& finding : findings)
      for (const std::string& line : lines_of(finding)) std::cout << printable(line) << '\n';
    if (findings.empty() && !arguments.quiet) std::cout << printable(path) << ": no mistake\n";
  }
  return mistakes == 0 ? 0 : 2;
}

int init_command(const Arguments& arguments) {
  check_operands("init", arguments, 0, 1);
  const std::string path = arguments.positional.empty() ? "experiment.yaml" : arguments.positional[0];
  if (std::filesystem::exists(path))
    throw UserError(path + ": is there already; allowed: a name that is free");
  write_file(path, starting_experiment());
  std::cout << fmt::format("wrote {}; next: mimosa run {}\n", path, path);
  return 0;
}

int completion_command(const Arguments& arguments) {
  check_operands("completion", arguments, 1, 1);
  std::cout << completion_script(arguments.positional[0]);
  return 0;
}

int man_command(const Arguments& arguments) {
  check_operands("man", arguments, 0, 0);
  std::cout << manual_page();
  return 0;
}

int schema_command(const Arguments& arguments) {
  check_operands("schema", arguments, 1, 1);
  const std::string schema = config_schema(config_kind(arguments.positional[0]));
  if (arguments.out.empty())
    std::cout << schema;
  else
    write_file(arguments.out, schema);
  return 0;
}

}  // namespace mimosa
