// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/index.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sqlite3.h>
#include <unistd.h>
#include <unordered_map>
#include <vector>

#include "models/base/error.hpp"
#include "sim/run/version.hpp"
#include "sim/sweep/figures.hpp"
#include "sim/sweep/record.hpp"
#include "sim/sweep/store.hpp"

namespace fs = std::filesystem;

namespace mimosa {
namespace {

using Json = nlohmann::json;

/// A database being written under a temporary name.
class Database {
 public:
  explicit Database(std::string path) : path_(std::move(path)) {
    if (sqlite3_open(path_.c_str(), &handle_) != SQLITE_OK) fail();
  }
  ~Database() {
    sqlite3_close(handle_);
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void run(const std::string& sql) {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
  }
  [[nodiscard]] sqlite3* handle() const { return handle_; }
  [[noreturn]] void fail() const {
    throw UserError(fmt::format("{}: cannot be written: {}", path_, sqlite3_errmsg(handle_)));
  }
  /// The finished file in the place of `target`.
  void move_to(const std::string& target) {
    sqlite3_close(handle_);
    handle_ = nullptr;
    fs::rename(path_, target);
  }

 private:
  std::string path_;
  sqlite3* handle_ = nullptr;
};

class Statement {
 public:
  Statement(Database& database, const std::string& sql) : database_(database) {
    if (sqlite3_prepare_v2(database.handle(), sql.c_str(), -1, &statement_, nullptr) != SQLITE_OK)
      database.fail();
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void bind(int column, const Json& value) {
    if (value.is_boolean())
      sqlite3_bind_int(statement_, column, value.get<bool>() ? 1 : 0);
    else if (value.is_number_integer())
      sqlite3_bind_int64(statement_, column, value.get<std::int64_t>());
    else if (value.is_number())
      sqlite3_bind_double(statement_, column, value.get<double>());
    else if (value.is_null())
      sqlite3_bind_null(statement_, column);
    else
      bind_text(column, value.is_string() ? value.get<std::string>() : value.dump());
  }
  void clear() { sqlite3_clear_bindings(statement_); }
  void step() {
    if (sqlite3_step(statement_) != SQLITE_DONE) database_.fail();
    sqlite3_reset(statement_);
  }

 private:
  void bind_text(int column, const std::string& text) {
    sqlite3_bind_text(statement_, column, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  }
  Database& database_;
  sqlite3_stmt* statement_ = nullptr;
};

/// A name or, with ', a text as SQL writes it.
std::string quoted(const std::string& text, char mark = '"') {
  std::string out(1, mark);
  for (const char c : text) out.append(c == mark ? 2 : 1, c);
  return out + mark;
}

/// A row: names of columns and what stands there.
using Row = std::vector<std::pair<std::string, Json>>;

/// The table `points`, which grows a column when a row first names it.
class PointsTable {
 public:
  explicit PointsTable(Database& database) : database_(database) {
    database_.run("CREATE TABLE points (address, run)");
    columns_ = {{"address", 1}, {"run", 2}};
  }
  void add(const Row& row) {
    for (const auto& [name, value] : row) add_column(name);
    if (!insert_) insert_ = std::make_unique<Statement>(database_, insert_text());
    insert_->clear();
    for (const auto& [name, value] : row) insert_->bind(columns_.at(name), value);
    insert_->step();
  }

 private:
  void add_column(const std::string& name) {
    if (!columns_.try_emplace(name, static_cast<int>(columns_.size()) + 1).second) return;
    insert_.reset();
    database_.run(fmt::format("ALTER TABLE points ADD COLUMN {}", quoted(name)));
  }
  [[nodiscard]] std::string insert_text() const {
    std::string places = "?";
    for (std::size_t i = 1; i < columns_.size(); ++i) places += ", ?";
    return fmt::format("INSERT INTO points VALUES ({})", places);
  }
  Database& database_;
  std::unordered_map<std::string, int> columns_;  ///< number from 1, in the order of the table
  std::unique_ptr<Statement> insert_;
};

Json member(const Json& object, const std::string& name) {
  return object.contains(name) ? object[name] : Json(nullptr);
}

Row heading_of(const Json& line, std::size_t run) {
  Row row = {{"address", line["address"]},
             {"run", run},
             {"status", line["status"]},
             {"error", member(line, "error")},
             {"wall_s", line["wall_s"]},
             {"seed_used", line["seed"]},
             {"config_sha256", line["config_sha256"]}};
  if (line.contains("origin")) row.emplace_back("origin", line["origin"]);
  for (const auto& [key, value] : line["axes"].items()) row.emplace_back(key, value);
  return row;
}

/// Names of axes in the order they first come.
void add_axes(const Json& values, std::vector<std::string>& axes) {
  for (const auto& [key, value] : values.items())
    if (std::find(axes.begin(), axes.end(), key) == axes.end()) axes.push_back(key);
}

/// A row for each network of a point, one of a point that failed.
std::vector<Row> rows_of(const Json& line) {
  if (line.contains("error")) return {heading_of(line, 0)};
  std::vector<Row> rows;
  if (line.contains("report")) {
    for (const Json& report : reports_of(line["report"])) {
      rows.push_back(heading_of(line, rows.size()));
      rows.back().emplace_back("network_name", report["network"]["name"]);
      for (const Figure& figure : figures())
        rows.back().emplace_back(figure.name, figure_of(report, figure.name));
    }
    return rows;
  }
  for (const Json& recorded : line["figures"]) {
    rows.push_back(heading_of(line, rows.size()));
    for (const auto& [name, value] : recorded.items())
      rows.back().emplace_back(name == "network" ? "network_name" : name, value);
  }
  return rows;
}

/// Figure to `max` or `min`, in their order.
nlohmann::ordered_json objectives_json(const std::vector<Objective>& objectives) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const Objective& objective : objectives) json[objective.figure] = objective.maximise ? "max" : "min";
  return json;
}

/// The line of each point that counts, the last finished one, else the last, by its number among the point's:
/// other processes may append to their journals meanwhile.
struct Chosen {
  struct Line {
    std::size_t count = 0, number = 0, passed = 0;
    bool ok = false;
  };
  std::unordered_map<Digest, Line, DigestHash> lines;
  std::size_t finished = 0;
};

/// Of processes that were killed in the midst of it. One at work writes all the time.
void remove_left_parts(const std::string& target) {
  const std::string name = fs::path(target).filename().string();
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(fs::path(target).parent_path(), ignored)) {
    const std::string part = entry.path().filename().string();
    if (!part.starts_with(name + '.') || !part.ends_with(".part")) continue;
    const auto age = fs::file_time_type::clock::now() - entry.last_write_time(ignored);
    if (age > std::chrono::minutes(10) || part == fmt::format("{}.{}.part", name, getpid()))
      fs::remove(entry.path(), ignored);
  }
}

Chosen chosen_lines(const std::string& journals) {
  Chosen chosen;
  static_cast<void>(read_journals(journals, [&](std::string_view line) {
    const std::optional<LineSummary> summary = summary_of(line);
    if (!summary) return;
    Chosen::Line& point = chosen.lines[summary->address];
    ++point.count;
    if (point.ok && !summary->ok) return;
    chosen.finished += summary->ok && !point.ok ? 1 : 0;
    point.number = point.count;
    point.ok = summary->ok;
  }));
  return chosen;
}

}  // namespace

std::string index_path(const std::string& folder) {
  return (fs::path(folder) / "results.sqlite").string();
}

std::string present_index(const std::string& folder) {
  std::string path = index_path(folder);
  // An index may stand alone, taken along to be read elsewhere.
  const bool alone = fs::exists(path) && !fs::exists(fs::path(folder) / "sweep.json");
  if (!alone) check_store(folder);
  if (fs::exists(path)) return path;
  throw UserError(fmt::format("{}: is missing; mimosa sweep collect {} makes it", path, folder));
}

std::size_t build_index(const std::string& folder, const Expansion* expansion,
                        const std::vector<FrontPoint>& front) {
  const std::string target = index_path(folder);
  Chosen chosen = chosen_lines(journals_of(folder));
  std::unordered_map<Digest, std::size_t, DigestHash> places;
  for (std::size_t i = 0; expansion != nullptr && i < expansion->size(); ++i)
    places[expansion->address(i)] = i;
  const bool with_front = expansion != nullptr && expansion->plan().spec.objectives.size() > 1;
  std::set<std::size_t> on_front;
  for (const FrontPoint& point : front) on_front.insert(point.points.begin(), point.points.end());
  const std::string temporary = fmt::format("{}.{}.part", target, getpid());
  remove_left_parts(target);
  const JournalsSize journals = size_of_journals(journals_of(folder));  // what comes meanwhile is not in it
  Database database(temporary);
  database.run("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN");
  std::vector<std::string> axes;
  Digest addresses;
  {
    PointsTable table(database);
    static_cast<void>(read_journals(journals_of(folder), [&](std::string_view line) {
      const std::optional<LineSummary> summary = summary_of(line);
      if (!summary) return;
      const auto point = chosen.lines.find(summary->address);
      if (point == chosen.lines.end() || ++point->second.passed != point->second.number) return;
      Json json = Json::parse(line);
      const auto here = places.find(summary->address);
      if (here != places.end())
        for (const auto& [key, value] : expansion->axes(here->second)) json["axes"][key] = axis_json(value);
      if (here != places.end() || expansion == nullptr) {
        add_axes(json["axes"], axes);
        addresses += summary->address;
      }
      for (Row& row : rows_of(json)) {
        if (here != places.end() && with_front)
          row.emplace_back("front", on_front.contains(here->second) ? 1 : 0);
        if (here == places.end() && expansion != nullptr) row.emplace_back("other_sweep", 1);
        table.add(row);
      }
    }));
  }
  database.run(
      "CREATE UNIQUE INDEX points_address ON points (address, run); CREATE TABLE info (name PRIMARY KEY, "
      "value)");
  const JournalsOrigin origin = origin_of_journals(journals_of(folder));
  const auto add_info = [&](const std::string& name, const std::string& text) {
    database.run(fmt::format("INSERT INTO info VALUES ('{}', {})", name, quoted(text, '\'')));
  };
  add_info("axes", Json(axes).dump());
  add_info("addresses", addresses.hex());
  add_info("hosts", Json(origin.hosts).dump());
  add_info("begun", origin.begun);
  if (with_front) add_info("objectives", objectives_json(expansion->plan().spec.objectives).dump());
  database.run(
      fmt::format("INSERT INTO info VALUES ('format', 1), ('results_version', {}), ('points', {}), "
                  "('finished', {}), ('journals', {}), ('journal_bytes', {}); COMMIT",
                  results_version, chosen.lines.size(), chosen.finished, journals.files, journals.bytes));
  database.move_to(target);
  return chosen.lines.size();
}

}  // namespace mimosa
