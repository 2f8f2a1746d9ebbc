// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace mimosa {

// Files of sim/report/page and third_party/echarts, put into the program when it is built.
[[nodiscard]] const std::string& page_style();
/// All scripts of the page, one after the other.
[[nodiscard]] const std::string& page_scripts();
/// Apache ECharts.
[[nodiscard]] const std::string& charts_bundle();

}  // namespace mimosa
