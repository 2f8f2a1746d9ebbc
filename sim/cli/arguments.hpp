// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "sim/config/experiment_reader.hpp"

namespace mimosa {

/// What was typed after the command.
struct Arguments {
  std::vector<std::string> positional;
  std::vector<Setting> settings;  ///< --set and its short forms, in the order typed
  std::string outputs, out, dump_after, matrix, vectors, reads;
  std::string vcd, from, to;
  std::string half_width, kind;
  std::string x, y, series;
  std::vector<std::string> fail_if, reuse;
  bool timeline = false, map = false;
  bool diagnose = false, error_budget = false, verbose = false;
  bool json = false, quiet = false, help = false;
  std::map<std::string, std::string> others;  ///< options without a member, by name; a switch: ""
  [[nodiscard]] bool has(const std::string& name) const { return others.contains(name); }
};

/// One option of the command line. Without `value_name` it is a switch; with `key` it is short for --set
/// KEY=VALUE (a switch: KEY=true). What was typed goes to `member`, else to `others`.
struct Option {
  std::string name, value_name, sentence, key = "";
  std::variant<std::monostate, bool Arguments::*, std::string Arguments::*,
               std::vector<std::string> Arguments::*>
      member = {};
};
[[nodiscard]] const std::vector<Option>& all_options();

/// UserError for an option that is not among `allowed` (names of all_options), with the nearest one.
[[nodiscard]] Arguments parse_arguments(const std::string& command, const std::vector<std::string>& words,
                                        const std::vector<std::string>& allowed);

}  // namespace mimosa
