// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace mimosa {

/// Text as HTML and SVG write it.
[[nodiscard]] std::string escaped(const std::string& text);

/// Text as one line for a terminal: line ends are spaces, other control characters "\\x1b".
[[nodiscard]] std::string printable(const std::string& text);

}  // namespace mimosa
