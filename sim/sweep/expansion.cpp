// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/expansion.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

#include "models/base/error.hpp"
#include "sim/sweep/sampling.hpp"
#include "sim/sweep/scan.hpp"

namespace mimosa {
namespace {

std::vector<double> drawn_shares(const SweepPlan& plan) {
  if (plan.spec.method == SweepMethod::Grid) return {};
  std::vector<std::string> names;
  for (const Axis& axis : plan.axes)
    if (axis.source != "sweep.repeats") names.push_back(axis.name);
  if (static_cast<std::size_t>(plan.spec.points) * static_cast<std::size_t>(plan.spec.repeats) > most_points)
    throw UserError(fmt::format("sweep: more than {} points; draw fewer", most_points));
  return sample_shares(plan.spec.method, static_cast<std::size_t>(plan.spec.points), names,
                       plan.base.experiment.seed);
}

/// Shares of axes tell nothing of the place on them.
std::size_t combinations(const SweepPlan& plan, const std::vector<double>& shares, std::size_t sampled) {
  if (!shares.empty()) return shares.size() / sampled * static_cast<std::size_t>(plan.spec.repeats);
  std::size_t points = 1;
  for (const Axis& axis : plan.axes) {
    points *= axis.steps.size();
    if (points > most_points)
      throw UserError(fmt::format("sweep: more than {} points; give fewer values", most_points));
  }
  return points;
}

/// Of its earliest key.
KeyStage earliest_stage(const Axis& axis) {
  KeyStage stage = axis.steps.empty() ? stage_of(axis.name) : KeyStage::Chip;
  for (const AxisStep& step : axis.steps)
    for (const auto& [key, value] : step.settings) stage = std::min(stage, stage_of(key));
  return stage;
}

}  // namespace

std::string to_text(const AxisValues& values) {
  std::string text;
  for (const auto& [key, value] : values) text += (text.empty() ? "" : " ") + key + '=' + value;
  return text;
}

Expansion::Expansion(SweepPlan plan) : Expansion(plan, drawn_shares(plan)) {
}

Expansion::Expansion(SweepPlan plan, std::vector<double> shares)
    : plan_(std::move(plan)), shares_(std::move(shares)) {
  for (const Axis& axis : plan_.axes) stages_.push_back(earliest_stage(axis));
  const std::size_t count = combinations(plan_, shares_, sampled_axes());
  std::vector<Digest> addresses(count);
  std::vector<bool> admitted(count);
  Scan scan(plan_, inputs_);
  for (const std::uint32_t number : slow_axes_together(count)) {
    const std::vector<AxisStep> drawn = drawn_steps(number);
    const auto address = scan.address(scan_point(number, drawn));
    admitted[number] = address.has_value();
    if (address) addresses[number] = *address;
  }
  for (std::uint32_t number = 0; number < count; ++number) {
    if (!admitted[number]) continue;
    numbers_.push_back(number);
    addresses_.push_back(addresses[number]);
  }
  if (numbers_.empty()) throw UserError("sweep.where: leaves no point");
  drop_repeated();
}

std::vector<std::size_t> Expansion::add(const std::vector<double>& shares) {
  for (std::size_t i = known_.size(); i < size(); ++i) known_[addresses_[i]] = i;
  const auto repeats = static_cast<std::size_t>(plan_.spec.repeats);
  const std::size_t first = shares_.size() / sampled_axes() * repeats, before = size();
  if (first + repeats > most_points)
    throw UserError(fmt::format("sweep: more than {} points; draw fewer", most_points));
  shares_.insert(shares_.end(), shares.begin(), shares.end());
  Scan scan(plan_, inputs_);
  std::vector<std::size_t> points;
  for (std::size_t number = first; number < first + repeats; ++number) {
    const std::vector<AxisStep> drawn = drawn_steps(number);
    const auto address = scan.address(scan_point(number, drawn));
    if (!address) continue;
    const auto [place, is_new] = known_.try_emplace(*address, size());
    points.push_back(place->second);
    if (!is_new) continue;
    numbers_.push_back(static_cast<std::uint32_t>(number));
    addresses_.push_back(*address);
  }
  if (size() == before) shares_.resize(shares_.size() - shares.size());
  return points;
}

std::size_t Expansion::sample(std::size_t point) const {
  return numbers_[point] / static_cast<std::size_t>(plan_.spec.repeats);
}

std::vector<std::uint32_t> Expansion::slow_axes_together(std::size_t count) const {
  std::vector<std::uint32_t> slow(count), order(count);
  std::iota(order.begin(), order.end(), 0U);
  for (std::uint32_t i = 0; i < count; ++i)
    for (std::size_t a = 0; a < plan_.axes.size(); ++a)
      if (!plan_.fast[a])
        slow[i] = slow[i] * static_cast<std::uint32_t>(plan_.axes[a].steps.size()) +
                  static_cast<std::uint32_t>(place(i, a));
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return slow[a] < slow[b]; });
  return order;
}

bool Expansion::draws(std::size_t axis) const {
  return !shares_.empty() && axis < sampled_axes() && plan_.axes[axis].range;
}

double Expansion::share(std::size_t number, std::size_t axis) const {
  return shares_[number / static_cast<std::size_t>(plan_.spec.repeats) * sampled_axes() + axis];
}

int Expansion::repeat(std::size_t number) const {
  return static_cast<int>(number % static_cast<std::size_t>(plan_.spec.repeats));
}

std::vector<AxisStep> Expansion::drawn_steps(std::size_t number) const {
  std::vector<AxisStep> drawn(shares_.empty() ? 0 : plan_.axes.size());
  for (std::size_t a = 0; a < drawn.size(); ++a)
    if (draws(a)) drawn[a] = step_at(plan_.axes[a], share(number, a));
  return drawn;
}

ScanPoint Expansion::scan_point(std::size_t number, const std::vector<AxisStep>& drawn) const {
  ScanPoint point{{}, {}, repeat(number)};
  for (std::size_t a = 0; a < plan_.axes.size(); ++a) {
    const std::size_t at = place(number, a);
    point.places.push_back(draws(a) ? ScanPoint::drawn : at);
    point.steps.push_back(draws(a) ? &drawn[a] : &plan_.axes[a].steps[at]);
  }
  return point;
}

std::size_t Expansion::sampled_axes() const {
  return plan_.axes.size() - (plan_.spec.repeats > 1 ? 1 : 0);
}

std::size_t Expansion::place(std::size_t number, std::size_t axis) const {
  if (shares_.empty()) {
    for (std::size_t a = plan_.axes.size(); a-- > axis + 1;) number /= plan_.axes[a].steps.size();
    return number % plan_.axes[axis].steps.size();
  }
  if (axis >= sampled_axes()) return static_cast<std::size_t>(repeat(number));
  if (draws(axis)) return 0;
  const std::size_t steps = plan_.axes[axis].steps.size();
  return std::min(static_cast<std::size_t>(share(number, axis) * static_cast<double>(steps)), steps - 1);
}

std::vector<AxisStep> Expansion::steps(std::size_t number) const {
  const std::vector<AxisStep> drawn = drawn_steps(number);
  std::vector<AxisStep> steps;
  for (const AxisStep* step : scan_point(number, drawn).steps) steps.push_back(*step);
  return steps;
}

AxisValues Expansion::axes(std::size_t point) const {
  AxisValues values;
  const std::vector<AxisStep> all = steps(numbers_[point]);
  for (std::size_t a = 0; a < all.size(); ++a) {
    if (plan_.axes[a].named)
      values.emplace_back(plan_.axes[a].name, all[a].label);
    else
      values.insert(values.end(), all[a].settings.begin(), all[a].settings.end());
  }
  return values;
}

std::uint64_t Expansion::shared_place(std::size_t point, KeyStage stage) const {
  const std::size_t number = numbers_[point];
  std::uint64_t place_of_all = 0;
  for (std::size_t a = 0; a < stages_.size(); ++a) {
    if (stages_[a] != stage) continue;
    // Of a drawn axis every draw is a place of its own, but for those of repeats.
    const std::size_t here =
        draws(a) ? number / static_cast<std::size_t>(plan_.spec.repeats) : place(number, a);
    const std::size_t count = draws(a) ? most_points : plan_.axes[a].steps.size();
    place_of_all = place_of_all * count + here;
  }
  return place_of_all;
}

Experiment Expansion::experiment(std::size_t point) {
  Experiment e = load_experiment(plan_.path, settings_of(plan_, steps(numbers_[point]))).experiment;
  if (plan_.spec.seeds == SeedRule::Own) e.seed = own_seed(digest_of(e), repeat(numbers_[point]));
  Digest found = digest_of(e);
  if ((found += inputs_.of(e)) != addresses_[point])
    throw UserError(
        fmt::format("{}: a config file changed since the sweep began; start it again", plan_.path));
  return e;
}

void Expansion::drop_repeated() {
  std::vector<std::uint32_t> order(size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) {
    return addresses_[a] != addresses_[b] ? addresses_[a] < addresses_[b] : a < b;
  });
  std::vector<bool> repeated(size());
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (addresses_[order[i]] != addresses_[order[i - 1]]) continue;
    if (shares_.empty())
      throw UserError(fmt::format("sweep: two points are the same, {} and {}; leave one out",
                                  to_text(axes(order[i - 1])), to_text(axes(order[i]))));
    repeated[order[i]] = true;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < size(); ++i) {
    if (repeated[i]) continue;
    numbers_[kept] = numbers_[i];
    addresses_[kept++] = addresses_[i];
  }
  numbers_.resize(kept);
  addresses_.resize(kept);
}

}  // namespace mimosa
