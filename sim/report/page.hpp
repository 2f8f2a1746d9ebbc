// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace mimosa {

/// What a page of results shows.
struct PageContent {
  std::string title;
  std::string summary;  ///< plain text, shown as it is, also without scripts
  std::string data;  ///< JSON: `report` (report.json), `config` (text), …; the page's scripts draw from it
};

/// One HTML file that needs nothing else: style, scripts, charts and data stand in it, and its content policy
/// lets nothing in from outside and runs no script but its own.
[[nodiscard]] std::string page_html(const PageContent& content);

}  // namespace mimosa
