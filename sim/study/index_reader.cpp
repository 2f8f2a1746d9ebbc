// SPDX-License-Identifier: Apache-2.0
#include "sim/study/index_reader.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <memory>
#include <set>
#include <sqlite3.h>

#include "models/base/error.hpp"
#include "sim/sweep/index.hpp"
#include "sim/sweep/journal.hpp"
#include "sim/sweep/sqlite_value.hpp"
#include "sim/sweep/store.hpp"

namespace mimosa {
namespace {

using Json = nlohmann::json;

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + '"';
}

/// An index opened for reading.
class Index {
 public:
  explicit Index(const std::string& path) : path_(path) {
    sqlite3* handle = nullptr;
    const int status = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
    handle_.reset(handle);
    if (status != SQLITE_OK) fail();
  }

  /// All rows of a query, as arrays.
  [[nodiscard]] Json rows(const std::string& sql) const {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(handle_.get(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) fail();
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(raw, sqlite3_finalize);
    Json all = Json::array();
    int status = SQLITE_ROW;
    while ((status = sqlite3_step(raw)) == SQLITE_ROW) {
      Json row = Json::array();
      for (int c = 0; c < sqlite3_column_count(raw); ++c) row.push_back(value_at(raw, c));
      all.push_back(std::move(row));
    }
    if (status != SQLITE_DONE) fail();
    return all;
  }
  void run(const std::string& sql) const { static_cast<void>(rows(sql)); }
  [[nodiscard]] std::int64_t number(const std::string& sql) const {
    return rows(sql).at(0).at(0).get<std::int64_t>();
  }

 private:
  [[noreturn]] void fail() const {
    throw UserError(fmt::format(
        "{}: cannot be read as an index of a sweep: {}; mimosa sweep collect {} makes it anew", path_,
        sqlite3_errmsg(handle_.get()), std::filesystem::path(path_).parent_path().string()));
  }
  std::string path_;
  std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle_{nullptr, sqlite3_close};
};

std::vector<std::string> columns_of(const Index& index) {
  std::vector<std::string> names;
  for (const Json& row : index.rows("SELECT name FROM pragma_table_info('points')"))
    names.push_back(row.at(0).get<std::string>());
  return names;
}

/// Columns that every index has, whatever was swept.
const std::set<std::string> headings = {"address",      "run",       "status",        "error",
                                        "wall_s",       "seed_used", "config_sha256", "origin",
                                        "network_name", "front",     "other_sweep"};

/// Rows of the sweep that was run last in the folder.
constexpr const char* chosen = " FROM chosen";
constexpr const char* finished = " FROM chosen WHERE status = 'ok'";

/// The view that these read.
void choose(const Index& index, const std::vector<std::string>& columns) {
  const bool mixed = std::find(columns.begin(), columns.end(), "other_sweep") != columns.end();
  index.run(std::string("CREATE TEMP VIEW chosen AS SELECT * FROM points") +
            (mixed ? " WHERE other_sweep IS NULL" : ""));
}

std::int64_t distinct(const Index& index, const std::string& columns) {
  return index.number("SELECT count(*) FROM (SELECT DISTINCT " + columns + finished + ")");
}

std::string list_of(const std::vector<std::string>& names) {
  std::vector<std::string> all;
  for (const std::string& name : names) all.push_back(quoted(name));
  return fmt::format("{}", fmt::join(all, ", "));
}

/// Axes of which no more than `most` combinations are left, or one: those with the fewest values.
std::vector<std::string> coarse_axes(const Index& index, std::vector<std::string> axes, std::int64_t most) {
  while (axes.size() > 1 && distinct(index, list_of(axes)) > most) {
    std::vector<std::int64_t> values;
    for (const std::string& axis : axes) values.push_back(distinct(index, quoted(axis)));
    axes.erase(axes.begin() + (std::max_element(values.begin(), values.end()) - values.begin()));
  }
  return axes;
}

/// Means over the values of the axes that are left. Where even the values of one are too many, as those that
/// a sampler draws, over as many bins of equally many points, at the mean of the axis.
void add_means(IndexTable& table, const Index& index, std::int64_t most_rows) {
  constexpr int bins = 200;
  table.grouped = true;
  table.axes = coarse_axes(index, table.axes, most_rows);
  table.columns = table.axes;
  const std::string axes = list_of(table.axes);
  const bool binned = table.axes.size() == 1 && distinct(index, axes) > most_rows;
  std::string select = binned ? "avg(" + axes + ')' : axes;
  std::erase_if(table.figures,
                [](const std::string& f) { return f.ends_with("ci95"); });  // of one point each
  for (const std::string& figure : table.figures) {
    table.columns.push_back(figure);
    select += ", avg(" + quoted(figure) + ')';
  }
  table.columns.emplace_back("points");
  const std::string rows =
      binned ? fmt::format(" FROM (SELECT *, ntile({}) OVER (ORDER BY {}) AS bin{})", bins, axes, finished)
             : finished;
  table.rows = index.rows("SELECT " + select + ", count(*)" + rows + " GROUP BY " + (binned ? "bin" : axes));
}

/// What `info` says, as JSON where it is; null where it says nothing.
nlohmann::ordered_json info(const Index& index, const std::string& name) {
  const Json found = index.rows("SELECT value FROM info WHERE name = '" + name + "'");
  if (found.empty()) return {};
  const Json& value = found.at(0).at(0);
  if (!value.is_string()) return value;
  nlohmann::ordered_json parsed = nlohmann::ordered_json::parse(value.get<std::string>(), nullptr, false);
  return parsed.is_structured() ? parsed : nlohmann::ordered_json(value);
}

}  // namespace

IndexTable read_index(const std::string& path, std::int64_t most_rows) {
  const Index index(path);
  IndexTable table;
  const std::vector<std::string> columns = columns_of(index);
  choose(index, columns);
  if (const auto axes = info(index, "axes"); axes.is_array())
    table.axes = axes.get<std::vector<std::string>>();
  const bool has_front = std::find(columns.begin(), columns.end(), "front") != columns.end();
  if (const auto objectives = info(index, "objectives"); has_front && objectives.is_object())
    table.objectives = objectives;
  for (const char* name : {"results_version", "addresses", "hosts", "begun"})
    table.provenance[name] = info(index, name);
  std::erase_if(table.axes, [&](const std::string& axis) {
    return std::find(columns.begin(), columns.end(), axis) == columns.end();
  });
  const bool has_networks = std::find(columns.begin(), columns.end(), "network_name") != columns.end();
  if (has_networks && index.number("SELECT coalesce(max(run), 0)" + std::string(finished)) > 0)
    table.axes.emplace_back("network_name");
  for (const std::string& name : columns) {
    const bool is_axis = std::find(table.axes.begin(), table.axes.end(), name) != table.axes.end();
    if (is_axis || headings.contains(name)) continue;
    if (index.number(
            fmt::format("SELECT count(*) FROM (SELECT 1{} AND typeof({}) IN ('integer', 'real') LIMIT 1)",
                        finished, quoted(name))) > 0)
      table.figures.push_back(name);
  }
  const std::string count = std::string("SELECT count(DISTINCT address)") + chosen;
  table.points = index.number(count);
  table.failed = index.number(count + " WHERE status <> 'ok'");
  table.others = index.number("SELECT count(DISTINCT address) FROM points") - table.points;
  if (index.number("SELECT count(*)" + std::string(finished)) > most_rows && !table.axes.empty()) {
    add_means(table, index, most_rows);
    return table;
  }
  table.columns = table.axes;
  table.columns.insert(table.columns.end(), table.figures.begin(), table.figures.end());
  if (!table.objectives.empty()) table.columns.emplace_back("front");
  if (!table.columns.empty())
    table.rows = index.rows("SELECT " + list_of(table.columns) + finished + " ORDER BY address, run");
  return table;
}

std::set<std::string> addresses_of_other_sweeps(const std::string& folder) {
  std::set<std::string> addresses;
  if (!std::filesystem::exists(index_path(folder))) return addresses;
  const Index index(index_path(folder));
  const std::vector<std::string> columns = columns_of(index);
  if (std::find(columns.begin(), columns.end(), "other_sweep") == columns.end()) return addresses;
  for (const Json& row : index.rows("SELECT DISTINCT address FROM points WHERE other_sweep = 1"))
    addresses.insert(row.at(0).get<std::string>());
  return addresses;
}

std::string index_notes(const std::string& folder) {
  const Index index(present_index(folder));
  std::string text;
  const auto files = info(index, "journals"), bytes = info(index, "journal_bytes");
  if (files.is_number_integer() && bytes.is_number_integer() &&
      std::filesystem::is_directory(journals_of(folder)) &&
      size_of_journals(journals_of(folder)) != JournalsSize{files, bytes})
    text += fmt::format("mimosa: {}: is older than the journals; mimosa sweep collect {} makes it anew\n",
                        index_path(folder), folder);
  const std::vector<std::string> columns = columns_of(index);
  if (std::find(columns.begin(), columns.end(), "other_sweep") == columns.end()) return text;
  const std::int64_t others =
      index.number("SELECT count(DISTINCT address) FROM points WHERE other_sweep = 1");
  return text +
         fmt::format("mimosa: {}: also holds {} point{} of other sweeps, marked other_sweep in the index\n",
                     folder, others, others == 1 ? "" : "s");
}

}  // namespace mimosa
