// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ostream>
#include <string>

namespace mimosa {

enum class ExportForm { Csv, Jsonl };

/// Writes the table `points` of a store's index, rows by address and network. CSV as RFC 4180 says, with a
/// line of names first and nothing where there is no value; JSONL: an object a row, without members that have
/// no value. UserError where the index is missing or damaged.
void export_points(const std::string& folder, ExportForm form, std::ostream& out);

}  // namespace mimosa
