// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>

#include "sim/cli/commands.hpp"
#include "sim/cli/progress.hpp"
#include "sim/validate/validate.hpp"

namespace mimosa {

int validate_command(const Arguments& arguments) {
  Progress progress(arguments.quiet);
  const Checks checks = validate(arguments.positional,
                                 [&](const std::string& what, double share) { progress.show(what, share); });
  progress.clear();
  std::cout << (arguments.json ? checks_json(checks) : checks_text(checks));
  const bool off = std::any_of(checks.begin(), checks.end(), [](const Check& c) { return c.failed(); });
  return off ? 1 : 0;
}

}  // namespace mimosa
