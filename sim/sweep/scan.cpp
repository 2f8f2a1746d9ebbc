// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/scan.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <map>

#include "models/base/error.hpp"
#include "sim/config/effective.hpp"
#include "sim/config/experiment_keys.hpp"
#include "sim/config/names.hpp"

namespace mimosa {

/// A fast key at a value, and the hash that stands for both.
struct Scan::Value {
  std::size_t key = 0;
  ConfigValue value;
  Digest hash;
};

/// The experiment with the slow axes where they are, and what its fast keys were before any axis moved them.
struct Scan::Prepared {
  explicit Prepared(Experiment read) : experiment(std::move(read)), table(experiment_keys(experiment)) {}
  Experiment experiment;
  KeyTable table;
  Digest config, inputs;
  std::map<std::size_t, Value> before;
};

namespace {

/// Values of longer axes are read anew each time: they are too many to keep.
constexpr std::size_t kept_steps = 4096;

WhereValue number_or_text(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  double value = 0.0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stopped == end) return value;
  return text;
}

}  // namespace

Scan::Scan(const SweepPlan& plan, InputHashes& inputs) : plan_(plan), inputs_(inputs) {
  for (const std::string& text : plan.spec.where) where_.emplace_back(text);
  now_.resize(plan.axes.size());
  known_.resize(plan.axes.size());
  for (std::size_t a = 0; a < plan.axes.size(); ++a)
    if (plan.fast[a] && plan.axes[a].steps.size() <= kept_steps)
      for (const AxisStep& step : plan.axes[a].steps) known_[a].push_back(parse(plan.axes[a], step));
}
Scan::~Scan() = default;

std::vector<Scan::Value> Scan::parse(const Axis& axis, const AxisStep& step) const {
  static Experiment any;
  static const KeyTable table = experiment_keys(any);
  std::vector<Value> values;
  for (const auto& [path, text] : step.settings) {
    const auto index = static_cast<std::size_t>(keys_.index(path));
    try {
      const ConfigValue value = parse_value(table.keys[index], text);
      values.push_back({index, value, digest_of(path, to_text(value))});
    } catch (const UserError& e) {
      throw UserError(fmt::format("{}: {}: {}", axis.source, path, e.what()));
    }
  }
  return values;
}

void Scan::prepare(const ScanPoint& point) {
  std::vector<AxisStep> steps(plan_.axes.size());
  for (std::size_t a = 0; a < steps.size(); ++a)
    if (!plan_.fast[a]) steps[a] = *point.steps[a];
  prepared_.reset();
  for (std::vector<Value>& values : now_) values.clear();
  try {
    prepared_ = std::make_unique<Prepared>(load_experiment(plan_.path, settings_of(plan_, steps)).experiment);
  } catch (const UserError& e) {
    error_ = e.what();
    return;
  }
  prepared_->config = digest_of(prepared_->experiment);
  prepared_->inputs = inputs_.of(prepared_->experiment);
}

void Scan::move(std::size_t axis, const ScanPoint& point) {
  if (prepared_)
    for (const Value& value : now_[axis])
      prepared_->table.keys[value.key].set(prepared_->before[value.key].value);
  const bool known = point.places[axis] < known_[axis].size();
  now_[axis] = known ? known_[axis][point.places[axis]] : parse(plan_.axes[axis], *point.steps[axis]);
  if (!prepared_) return;
  for (const Value& value : now_[axis]) {
    const ConfigKey& key = prepared_->table.keys[value.key];
    if (!prepared_->before.contains(value.key))
      prepared_->before[value.key] = {value.key, key.get(), digest_of(key.path, to_text(key.get()))};
    key.set(value.value);
  }
}

std::optional<Digest> Scan::address(const ScanPoint& point) {
  bool slow_moved = places_.empty();
  for (std::size_t a = 0; a < places_.size(); ++a)
    slow_moved = slow_moved || (!plan_.fast[a] && point.places[a] != places_[a]);
  if (slow_moved) prepare(point);
  for (std::size_t a = 0; a < plan_.axes.size(); ++a)
    if (plan_.fast[a] && (slow_moved || point.places[a] == ScanPoint::drawn || point.places[a] != places_[a]))
      move(a, point);
  places_ = point.places;
  if (!admits(point)) return std::nullopt;
  check(point);
  Digest sum = prepared_->config;
  for (const std::vector<Value>& values : now_)
    for (const Value& value : values) (sum += value.hash) -= prepared_->before[value.key].hash;
  if (plan_.spec.seeds == SeedRule::Own) {
    const std::string before = std::to_string(prepared_->experiment.seed);
    const std::string seed = std::to_string(own_seed(sum, point.repeat));
    (sum += digest_of("seed", seed)) -= digest_of("seed", before);
  }
  return sum += prepared_->inputs;
}

WhereValue Scan::look_up(const std::string& name, const ScanPoint& point) const {
  for (std::size_t a = 0; a < plan_.axes.size(); ++a) {
    if (plan_.axes[a].named && plan_.axes[a].name == name) return number_or_text(point.steps[a]->label);
    if (!plan_.axes[a].named)
      for (const auto& [key, value] : point.steps[a]->settings)
        if (key == name) return number_or_text(value);
  }
  if (!prepared_) throw UserError(error_);
  const Experiment& e = prepared_->experiment;
  if (name == "network") return e.networks.front();
  if (name == "chip") return e.chip.name;
  if (name == "device") return e.device.name;
  if (const int index = keys_.index(name); index >= 0)
    return number_or_text(to_text(prepared_->table.keys[static_cast<std::size_t>(index)].get()));
  const bool word = name.find('.') == std::string::npos;
  const std::string hint = did_you_mean(name, keys_.paths());
  throw UserError(
      fmt::format("{}: no such key{}{}", name, hint,
                  word ? fmt::format("{} as a text it is '{}'", hint.empty() ? ";" : "", name) : ""));
}

bool Scan::admits(const ScanPoint& point) const {
  return std::all_of(where_.begin(), where_.end(), [&](const Where& where) {
    return where.holds([&](const std::string& name) { return look_up(name, point); });
  });
}

void Scan::check(const ScanPoint& point) const {
  if (!prepared_) throw UserError(error_);
  for (std::size_t a = 0; a < plan_.axes.size(); ++a)
    for (const Value& value : now_[a])
      if (const ConfigKey& key = prepared_->table.keys[value.key]; !prepared_->table.is_used(key))
        throw UserError(fmt::format("{}: {}: {}; sweep.where can leave such points out", plan_.axes[a].source,
                                    key.path, prepared_->table.unused_text(key)));
  try {
    check_rules(prepared_->experiment);
  } catch (const UserError& e) {
    std::string where;
    for (std::size_t a = 0; a < plan_.axes.size(); ++a)
      where += fmt::format("{}{}={}", where.empty() ? "" : " ", plan_.axes[a].name, point.steps[a]->label);
    throw UserError(
        fmt::format("{}: at {}: {}; sweep.where can leave such points out", plan_.path, where, e.what()));
  }
}

}  // namespace mimosa
