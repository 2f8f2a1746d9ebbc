// SPDX-License-Identifier: Apache-2.0
#include "sim/validate/check.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mimosa {
namespace {

std::string number(double value) {
  return fmt::format("{:.5g}", value);
}

std::string row(const Check& c) {
  const bool agrees = c.expectation == Expectation::Agree || c.expectation == Expectation::Differ;
  const std::string bound = c.expectation == Expectation::Shape ? (c.at_most ? "≤ " : "≥ ") : "";
  const std::string published = bound + number(c.published);
  // fmt counts code points, so ≤ is one column.
  return fmt::format(
      "  {:<46} {:>11} {:>11} {:<9} {:>9} {:>8}  {:<20} {}\n", c.figure, published, number(c.ours), c.unit,
      c.expectation == Expectation::Shape ? "" : fmt::format("{:+.2f} %", 100.0 * c.deviation()),
      agrees ? fmt::format("{:.2g} %", 100.0 * c.tolerance) : "", c.verdict(), c.source);
}

}  // namespace

double Check::deviation() const {
  return (ours - published) / published;
}

bool Check::failed() const {
  // Not a comparison with NaN that is false either way.
  const bool within = std::fabs(deviation()) <= tolerance;
  switch (expectation) {
    case Expectation::Agree:
      return !within;
    case Expectation::Differ:
      return within || !std::isfinite(ours);
    case Expectation::Shape:
      return at_most ? !(ours <= published) : !(ours >= published);
    case Expectation::Contradict:
    case Expectation::Predict:
      break;
  }
  return false;
}

std::string Check::verdict() const {
  if (failed()) return "OFF";
  switch (expectation) {
    case Expectation::Agree:
      return "agrees";
    case Expectation::Differ:
      return "differs, as it must";
    case Expectation::Shape:
      return "shape holds";
    case Expectation::Predict:
      return "predicted, unfitted";
    case Expectation::Contradict:
      break;
  }
  return "contradiction";
}

std::string checks_text(const Checks& checks) {
  std::string text, subject;
  for (const Check& c : checks) {
    if (c.subject != subject) {
      text += fmt::format("{}{}\n  {:<46} {:>11} {:>11} {:<9} {:>9} {:>8}  {:<20} {}\n",
                          text.empty() ? "" : "\n", c.subject, "figure", "published", "ours", "unit",
                          "deviation", "allowed", "verdict", "source");
      subject = c.subject;
    }
    text += row(c);
    if (!c.note.empty()) text += "      " + c.note + '\n';
  }
  const auto off = std::count_if(checks.begin(), checks.end(), [](const Check& c) { return c.failed(); });
  const auto contradictions = std::count_if(
      checks.begin(), checks.end(), [](const Check& c) { return c.expectation == Expectation::Contradict; });
  return text + fmt::format("\n{} figures: {} off, {} contradictions of the literature shown\n",
                            checks.size(), off, contradictions);
}

std::string checks_json(const Checks& checks) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const Check& c : checks)
    list.push_back({{"subject", c.subject},
                    {"figure", c.figure},
                    {"unit", c.unit},
                    {"published", c.published},
                    {"ours", c.ours},
                    {"deviation", c.deviation()},
                    {"tolerance", c.tolerance},
                    {"verdict", c.verdict()},
                    {"failed", c.failed()},
                    {"source", c.source},
                    {"note", c.note}});
  return list.dump(2) + '\n';
}

}  // namespace mimosa
