// SPDX-License-Identifier: Apache-2.0
#include "models/device/measured_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <set>

#include "models/base/error.hpp"

namespace mimosa {

namespace {

constexpr std::string_view header = "target_us,time_s,mean_us,sigma_us", header_nu = ",nu";

struct Line {
  std::string file;
  int number = 0;
  [[noreturn]] void fail(const std::string& what) const {
    throw UserError(fmt::format("{}:{}: {}", file, number, what));
  }
};

/// Without blanks, comments and a carriage return.
std::string stripped(std::string text) {
  text = text.substr(0, text.find('#'));
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
  return text;
}

std::array<double, 5> fields(const Line& line, const std::string& text, std::size_t wanted) {
  std::array<double, 5> values{};
  std::size_t count = 0, from = 0;
  while (from <= text.size()) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    if (count == wanted) line.fail(fmt::format("more than {} fields", wanted));
    const char* end = text.data() + comma;
    const auto [stop, error] = std::from_chars(text.data() + from, end, values[count]);
    if (error != std::errc() || stop != end || !std::isfinite(values[count]))
      line.fail(fmt::format("\"{}\" is no finite number", text.substr(from, comma - from)));
    ++count;
    from = comma + 1;
  }
  if (count < wanted) line.fail(fmt::format("{} fields; allowed: {}", count, wanted));
  if (values[1] < 0.0) line.fail(fmt::format("time {} s; allowed: from 0", values[1]));
  if (values[3] < 0.0) line.fail(fmt::format("sigma {} uS; allowed: from 0", values[3]));
  return values;
}

using Grid = std::map<std::pair<double, double>, MeasuredRow>;  ///< by time, target

Grid read_grid(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw UserError(path + ": cannot be read");
  Grid grid;
  Line line{path};
  std::size_t wanted = 0;
  for (std::string text; std::getline(file, text);) {
    ++line.number;
    text = stripped(text);
    if (text.empty()) continue;
    if (wanted == 0) {
      if (text != header && text != std::string(header) + std::string(header_nu))
        line.fail(fmt::format("header \"{}\"; allowed: {}[{}]", text, header, header_nu));
      wanted = text == header ? 4 : 5;
      continue;
    }
    const auto f = fields(line, text, wanted);
    if (!grid.emplace(std::pair(f[1], f[0]), MeasuredRow{f[2], f[3], f[4]}).second)
      line.fail(fmt::format("target {} uS at {} s stands twice; allowed: once", f[0], f[1]));
  }
  return grid;
}

}  // namespace

bool MeasuredTable::drifts() const {
  return std::any_of(nu.begin(), nu.end(), [](double v) { return v != 0.0; });
}

MeasuredTable read_measured_table(const std::string& path) {
  const Grid grid = read_grid(path);
  std::set<double> times, targets;
  for (const auto& [place, row] : grid) times.insert(place.first), targets.insert(place.second);
  if (targets.size() < 2) throw UserError(path + ": fewer than two targets; allowed: two or more");
  MeasuredTable table{{targets.begin(), targets.end()}, {times.begin(), times.end()}, {}, {}, {}};
  for (const double time : table.times_s) {
    for (const double target : table.targets_us) {
      const auto found = grid.find({time, target});
      if (found == grid.end())
        throw UserError(
            fmt::format("{}: target {} uS at {} s is missing; every target needs a line for "
                        "every time",
                        path, target, time));
      table.mean_us.push_back(found->second.mean_us);
      table.sigma_us.push_back(found->second.sigma_us);
      table.nu.push_back(found->second.nu);
    }
  }
  return table;
}

MeasuredRow interpolate(const MeasuredTable& table, double target_us, std::size_t row, double share) {
  const std::vector<double>& x = table.targets_us;
  const auto above = std::upper_bound(x.begin() + 1, x.end() - 1, target_us);
  const auto i = static_cast<std::size_t>(above - x.begin()) - 1;
  const double part = std::clamp((target_us - x[i]) / (x[i + 1] - x[i]), 0.0, 1.0);
  const std::size_t here = row * x.size() + i;
  const std::size_t next = std::min(row + 1, table.times_s.size() - 1) * x.size() + i;
  const auto at = [&](const std::vector<double>& v) {
    const double a = v[here] + part * (v[here + 1] - v[here]), b = v[next] + part * (v[next + 1] - v[next]);
    return a + share * (b - a);
  };
  return {at(table.mean_us), at(table.sigma_us), at(table.nu)};
}

}  // namespace mimosa
