// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "models/base/error.hpp"
#include "sim/cli/commands.hpp"
#include "sim/study/index_reader.hpp"
#include "sim/sweep/export.hpp"
#include "sim/sweep/store.hpp"

namespace mimosa {

int export_command(const Arguments& arguments) {
  check_operands("export", arguments, 1, 1);
  if (arguments.has("csv") == arguments.has("jsonl"))
    throw UserError("export: say --csv or --jsonl, one of them");
  const std::string& folder = arguments.positional[0];
  check_store(folder);
  std::cerr << index_notes(folder);
  export_points(folder, arguments.has("csv") ? ExportForm::Csv : ExportForm::Jsonl, std::cout);
  return 0;
}

}  // namespace mimosa
