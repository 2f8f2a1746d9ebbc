// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <limits>

#include "models/base/error.hpp"
#include "sim/cli/commands.hpp"
#include "sim/study/gnuplot.hpp"
#include "sim/sweep/index.hpp"

namespace mimosa {

int plot_command(const Arguments& arguments) {
  check_operands("plot", arguments, 1, 1);
  const std::string index = present_index(arguments.positional[0]);
  for (const auto& [value, option] :
       {std::pair(&arguments.x, "--x"), std::pair(&arguments.y, "--y"), std::pair(&arguments.out, "--out")})
    if (value->empty())
      throw UserError(std::string("plot: ") + option + " is missing; see mimosa plot --help");
  std::cerr << index_notes(arguments.positional[0]);
  const IndexTable table = read_index(index, std::numeric_limits<std::int64_t>::max());
  draw(curves_of(table, arguments.x, arguments.y, arguments.series), arguments.out);
  if (!arguments.quiet) std::cout << arguments.out << '\n';
  return 0;
}

}  // namespace mimosa
