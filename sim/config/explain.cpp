// SPDX-License-Identifier: Apache-2.0
#include "sim/config/explain.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "models/base/error.hpp"
#include "sim/config/evidence.hpp"
#include "sim/config/experiment_keys.hpp"
#include "sim/config/mvm_config.hpp"
#include "sim/config/names.hpp"
#include "sim/config/sweep_reader.hpp"

namespace mimosa {
namespace {

std::string key_line(const ConfigKey& key) {
  const std::string unit = key.unit == "1" ? "" : " " + key.unit;
  return fmt::format("{:<34} {}: {}{}\n", key.path, key.sentence, allowed_text(key), unit);
}

std::string origin_of(const std::string& path, const ExperimentFile& file) {
  const auto found = file.origins.find(path);
  return found == file.origins.end() ? "the default" : "set at " + found->second;
}

std::string explain_key(const ConfigKey& key, const KeyTable& current, const ExperimentFile* file) {
  const std::string unit = key.unit == "1" ? "" : ' ' + key.unit;
  std::string text = fmt::format("{}\n  meaning  {}\n  allowed  {}{}\n  default  {}{}\n", key.path,
                                 key.sentence, allowed_text(key), unit, to_text(key.get()), unit);
  if (key.kind == KeyKind::Number || key.kind == KeyKind::Integer || key.kind == KeyKind::List)
    text += fmt::format("  unit     {}\n", key.unit);
  if (!key.laws.empty())
    text += fmt::format("  used     with {}: {}\n", key.law_key, fmt::join(key.laws, ", "));
  if (!key.where.empty()) text += fmt::format("  formula  {}\n", key.where);
  if (file == nullptr)
    return text + "  source   of the formula: in that header; of a setting: mimosa explain KEY EXPERIMENT\n";
  const ConfigKey& now = *current.key(key.path);
  text += fmt::format("  value    {}{}, {}\n", to_text(now.get()), unit, origin_of(key.path, *file));
  const auto origin = file->origins.find(key.path);
  const std::string source = origin == file->origins.end() ? "" : comment_at(origin->second);
  if (!source.empty()) text += fmt::format("  source   {}\n", source);
  if (!current.is_used(now)) text += fmt::format("  note     {}\n", current.unused_text(now));
  return text;
}

std::string explain_section(const ConfigSection& section, const KeyTable& table, const KeyTable& current,
                            const ExperimentFile* file) {
  std::string text = fmt::format("{}\n  meaning  {}\n", section.path, section.sentence);
  if (!section.where.empty()) text += fmt::format("  formula  {}\n", section.where);
  for (const ConfigKey& key : table.keys) {
    if (key.path.rfind(section.path + '.', 0) != 0) continue;
    const std::string value = file == nullptr ? "" : to_text(current.key(key.path)->get()) + "  ";
    text += fmt::format("  {:<34} {}{}\n", key.path, value, key.sentence);
  }
  return text;
}

/// What an experiment has no key for: one matrix of the user's.
bool is_of_mvm(const std::string& path) {
  return path == "mvm" || path.rfind("mvm.", 0) == 0;
}

std::string explain_mvm(const std::string& key, const KeyTable& table, const ExperimentFile* file) {
  if (file != nullptr)
    throw UserError(
        fmt::format("{}: is a key of mimosa mvm and of no experiment; usage: mimosa explain {}", key, key));
  if (const ConfigKey* found = table.key(key)) return explain_key(*found, table, nullptr);
  return explain_section(*table.section(key), table, table, nullptr);
}

/// Keys that change no result of a point; empty where it is none of them.
std::string explain_sweep(const std::string& key, const ExperimentFile* file) {
  for (const SweepTextKey& text : sweep_text_keys())
    if (text.path == key) return fmt::format("{}\n  meaning  {}\n", text.path, text.sentence);
  SweepSpec defaults, given = file == nullptr ? SweepSpec{} : file->sweep;
  const KeyTable table = sweep_keys(defaults), current = sweep_keys(given);
  if (const ConfigKey* found = table.key(key)) return explain_key(*found, current, file);
  if (const ConfigSection* found = table.section(key); found != nullptr)
    return explain_section(*found, table, current, file);
  return "";
}

}  // namespace

std::string explain(const std::string& key, const ExperimentFile* file) {
  Experiment defaults, given = file == nullptr ? Experiment{} : file->experiment;
  const KeyTable table = experiment_keys(defaults), current = experiment_keys(given);
  if (const ConfigKey* found = table.key(key)) return explain_key(*found, current, file);
  if (const ConfigSection* found = table.section(key)) return explain_section(*found, table, current, file);
  if (const std::string text = explain_sweep(key, file); !text.empty()) return text;
  MvmOptions options;
  const KeyTable mvm = mvm_keys(options);
  if (is_of_mvm(key) && (mvm.key(key) != nullptr || mvm.section(key) != nullptr))
    return explain_mvm(key, mvm, file);
  std::vector<std::string> known = key_paths();
  for (const ConfigKey& k : mvm.keys)
    if (is_of_mvm(k.path) && file == nullptr) known.push_back(k.path);
  for (const ConfigSection& section : table.sections) known.push_back(section.path);
  for (const TextKey& text : text_keys()) {
    if (text.path == key) return fmt::format("{}\n  meaning  {}\n", text.path, text.sentence);
    known.push_back(text.path);
  }
  known = nearest_first(key, known);
  throw UserError(fmt::format("{}: no such key; nearest: {}; all: mimosa explain", key,
                              fmt::join(known.begin(), known.begin() + 5, ", ")));
}

std::string list_keys() {
  Experiment defaults;
  std::string text;
  for (const TextKey& key : text_keys()) text += fmt::format("{:<34} {}\n", key.path, key.sentence);
  for (const SweepTextKey& key : sweep_text_keys())
    text += fmt::format("{:<34} {}\n", key.path, key.sentence);
  for (const ConfigKey& key : experiment_keys(defaults).keys) text += key_line(key);
  SweepSpec sweep;
  for (const ConfigKey& key : sweep_keys(sweep).keys) text += key_line(key);
  MvmOptions options;
  for (const ConfigKey& key : mvm_keys(options).keys)
    if (is_of_mvm(key.path)) text += key_line(key);
  return text;
}

std::vector<std::string> key_paths() {
  Experiment defaults;
  std::vector<std::string> paths;
  for (const ConfigKey& key : experiment_keys(defaults).keys) paths.push_back(key.path);
  return paths;
}

}  // namespace mimosa
