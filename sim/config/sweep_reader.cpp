// SPDX-License-Identifier: Apache-2.0
#include "sim/config/sweep_reader.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "models/base/error.hpp"
#include "sim/config/axis_values.hpp"
#include "sim/config/names.hpp"

namespace mimosa {
namespace {

std::string value_text(const YamlSource& source, const YAML::Node& node, const std::string& path) {
  return node.IsSequence() ? source.list_text(node, path) : source.text(node, path);
}

std::vector<std::string> texts(const YamlSource& source, const YAML::Node& node, const std::string& path) {
  if (!node.IsSequence()) return {source.text(node, path)};
  std::vector<std::string> list;
  for (const auto& item : node) list.push_back(value_text(source, item, path));
  return list;
}

double number(const YamlSource& source, const YAML::Node& node, const std::string& path) {
  const ConfigKey any{
      .path = path, .unit = "1", .sentence = "an end of a range", .low = -1e300, .high = 1e300};
  return std::get<double>(source.value(node, path, any));
}

/// {range: [low, high], steps: n, scale: linear | log}
Axis read_range(const YamlSource& source, const std::string& key, const std::vector<YamlEntry>& entries,
                const std::string& path) {
  AxisRange range{.integer = holds_integers(key)};
  std::int64_t steps = 0;
  for (const YamlEntry& entry : entries) {
    const std::string inner = path + '.' + entry.key;
    if (entry.key == "range") {
      if (!entry.value.IsSequence() || entry.value.size() != 2)
        source.fail(entry.value, inner, "expected [low, high]");
      range.low = number(source, entry.value[0], inner);
      range.high = number(source, entry.value[1], inner);
    } else if (entry.key == "steps") {
      const ConfigKey count{.path = inner,
                            .unit = "1",
                            .sentence = "values of the axis",
                            .kind = KeyKind::Integer,
                            .low = std::int64_t{2},
                            .high = std::int64_t{10000000}};
      steps = std::get<std::int64_t>(source.value(entry.value, inner, count));
    } else if (entry.key == "scale") {
      const ConfigKey scale{.path = inner,
                            .unit = "1",
                            .sentence = "how steps are spaced",
                            .kind = KeyKind::Choice,
                            .low = {},
                            .high = {},
                            .choices = {"linear", "log"}};
      range.log = std::get<std::string>(source.value(entry.value, inner, scale)) == "log";
    } else {
      source.fail_unknown(entry, inner, {"range", "steps", "scale"});
    }
  }
  return axis_of_range(key, range, static_cast<int>(steps), path);
}

/// What `read` gives; where it throws, the mistake is at `node`.
template <class Read>
Axis read_at(const YamlSource& source, const YAML::Node& node, const std::string& path, const Read& read) {
  try {
    return read();
  } catch (const ConfigError&) {
    throw;
  } catch (const UserError& error) {
    source.fail(node, path, without_prefix(error.what(), path + ": "));
  }
}

Axis read_axis(const YamlSource& source, const YamlEntry& entry, const std::string& above) {
  const std::string path = above + '.' + entry.key;
  Axis axis = read_at(source, entry.value, path, [&] {
    if (entry.value.IsSequence()) return axis_of_values(entry.key, texts(source, entry.value, path), path);
    if (!entry.value.IsMap()) return axis_of_text(entry.key, source.text(entry.value, path), path);
    const std::vector<YamlEntry> entries = source.entries(entry.value, path);
    if (entries.size() == 1 && entries[0].key == "values")
      return axis_of_values(entry.key, texts(source, entries[0].value, path), path);
    if (std::none_of(entries.begin(), entries.end(), [](auto& e) { return e.key == "range"; }))
      source.fail(entry.value, path, "expected {values: […]} or {range: [low, high], …}");
    return read_range(source, entry.key, entries, path);
  });
  axis.source = source.origin(entry.key_node) + ": axis";
  return axis;
}

Axis read_zip(const YamlSource& source, const YAML::Node& node) {
  std::vector<Axis> parts;
  for (const YamlEntry& entry : source.entries(node, "axes.zip"))
    parts.push_back(read_axis(source, entry, "axes.zip"));
  Axis axis = read_at(source, node, "axes.zip", [&] { return zipped(parts, "axes.zip"); });
  axis.source = source.origin(node) + ": axis";
  return axis;
}

Axis read_variants(const YamlSource& source, const YamlEntry& entry) {
  Axis axis{.name = "variant", .source = source.origin(entry.key_node) + ": axis", .named = true};
  for (const YamlEntry& variant : source.entries(entry.value, "axes.variants")) {
    const std::string path = "axes.variants." + variant.key;
    AxisStep step{.label = variant.key};
    for (const YamlEntry& key : source.entries(variant.value, path))
      step.settings.emplace_back(key.key, value_text(source, key.value, path + '.' + key.key));
    axis.steps.push_back(std::move(step));
  }
  if (axis.steps.empty())
    source.fail(entry.value, "axes.variants", "no variants; allowed: NAME: {KEY: VALUE}");
  return axis;
}

void read_objectives(const YamlSource& source, const YAML::Node& node, SweepSpec& spec) {
  spec.objectives.clear();
  for (const YamlEntry& entry : source.entries(node, "sweep.objectives")) {
    const std::string path = "sweep.objectives." + entry.key;
    const std::string way = source.text(entry.value, path);
    if (way != "max" && way != "min") source.fail(entry.value, path, "\"" + way + "\"; allowed: max, min");
    spec.objectives.push_back({entry.key, way == "max"});
  }
}

/// Words of `sweep.slurm`: they become options of sbatch, one line each.
bool read_slurm_word(const YamlSource& source, const YamlEntry& entry, SlurmOptions& slurm) {
  std::string* word = entry.key == "partition" ? &slurm.partition
                      : entry.key == "account" ? &slurm.account
                      : entry.key == "time"    ? &slurm.time
                                               : nullptr;
  if (word == nullptr) return false;
  const std::string path = "sweep.slurm." + entry.key;
  *word = source.text(entry.value, path);
  const auto odd = [](unsigned char c) { return c <= ' ' || c == 0x7f; };
  if (std::any_of(word->begin(), word->end(), odd))
    source.fail(entry.value, path, "holds a space or a line end; allowed: one word");
  return true;
}

void read_slurm(const YamlSource& source, const YamlEntry& entry, SweepSpec& spec, const KeyTable& table,
                Origins& origins) {
  for (const YamlEntry& inner : source.entries(entry.value, "sweep.slurm")) {
    if (read_slurm_word(source, inner, spec.slurm)) continue;
    std::vector<std::string> known = table.children("sweep.slurm");
    known.insert(known.end(), {"partition", "account", "time"});
    if (table.key("sweep.slurm." + inner.key) == nullptr)
      source.fail_unknown(inner, "sweep.slurm." + inner.key, known);
    source.read(inner, "sweep.slurm." + inner.key, table, origins);
  }
}

void read_sweep_key(const YamlSource& source, const YamlEntry& entry, SweepSpec& spec, const KeyTable& table,
                    Origins& origins) {
  const std::string path = "sweep." + entry.key;
  if (entry.key == "slurm") {
    read_slurm(source, entry, spec, table, origins);
  } else if (table.key(path) != nullptr) {
    source.read(entry, path, table, origins);
  } else {
    if (entry.key == "where") {
      spec.where = texts(source, entry.value, path);
    } else if (entry.key == "record") {
      spec.record = entry.value.IsSequence() ? texts(source, entry.value, path)
                                             : split_values(source.text(entry.value, path), path);
    } else if (entry.key == "objectives") {
      read_objectives(source, entry.value, spec);
    } else {
      std::vector<std::string> known = table.children("sweep");
      known.insert(known.end(), {"where", "record", "objectives"});
      source.fail_unknown(entry, path, known);
    }
    origins[path] = source.origin(entry.key_node);
  }
}

}  // namespace

std::vector<Axis> read_axes(const YamlSource& source, const YAML::Node& node) {
  std::vector<Axis> axes;
  for (const YamlEntry& entry : source.entries(node, "axes")) {
    const std::vector<YAML::Node> zips = entry.value.IsSequence()
                                             ? std::vector<YAML::Node>(entry.value.begin(), entry.value.end())
                                             : std::vector<YAML::Node>{entry.value};
    if (entry.key == "zip")
      for (const YAML::Node& one : zips) source.attempt([&] { axes.push_back(read_zip(source, one)); });
    else if (entry.key == "variants")
      source.attempt([&] { axes.push_back(read_variants(source, entry)); });
    else
      source.attempt([&] { axes.push_back(read_axis(source, entry, "axes")); });
  }
  return axes;
}

void read_sweep(const YamlSource& source, const YamlEntry& entry, SweepSpec& spec, Origins& origins) {
  const KeyTable table = sweep_keys(spec);
  for (const YamlEntry& inner : source.entries(entry.value, "sweep"))
    source.attempt([&] { read_sweep_key(source, inner, spec, table, origins); });
}

KeyTable sweep_keys(SweepSpec& spec) {
  KeyTable table;
  KeyCollector root(table, "", "sim/config/sweep_spec.hpp");
  describe(root, spec);
  return table;
}

const std::vector<SweepTextKey>& sweep_text_keys() {
  static const std::vector<SweepTextKey> keys = {
      {"sweep.where",
       "conditions on keys that a point must fulfil, e.g. 'chip.array.rows <= 256': one or a list"},
      {"sweep.record", "figures to keep of a point instead of its whole report, e.g. accuracy, energy_j"},
      {"sweep.objectives",
       "what is best: a map of figures to max or min, e.g. {accuracy: max, energy_j: min}"},
      {"sweep.slurm.partition", "partition of the job array"},
      {"sweep.slurm.account", "account that pays"},
      {"sweep.slurm.time", "time limit of a shard as Slurm writes it, e.g. 2:00:00"}};
  return keys;
}

const std::vector<AxisForm>& axis_forms() {
  static const std::vector<AxisForm> forms = {
      {"KEY: [a, b, c]", "values of a key, or 'a,b,c', or {values: [a, b, c]}"},
      {"KEY: {range: [low, high], steps: n, scale: linear}",
       "n values from low to high, both included, evenly spaced; scale: log spaces their logarithms. Without "
       "steps, "
       "each whole number, or what samplers draw from"},
      {"zip: {KEY: [a, b], KEY: [c, d]}", "keys that move together; a list of such maps makes several axes"},
      {"variants: {NAME: {KEY: VALUE}}", "named settings of any keys, an axis called variant"}};
  return forms;
}

}  // namespace mimosa
