// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <sstream>

#include "models/base/error.hpp"
#include "sim/config/names.hpp"
#include "sim/report/compare.hpp"

namespace mimosa {
namespace {

[[noreturn]] void wrong(const std::string& text, const std::string& what) {
  throw UserError(
      fmt::format("--fail-if: \"{}\": {}; allowed: FIGURE drops|rises|changes AMOUNT [points|%], e.g. "
                  "'accuracy.analog.mean drops 0.5 points'",
                  text, what));
}

/// How far the figure went the gate's way, in the gate's unit.
double distance(const Gate& gate, const FigureChange& f) {
  double delta = f.after - f.before;
  if (gate.way == Gate::Way::Drops) delta = -delta;
  if (gate.way == Gate::Way::Changes) delta = std::abs(delta);
  if (gate.unit == Gate::Unit::Points) return 100.0 * delta;
  return gate.unit == Gate::Unit::Percent ? 100.0 * delta / std::abs(f.before) : delta;
}

}  // namespace

Gate parse_gate(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  if (words.size() == 3 && words[2].size() > 1 && words[2].back() == '%') {  // 2%
    words[2].pop_back();
    words.emplace_back("%");
  }
  if (words.size() < 3 || words.size() > 4) wrong(text, "three or four words are needed");
  Gate gate;
  gate.text = text;
  gate.figure = words[0];
  const std::vector<std::string> ways = {"drops", "rises", "changes"};
  const auto way = std::find(ways.begin(), ways.end(), words[1]);
  if (way == ways.end()) wrong(text, "\"" + words[1] + "\" is no way to go" + did_you_mean(words[1], ways));
  gate.way = static_cast<Gate::Way>(way - ways.begin());
  const char* end = words[2].data() + words[2].size();
  const auto [stop, error] = std::from_chars(words[2].data(), end, gate.amount);
  if (error != std::errc() || stop != end || !std::isfinite(gate.amount) || gate.amount < 0.0)
    wrong(text, "\"" + words[2] + "\" is no amount of 0 or more");
  if (words.size() == 3) return gate;
  if (words[3] != "points" && words[3] != "%") wrong(text, "\"" + words[3] + "\" is no unit");
  gate.unit = words[3] == "%" ? Gate::Unit::Percent : Gate::Unit::Points;
  return gate;
}

std::vector<std::string> broken(const Gate& gate, const Comparison& comparison,
                                const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), gate.figure) == known.end())
    throw UserError(fmt::format("--fail-if: {}: there is no such figure{}", gate.figure,
                                allowed_names(gate.figure, known)));
  if (gate.unit == Gate::Unit::Points && !is_fraction(gate.figure))
    throw UserError(
        fmt::format("--fail-if: {}: is no fraction to count in points; allowed: %, or no unit", gate.figure));
  std::vector<std::string> sentences;
  for (const std::string& name : comparison.missing)
    sentences.push_back(fmt::format("{}: {} is missing", gate.text, name));
  for (const NetworkChange& network : comparison.networks) {
    if (std::find(network.lost.begin(), network.lost.end(), gate.figure) != network.lost.end())
      sentences.push_back(fmt::format("{}: {} has it no more", gate.text, network.name));
    for (const FigureChange& f : network.figures)
      if (f.path == gate.figure && distance(gate, f) > gate.amount)
        sentences.push_back(
            fmt::format("{}: {}: {:.6g} -> {:.6g}", gate.text, network.name, f.before, f.after));
  }
  return sentences;
}

}  // namespace mimosa
