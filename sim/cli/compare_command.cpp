// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <iostream>

#include "models/base/error.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/sweep_text.hpp"
#include "sim/report/compare.hpp"
#include "sim/report/markup.hpp"
#include "sim/study/compare_sweeps.hpp"
#include "sim/study/index_reader.hpp"
#include "sim/sweep/index.hpp"

namespace mimosa {
namespace {

bool is_sweep(const std::string& folder) {
  return std::filesystem::exists(std::filesystem::path(folder) / "sweep.json");
}

/// Prints what differs and what `broken` says of each gate; the exit status.
template <class Compare, class Broken>
int tell(const Arguments& arguments, const Compare& compare, const Broken& broken_by) {
  std::vector<Gate> gates;
  for (const std::string& text : arguments.fail_if) gates.push_back(parse_gate(text));
  const auto comparison = compare(arguments.positional[0], arguments.positional[1]);
  std::vector<std::string> failures;
  for (const Gate& gate : gates)
    for (std::string& sentence : broken_by(gate, comparison)) failures.push_back(std::move(sentence));
  if constexpr (requires { comparison.damages; }) std::cerr << damage_text(comparison.damages, 0);
  if (!arguments.quiet) std::cout << comparison_text(comparison);
  for (const std::string& failure : failures) std::cout << "fails      " << printable(failure) << '\n';
  return failures.empty() ? 0 : 1;
}

}  // namespace

int compare_command(const Arguments& arguments) {
  check_operands("compare", arguments, 2, 2);
  const std::string &before = arguments.positional[0], &after = arguments.positional[1];
  if (is_sweep(before) != is_sweep(after))
    throw UserError((is_sweep(before) ? before : after) + ": is a sweep and the other is a run");
  if (is_sweep(before)) {
    for (const std::string& folder : {before, after})
      if (std::filesystem::exists(index_path(folder))) std::cerr << index_notes(folder);
    return tell(arguments, compare_sweeps,
                [](const Gate& gate, const SweepComparison& comparison) { return broken(gate, comparison); });
  }
  return tell(arguments, compare_runs, [&](const Gate& gate, const Comparison& comparison) {
    return broken(gate, comparison, figure_paths(before));
  });
}

}  // namespace mimosa
