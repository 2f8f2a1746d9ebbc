// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <iostream>
#include <limits>
#include <set>

#include "models/base/error.hpp"
#include "sim/cli/commands.hpp"
#include "sim/study/gnuplot.hpp"
#include "sim/sweep/index.hpp"

namespace mimosa {

int plot_command(const Arguments& arguments) {
  check_operands("plot", arguments, 1, std::numeric_limits<std::size_t>::max());
  const std::string index = present_index(arguments.positional[0]);
  for (const auto& [value, option] :
       {std::pair(&arguments.x, "--x"), std::pair(&arguments.y, "--y"), std::pair(&arguments.out, "--out")})
    if (value->empty())
      throw UserError(std::string("plot: ") + option + " is missing; see mimosa plot --help");
  std::cerr << index_notes(arguments.positional[0]);
  IndexTable table = read_index(index, std::numeric_limits<std::int64_t>::max());
  std::set<std::string> axes;
  for (std::size_t i = 1; i < arguments.positional.size(); ++i) {
    const std::string& chosen = arguments.positional[i];
    const std::size_t sign = chosen.find('=');
    if (sign == std::string::npos)
      throw UserError(
          fmt::format("plot: {}: neither an option nor AXIS=VALUES, of the points to draw", chosen));
    const std::string axis = chosen.substr(0, sign);
    if (!axes.insert(axis).second) throw UserError("plot: " + axis + " is chosen twice; say AXIS=A,B");
    choose_rows(table, axis, chosen.substr(sign + 1));
  }
  draw(curves_of(table, arguments.x, arguments.y, arguments.series), arguments.out);
  if (!arguments.quiet) std::cout << arguments.out << '\n';
  return 0;
}

}  // namespace mimosa
