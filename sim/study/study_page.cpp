// SPDX-License-Identifier: Apache-2.0
#include "sim/study/study_page.hpp"

#include "sim/config/experiment_keys.hpp"
#include "sim/report/page.hpp"

namespace mimosa {

namespace {

/// Of the axes that hold numbers with one.
nlohmann::json units_of(const std::vector<std::string>& axes) {
  Experiment any;
  const KeyTable keys = experiment_keys(any);
  nlohmann::json units = nlohmann::json::object();
  for (const std::string& axis : axes)
    if (const ConfigKey* key = keys.key(axis); key != nullptr && !key->unit.empty() && key->unit != "1")
      units[axis] = key->unit;
  return units;
}

}  // namespace

std::string study_html(const std::string& title, const IndexTable& table, const std::string& config) {
  using Json = nlohmann::json;
  // Objectives as a list, which keeps their order.
  Json objectives = Json::array();
  for (const auto& [figure, direction] : table.objectives.items())
    objectives.push_back({{"figure", figure}, {"max", direction == "max"}});
  const Json study{{"axes", table.axes},       {"units", units_of(table.axes)},
                   {"figures", table.figures}, {"columns", table.columns},
                   {"rows", table.rows},       {"points", table.points},
                   {"failed", table.failed},   {"grouped", table.grouped},
                   {"objectives", objectives}, {"provenance", table.provenance},
                   {"others", table.others}};
  return page_html({.title = title,
                    .summary = {},
                    .data = Json{{"study", study}, {"config", config}}.dump(-1, ' ', false,
                                                                            Json::error_handler_t::replace)});
}

}  // namespace mimosa
