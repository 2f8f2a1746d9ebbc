// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace mimosa {

/// A script that makes the shell ("bash" or "zsh") complete commands, options, kinds and names, the keys of
/// --set with their choices, and files. Made from the descriptions of commands, options and keys.
[[nodiscard]] std::string completion_script(const std::string& shell);

/// The manual page `mimosa.1` (roff, man macros), made from what `--help` prints.
[[nodiscard]] std::string manual_page();

}  // namespace mimosa
