// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fmt/format.h>
#include <sstream>

#include "sim/cli/commands.hpp"
#include "sim/cli/completion.hpp"
#include "sim/run/version.hpp"

namespace mimosa {
namespace {

/// Text as roff writes it: no letter of it is a command, hyphens are those of options.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  const bool command = !out.empty() && (out[0] == '.' || out[0] == '\'');
  return command ? "\\&" + out : out;
}

/// As it stands, a line each.
std::string literal(const std::string& text) {
  std::string out = ".nf\n";
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) out += (line.empty() ? "\\&" : roff(line)) + '\n';
  return out + ".fi\n";
}

std::string command_text(const Command& command) {
  std::string text = fmt::format(".SS mimosa {} {}\n{}.\n", roff(command.name), roff(command.operands),
                                 roff(command.sentence));
  for (const Option& option : all_options()) {
    if (std::find(command.options.begin(), command.options.end(), option.name) == command.options.end())
      continue;
    const std::string value = option.value_name.empty() ? "" : " \\fI" + roff(option.value_name) + "\\fR";
    text += fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", roff("--" + option.name), value, roff(option.sentence));
  }
  if (command.more_help != nullptr) text += ".PP\n" + literal(command.more_help());
  std::string examples;
  for (const std::string& example : command.examples) examples += "mimosa " + example + '\n';
  return text + ".PP\nExamples:\n.PP\n" + literal(examples);
}

}  // namespace

std::string manual_page() {
  std::string text =
      fmt::format(".TH MIMOSA 1 \"\" \"mimosa {}\" \"User Commands\"\n", roff(program_version()));
  text +=
      ".SH NAME\nmimosa \\- cycles, energy and accuracy of superposed networks on analog in\\-memory chips\n"
      ".SH SYNOPSIS\n\\fBmimosa\\fR \\fICOMMAND\\fR [\\fIOPERAND\\fR ...] [\\fIOPTION\\fR ...]\n"
      ".SH COMMANDS\n";
  for (const Command& command : commands()) text += command_text(command);
  return text +
         ".SH EXIT STATUS\n"
         ".TP\n0\nDone.\n.TP\n1\nIt failed, or a figure that was looked at is off.\n"
         ".TP\n2\nSomething the user can mend: an option, a config, a file.\n"
         ".TP\n130, 143\nInterrupted by SIGINT or SIGTERM.\n"
         ".SH ENVIRONMENT\n.TP\nMIMOSA_CONFIG_DIR\nFolder whose chip, device, network and experiment folders "
         "are "
         "looked in first for names.\n"
         ".SH FILES\nConfigs are YAML; \\fBmimosa explain\\fR lists their keys, \\fBmimosa schema\\fR gives "
         "them to "
         "editors.\nResults go to \\fIruns/EXPERIMENT\\fR.\n";
}

}  // namespace mimosa
