// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "sim/cli/arguments.hpp"

namespace mimosa {

/// One subcommand. `run` returns the exit status and throws UserError.
struct Command {
  std::string name, operands, sentence;
  std::vector<std::string> options;
  std::vector<std::string> examples;
  int (*run)(const Arguments&);
  std::string (*more_help)() = nullptr;  ///< stands below the options
  bool forks = false;  ///< has no thread, so none that waits for interrupts: polls them itself
};
[[nodiscard]] const std::vector<Command>& commands();

/// Runs what was typed after the program's name; the exit status.
int run_command_line(const std::vector<std::string>& words);

int run_command(const Arguments& arguments);
int sweep_command(const Arguments& arguments);
int export_command(const Arguments& arguments);
std::string sweep_help();
int report_command(const Arguments& arguments);
int plot_command(const Arguments& arguments);
int mvm_command(const Arguments& arguments);
int compile_command(const Arguments& arguments);
int compare_command(const Arguments& arguments);
int check_command(const Arguments& arguments);
int schema_command(const Arguments& arguments);
int init_command(const Arguments& arguments);
int completion_command(const Arguments& arguments);
int man_command(const Arguments& arguments);
int explain_command(const Arguments& arguments);
int list_command(const Arguments& arguments);
int validate_command(const Arguments& arguments);

/// UserError unless there are `least` to `most` operands.
void check_operands(const std::string& command, const Arguments& arguments, std::size_t least,
                    std::size_t most);

}  // namespace mimosa
