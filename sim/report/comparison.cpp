// SPDX-License-Identifier: Apache-2.0
#include "sim/report/comparison.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "sim/report/figures.hpp"
#include "sim/report/markup.hpp"
#include "sim/report/report.hpp"

namespace mimosa {
namespace {

constexpr std::size_t least_name_width = 10;

std::string share_or_dash(const std::optional<double>& share) {
  return share ? percent(*share, 2) : "-";
}

bool is_published(const RunResult& r) {
  return r.accuracy && r.accuracy->published;
}

/// Columns are padded by letters, fmt's width of a text in UTF-8.
std::string row(std::size_t name_width, const std::string& name, const std::string& reference,
                const std::string& ideal, const std::string& noisy, const std::string& chance,
                const std::string& published) {
  std::string text = fmt::format("  {:<{}}  {:>9}  {:>12}  {:>16}  {:>8}", name, name_width, reference, ideal,
                                 noisy, chance);
  if (!published.empty()) text += fmt::format("  {:>9}", published);
  return text + '\n';
}

/// Differences to the first network, whose chip samples and inputs are the same.
std::string differences(const std::vector<RunResult>& results, std::size_t name_width) {
  std::string text;
  for (const RunResult& r : results) {
    if (!r.paired) continue;
    const PairedResult& p = *r.paired;
    if (text.empty()) text = fmt::format("points against {}, on the same inputs\n", p.network);
    text += fmt::format("  {:<{}}  {:>+9.2f}", r.network.name, name_width, 100.0 * p.difference.mean);
    if (p.chips > 1) text += fmt::format(" ± {:.2f} over {} chips", 100.0 * p.difference.ci95, p.chips);
    if (p.inputs_ci95) text += fmt::format(" ± {:.2f} over inputs", 100.0 * *p.inputs_ci95);
    text += '\n';
  }
  return text;
}

}  // namespace

std::string comparison_text(const std::vector<RunResult>& results) {
  const bool any_published = std::any_of(results.begin(), results.end(), is_published);
  const bool any =
      std::any_of(results.begin(), results.end(), [](const RunResult& r) { return r.accuracy.has_value(); });
  if (!any || (results.size() == 1 && !any_published)) return {};
  std::size_t width = least_name_width;
  for (const RunResult& r : results) width = std::max(width, r.network.name.size());
  std::string text = "\naccuracies\n" + row(width, "network", "float", "analog ideal", "with noise", "chance",
                                            any_published ? "published" : "");
  std::string sources;
  for (const RunResult& r : results) {
    if (!r.accuracy) continue;
    const AccuracyResult& a = *r.accuracy;
    std::string published = any_published ? "-" : "";
    if (a.published) {
      published = percent(a.published->accuracy, 2);
      sources += fmt::format("  {} of {}: {}\n", published, r.network.name, printable(a.published->source));
    }
    text += row(width, r.network.name, share_or_dash(a.float_reference), share_or_dash(a.analog_ideal),
                a.analog.empty() ? "-" : noisy_accuracy(a), share_or_dash(a.chance), published);
  }
  if (!sources.empty()) text += "published\n" + sources;
  return text + differences(results, width);
}

}  // namespace mimosa
