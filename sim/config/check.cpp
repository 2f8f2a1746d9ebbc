// SPDX-License-Identifier: Apache-2.0
#include "sim/config/check.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>
#include <tuple>

#include "models/data/file.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/experiment_keys.hpp"
#include "sim/config/experiment_reader.hpp"
#include "sim/config/names.hpp"
#include "sim/config/network_keys.hpp"
#include "sim/config/network_reader.hpp"
#include "sim/config/yaml_source.hpp"

namespace fs = std::filesystem;

namespace mimosa {
namespace {

void append_paths(std::vector<std::string>& names, const std::vector<TextKey>& keys) {
  for (const TextKey& key : keys) names.push_back(key.path);
}

/// The keys at the top of a file.
std::vector<std::string> top_keys_of(ConfigKind kind) {
  Experiment experiment;
  std::vector<std::string> names;
  if (kind == ConfigKind::Network) {
    append_paths(names, network_keys());
  } else if (kind == ConfigKind::Experiment) {
    names = experiment_keys(experiment).children("");
    append_paths(names, text_keys());
  } else {
    names = experiment_keys(experiment).children(config_kinds()[static_cast<std::size_t>(kind)]);
    append_paths(names, part_text_keys());
  }
  return names;
}

/// A network of the experiment in every way a run would find it wrong before it compiles.
void check_network(const Experiment& e, const std::string& name, const ExperimentFile& file,
                   const std::string& path, Findings& findings) {
  const auto wrong = [&](const std::string& key, const std::string& what) {
    const auto origin = file.origins.find(key);
    findings.emplace_back(origin == file.origins.end() ? Place{path} : place_of(origin->second, key), key,
                          what);
  };
  Findings inside;
  const bool weights = e.engine != EngineChoice::Timing;
  const Network network = read_network(network_file(e, name), 0, weights, &inside);
  findings.insert(findings.end(), inside.begin(), inside.end());
  if (!inside.empty()) return;
  if (weights && network.weights_file.empty())
    wrong("network", network.name + " has no weights; allowed: engine: timing");
  else if (weights && network.dataset.empty())
    wrong("network", network.name + " names no dataset; allowed: engine: timing");
  if (e.slots_used > 0 &&
      std::find(network.modes.begin(), network.modes.end(), e.slots_used) == network.modes.end())
    wrong("network.slots_used", fmt::format("{} has no mode of {} inputs per pass; allowed: {}", network.name,
                                            e.slots_used, fmt::join(network.modes, ", ")));
  std::vector<std::string> nodes;
  for (const Node& node : network.graph.nodes) nodes.push_back(node.name);
  try {
    check_layer_globs(e, nodes);
  } catch (const UserError& error) {  // "KEY: what is wrong"
    const std::string text = error.what(), key = text.substr(0, text.find(':'));
    wrong(key, text.substr(key.size() + 2));
  }
}

/// What is wrong with a key on an axis: of the first value, and which other values are wrong, too.
struct WrongKey {
  std::string key, sentence;
  std::vector<std::string> others = {};
};

std::vector<WrongKey> wrong_keys_of(const Axis& axis, const ExperimentFile& file, const std::string& path) {
  std::vector<WrongKey> wrong;
  for (const AxisStep& step : axis.steps)
    for (const auto& [name, value] : step.settings) {
      const auto known = std::find_if(wrong.begin(), wrong.end(),
                                      [&, key = name](const WrongKey& w) { return w.key == key; });
      try {
        try_setting(path, file, {name, value, axis.source});
      } catch (const ConfigError& error) {
        if (known == wrong.end())
          wrong.push_back({name, error.sentence()});
        else if (known->sentence.find(": no such key") == std::string::npos)
          known->others.push_back(value);
      }
    }
  return wrong;
}

void check_axes(const ExperimentFile& file, const std::string& path, Findings& findings) {
  for (const Axis& axis : file.axes)
    attempt(&findings, path, [&] {
      const std::string origin = axis.source.substr(0, axis.source.rfind(": "));
      for (const WrongKey& wrong : wrong_keys_of(axis, file, path))
        findings.emplace_back(place_of(origin, wrong.key), "axes",
                              wrong.others.empty() ? wrong.sentence
                                                   : fmt::format("{}; wrong, too: {}", wrong.sentence,
                                                                 fmt::join(wrong.others, ", ")));
    });
}

Findings check_experiment_file(const std::string& path) {
  Findings findings;
  const ExperimentFile file = load_experiment(path, {}, &findings);
  const bool right = findings.empty();
  check_axes(file, path, findings);
  if (!right) return findings;
  for (const std::string& network : file.experiment.networks)
    attempt(&findings, path, [&] { check_network(file.experiment, network, file, path, findings); });
  return findings;
}

/// The mistakes of the file itself before those of others, and each file's by line.
Findings in_order(Findings findings, const std::string& path) {
  const auto rank = [&](const ConfigError& finding) {
    const Place& place = finding.place();
    const int line = place.line == 0 ? std::numeric_limits<int>::max() : place.line;
    return std::make_tuple(place.file != path, place.file, line, place.column);
  };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const ConfigError& a, const ConfigError& b) { return rank(a) < rank(b); });
  return findings;
}

/// One mistake a place: the first.
Findings once_a_place(const Findings& findings) {
  Findings kept;
  for (const ConfigError& finding : findings) {
    const auto same = [&](const ConfigError& other) {
      return other.place() == finding.place() &&
             (finding.place().column > 0 || other.sentence() == finding.sentence());
    };
    if (std::none_of(kept.begin(), kept.end(), same)) kept.push_back(finding);
  }
  return kept;
}

/// Columns that text takes: UTF-8 characters.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

const std::vector<std::string>& config_kinds() {
  static const std::vector<std::string> kinds = {"experiment", "chip", "device", "network"};
  return kinds;
}

ConfigKind config_kind(const std::string& name) {
  const std::vector<std::string>& kinds = config_kinds();
  const auto found = std::find(kinds.begin(), kinds.end(), name);
  if (found == kinds.end())
    throw UserError(fmt::format("\"{}\" is no kind of config{}", name, allowed_names(name, kinds)));
  return static_cast<ConfigKind>(found - kinds.begin());
}

ConfigKind kind_of_file(const std::string& path) {
  const YamlSource source(read_file(path), path);
  const std::vector<std::string>& kinds = config_kinds();
  std::vector<std::ptrdiff_t> known;
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    const std::vector<std::string> keys = top_keys_of(static_cast<ConfigKind>(kind));
    known.push_back(0);
    if (!source.root().IsMap()) continue;
    for (const auto& entry : source.root())
      if (entry.first.IsScalar()) known.back() += std::count(keys.begin(), keys.end(), entry.first.Scalar());
  }
  const auto most = std::max_element(known.begin(), known.end());
  if (std::count(known.begin(), known.end(), *most) == 1)
    return static_cast<ConfigKind>(most - known.begin());
  const std::string folder = fs::absolute(path).parent_path().filename().string();
  const auto named = std::find(kinds.begin(), kinds.end(), folder);
  if (named == kinds.end())
    throw UserError(
        fmt::format("{}: its keys do not tell what kind of config it is; use --kind with one of {}", path,
                    fmt::join(kinds, ", ")));
  return static_cast<ConfigKind>(named - kinds.begin());
}

Findings check_config(const std::string& path, ConfigKind kind) {
  Findings findings;
  attempt(&findings, path, [&] {
    if (kind == ConfigKind::Experiment)
      findings = check_experiment_file(path);
    else if (kind == ConfigKind::Chip)
      (void)load_chip(path, config_roots(path), &findings);
    else if (kind == ConfigKind::Device)
      (void)load_device(path, config_roots(path), &findings);
    else
      (void)read_network(path, 0, true, &findings);
  });
  return once_a_place(in_order(std::move(findings), path));
}

std::vector<std::string> lines_of(const ConfigError& finding) {
  const Place& place = finding.place();
  std::vector<std::string> lines = {fmt::format("{}: error: {}", place.text(), finding.sentence())};
  std::string line = line_of(place.file, place.line);
  if (line.empty()) return lines;
  std::replace(line.begin(), line.end(), '\t', ' ');
  lines.push_back("    " + line);
  const std::size_t column = static_cast<std::size_t>(place.column) - 1;
  if (place.column == 0 || column >= line.size()) return lines;
  const std::size_t end = std::min(line.find_first_of(" :,[]{}#", column + 1), line.size());
  const std::string marks(width(std::string_view(line).substr(column, end - column)) - 1, '~');
  lines.push_back(std::string(4 + width(std::string_view(line).substr(0, column)), ' ') + '^' + marks);
  return lines;
}

}  // namespace mimosa
