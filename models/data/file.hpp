// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace mimosa {

/// All bytes of a file; UserError with path and reason where it cannot be read.
[[nodiscard]] std::string read_file(const std::string& path);

/// Writes the whole file or nothing: under a temporary name in the same folder, then renamed.
void write_file(const std::string& path, std::string_view bytes);

/// Returns when a file, or the names in a folder, are on the disk, where the file system can tell.
void sync_to_disk(const std::string& path);

}  // namespace mimosa
