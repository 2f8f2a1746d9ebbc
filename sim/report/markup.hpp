// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace mimosa {

/// Text as HTML and SVG write it.
[[nodiscard]] std::string escaped(const std::string& text);

}  // namespace mimosa
