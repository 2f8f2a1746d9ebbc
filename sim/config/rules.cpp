// SPDX-License-Identifier: Apache-2.0
#include "sim/config/rules.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "models/crossbar/combinations.hpp"
#include "sim/config/experiment_keys.hpp"
#include "sim/config/experiment_reader.hpp"
#include "sim/config/names.hpp"

namespace mimosa {
namespace {

/// Energy that depends on data needs data.
void check_data_energy(const Experiment& e) {
  if (e.chip.mvm.activity != ActivityModel::Data) return;
  if (e.engine == EngineChoice::Timing)
    throw UserError(
        "engine: timing has no data, on which energy depends with chip.mvm.activity: data; allowed: both, "
        "functional, timed");
  if (e.compiler.binding == BindingPlace::Auto)
    throw UserError(
        "compiler.binding: auto compares energies before there are data, on which they depend with "
        "chip.mvm.activity: data; allowed: crossbar, digital, fft");
}

/// A half-width and the samples it may take belong together.
void check_chips(const Experiment& e) {
  if (e.half_width > 0.0 && e.chips_most == 0)
    throw UserError("half_width: needs chips_most, the chip samples to draw at most");
  if (e.half_width == 0.0 && e.chips_most > 0)
    throw UserError("chips_most: has no effect without half_width; allowed: 0");
  if (e.half_width > 0.0 && (e.chips < 2 || e.chips > e.chips_most))
    throw UserError(
        fmt::format("chips: {} with half_width; allowed: 2 .. chips_most, {}", e.chips, e.chips_most));
}

/// Has `hold` run every rule across keys, each of which is right by itself.
template <class Hold>
void for_each_rule(const Experiment& e, const Hold& hold) {
  hold([&] { check(e.chip); });
  hold([&] { check(e.device); });
  hold([&] { check_data_energy(e); });
  hold([&] { check_chips(e); });
  // A glob matches itself, so each stands for a layer it addresses.
  for (const LayerOverride& change : e.overrides)
    hold([&] { check_combination(device_for_layer(e, change.layers), e.chip.analog); });
  hold([&] { check_combination(e.device, e.chip.analog); });
}

}  // namespace

void check_rules(const Experiment& experiment) {
  for_each_rule(experiment, [](const auto& rule) { rule(); });
}

ConfigError placed(const UserError& error, const Origins& origins, const std::string& path) {
  const std::string what = error.what();
  const std::size_t colon = std::min(what.find(": "), what.size());
  const auto origin = origins.find(what.substr(0, colon));
  if (origin == origins.end()) return {Place{path}, "", what};
  const Place place = place_of(origin->second, origin->first);
  if (place.file != path) return {Place{path}, "", what};
  return {place, origin->first, what.substr(std::min(colon + 2, what.size()))};
}

void check_experiment(Experiment& e, const Origins& origins, const std::string& path, Findings* findings) {
  const auto failed = [](const ConfigError& error) {
    return error.key() == "extends" || !did_you_mean(error.key(), {"network"}).empty();
  };
  if (e.networks.empty() && (findings == nullptr || std::none_of(findings->begin(), findings->end(), failed)))
    attempt(findings, path, [&] {
      throw ConfigError({path}, "network",
                        "is missing; name one, a list, or a path (see `mimosa list networks`)");
    });
  check_used(experiment_keys(e), origins, findings);
  if (findings != nullptr && !findings->empty()) return;
  for_each_rule(e, [&](const auto& rule) {
    attempt(findings, path, [&] {
      try {
        rule();
      } catch (const UserError& error) {
        throw placed(error, origins, path);
      }
    });
  });
}

}  // namespace mimosa
