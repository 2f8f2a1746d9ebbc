// SPDX-License-Identifier: Apache-2.0
#include "sim/study/study_page.hpp"

#include "sim/report/page.hpp"

namespace mimosa {

std::string study_html(const std::string& title, const IndexTable& table) {
  using Json = nlohmann::json;
  const Json study{{"axes", table.axes},      {"figures", table.figures}, {"columns", table.columns},
                   {"rows", table.rows},      {"points", table.points},   {"failed", table.failed},
                   {"grouped", table.grouped}};
  return page_html({.title = title,
                    .summary = {},
                    .data = Json{{"study", study}}.dump(-1, ' ', false, Json::error_handler_t::replace)});
}

}  // namespace mimosa
