// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "sim/cli/commands.hpp"
#include "sim/report/compare.hpp"
#include "sim/report/markup.hpp"

namespace mimosa {

int compare_command(const Arguments& arguments) {
  check_operands("compare", arguments, 2, 2);
  std::vector<Gate> gates;
  for (const std::string& text : arguments.fail_if) gates.push_back(parse_gate(text));
  const Comparison comparison = compare_runs(arguments.positional[0], arguments.positional[1]);
  const std::vector<std::string> known = figure_paths(arguments.positional[0]);
  std::vector<std::string> failures;
  for (const Gate& gate : gates)
    for (std::string& sentence : broken(gate, comparison, known)) failures.push_back(std::move(sentence));
  if (!arguments.quiet) std::cout << comparison_text(comparison);
  for (const std::string& failure : failures) std::cout << "fails      " << printable(failure) << '\n';
  return failures.empty() ? 0 : 1;
}

}  // namespace mimosa
