// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/sweep_jobs.hpp"

#include <fmt/format.h>
#include <iostream>

#include "models/base/error.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/sweep_text.hpp"
#include "sim/sweep/index.hpp"
#include "sim/sweep/store.hpp"

namespace mimosa {
namespace {

int status(const std::string& folder) {
  const StoreContents contents = read_store(folder, {});
  std::cerr << damage_text(contents);
  std::size_t failed = 0;
  for (const auto& [address, point] : contents.points) failed += point.ok ? 0 : 1;
  std::cout << fmt::format("points     {} done, {} failed\n", contents.finished, failed);
  return 0;
}

int collect(const std::string& folder) {
  std::cerr << damage_text(read_store(folder, {}));
  const std::size_t points = build_index(folder);
  std::cout << fmt::format("points     {} in {}\n", points, index_path(folder));
  return 0;
}

}  // namespace

bool is_sweep_verb(const std::string& word) {
  return word == "status" || word == "collect";
}

int sweep_verb(const Arguments& arguments) {
  check_operands("sweep", arguments, 2, 2);
  const std::string& folder = arguments.positional[1];
  check_store(folder);
  return arguments.positional[0] == "status" ? status(folder) : collect(folder);
}

}  // namespace mimosa
