// SPDX-License-Identifier: Apache-2.0
#include "sim/study/study_page.hpp"

#include "sim/report/page.hpp"

namespace mimosa {

std::string study_html(const std::string& title, const IndexTable& table) {
  using Json = nlohmann::json;
  // Objectives as a list, which keeps their order.
  Json objectives = Json::array();
  for (const auto& [figure, direction] : table.objectives.items())
    objectives.push_back({{"figure", figure}, {"max", direction == "max"}});
  const Json study{{"axes", table.axes},       {"figures", table.figures}, {"columns", table.columns},
                   {"rows", table.rows},       {"points", table.points},   {"failed", table.failed},
                   {"grouped", table.grouped}, {"objectives", objectives}};
  return page_html({.title = title,
                    .summary = {},
                    .data = Json{{"study", study}}.dump(-1, ' ', false, Json::error_handler_t::replace)});
}

}  // namespace mimosa
