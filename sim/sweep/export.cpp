// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/export.hpp"

#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <sqlite3.h>

#include "models/base/error.hpp"
#include "sim/sweep/index.hpp"
#include "sim/sweep/sqlite_value.hpp"

namespace mimosa {
namespace {

using Json = nlohmann::ordered_json;

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

std::string csv_cell(const Json& value) {
  if (value.is_null()) return "";
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? std::string("\"\"") : std::string(1, c);
  return cell + '"';
}

void write_row(const std::vector<std::string>& names, const std::vector<Json>& values, ExportForm form,
               std::ostream& out) {
  if (form == ExportForm::Csv) {
    for (std::size_t i = 0; i < values.size(); ++i) out << (i > 0 ? "," : "") << csv_cell(values[i]);
    out << "\r\n";
    return;
  }
  Json object;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!values[i].is_null()) object[names[i]] = values[i];
  out << object.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace

void export_points(const std::string& folder, ExportForm form, std::ostream& out) {
  const std::string path = present_index(folder);
  sqlite3* opened = nullptr;
  int status = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  const std::unique_ptr<sqlite3, Close> database(opened);
  sqlite3_stmt* prepared = nullptr;
  if (status == SQLITE_OK)
    status = sqlite3_prepare_v2(opened, "SELECT * FROM points ORDER BY address, run", -1, &prepared, nullptr);
  const std::unique_ptr<sqlite3_stmt, Close> row(prepared);
  std::vector<std::string> names;
  for (int i = 0; status == SQLITE_OK && i < sqlite3_column_count(prepared); ++i)
    names.emplace_back(sqlite3_column_name(prepared, i));
  if (form == ExportForm::Csv && status == SQLITE_OK)
    write_row(names, {names.begin(), names.end()}, form, out);
  while (status == SQLITE_OK || status == SQLITE_ROW) {
    status = sqlite3_step(prepared);
    if (status != SQLITE_ROW) break;
    std::vector<Json> values;
    for (std::size_t i = 0; i < names.size(); ++i) values.push_back(value_at(prepared, static_cast<int>(i)));
    write_row(names, values, form, out);
  }
  if (status != SQLITE_DONE)
    throw UserError(fmt::format("{}: cannot be read: {}; mimosa sweep collect {} makes it anew", path,
                                sqlite3_errmsg(opened), folder));
}

}  // namespace mimosa
