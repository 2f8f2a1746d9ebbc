// SPDX-License-Identifier: Apache-2.0
#include <sstream>

#include "models/base/error.hpp"
#include "sim/report/compare_reports.hpp"
#include "sim/report/json_parts.hpp"
#include "sim/report/page.hpp"
#include "sim/report/report.hpp"

namespace mimosa {
namespace {

std::string without_path(const std::string& summary) {
  std::istringstream lines(summary);
  std::string kept, line;
  while (std::getline(lines, line))
    if (!line.starts_with("report  ")) kept += line + '\n';
  return kept;
}

}  // namespace

std::string report_html(const std::string& title, const std::string& report_json,
                        const std::string& effective_yaml, const std::string& summary) {
  const Json report = Json::parse(report_json, nullptr, false);
  if (!runs_of(report)) throw UserError(title + ": its report.json is no report of a run; run it again");
  const Json data{{"report", report}, {"config", effective_yaml}};
  return page_html({.title = title,
                    .summary = without_path(summary),
                    .data = data.dump(-1, ' ', false, Json::error_handler_t::replace)});
}

}  // namespace mimosa
