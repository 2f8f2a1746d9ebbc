// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "sim/study/index_reader.hpp"

namespace mimosa {

/// Rows a page shows one by one; of more it shows means.
constexpr std::int64_t most_page_rows = 20000;

/// The page of a sweep: figures against axes, one figure against another with its front, all points, and the
/// effective `config` of a point, where there is one.
[[nodiscard]] std::string study_html(const std::string& title, const IndexTable& table,
                                     const std::string& config = {});

}  // namespace mimosa
