// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <iostream>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/cli/commands.hpp"
#include "sim/report/report.hpp"

namespace mimosa {
namespace {

/// The folder's last name, also of "runs/x/" and ".".
std::string name_of(const std::filesystem::path& folder) {
  const std::filesystem::path whole = std::filesystem::absolute(folder).lexically_normal();
  return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

}  // namespace

int report_command(const Arguments& arguments) {
  check_operands("report", arguments, 1, 1);
  const std::filesystem::path folder = arguments.positional[0];
  if (!std::filesystem::exists(folder / "report.json"))
    throw UserError(folder.string() + ": holds no report.json; name a folder that mimosa run made");
  const std::string page = (folder / "report.html").string();
  write_file(page, report_html(name_of(folder), read_file((folder / "report.json").string()),
                               read_file((folder / "effective.yaml").string()),
                               read_file((folder / "summary.txt").string())));
  if (!arguments.quiet) std::cout << page << '\n';
  return 0;
}

}  // namespace mimosa
