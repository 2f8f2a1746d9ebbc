// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <iostream>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/cli/commands.hpp"
#include "sim/report/report.hpp"
#include "sim/study/study_page.hpp"
#include "sim/sweep/index.hpp"

namespace mimosa {
namespace {

/// The folder's last name, also of "runs/x/" and ".".
std::string name_of(const std::filesystem::path& folder) {
  const std::filesystem::path whole = std::filesystem::absolute(folder).lexically_normal();
  return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

std::string page_of(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder / "report.json"))
    return report_html(name_of(folder), read_file((folder / "report.json").string()),
                       read_file((folder / "effective.yaml").string()),
                       read_file((folder / "summary.txt").string()));
  if (!std::filesystem::exists(folder / "sweep.json") &&
      !std::filesystem::exists(index_path(folder.string())))
    throw UserError(folder.string() +
                    ": holds neither a run nor a sweep; name a folder that mimosa run or sweep made");
  std::cerr << index_notes(folder.string());
  const std::string config = (folder / "effective.yaml").string();
  return study_html(name_of(folder), read_index(present_index(folder.string()), most_page_rows),
                    std::filesystem::exists(config) ? read_file(config) : "");
}

}  // namespace

int report_command(const Arguments& arguments) {
  check_operands("report", arguments, 1, 1);
  const std::filesystem::path folder = arguments.positional[0];
  const std::string page = (folder / "report.html").string();
  write_file(page, page_of(folder));
  if (!arguments.quiet) std::cout << page << '\n';
  return 0;
}

}  // namespace mimosa
