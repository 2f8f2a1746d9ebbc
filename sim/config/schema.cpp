// SPDX-License-Identifier: Apache-2.0
#include "sim/config/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/config/config_files.hpp"
#include "sim/config/experiment_keys.hpp"
#include "sim/config/sweep_reader.hpp"

namespace mimosa {
namespace {

Schema value_of(const ConfigValue& value) {
  return std::visit([](const auto& held) { return Schema(held); }, value);
}

std::string description_of(const ConfigKey& key) {
  const std::string unit = key.unit == "1" ? "" : ' ' + key.unit;
  std::string text = fmt::format(
      "{}. Allowed: {}{}; default: {}{}.", key.sentence, allowed_text(key), unit,
      key.kind == KeyKind::Text && to_text(key.get()).empty() ? "none" : to_text(key.get()), unit);
  if (!key.laws.empty()) text += fmt::format(" Only with {}: {}.", key.law_key, fmt::join(key.laws, ", "));
  return text;
}

Schema limits_of(const ConfigKey& key, const char* type) {
  return {{"type", type}, {"minimum", value_of(key.low)}, {"maximum", value_of(key.high)}};
}

Schema reference(const std::string& path) {
  return {{"$ref", "#/definitions/" + path}};
}

/// A name of a config file that is there, or a path, or a name that will be there.
Schema file_schema(const std::string& kind, const std::string& sentence) {
  Schema names = Schema::array();
  for (const ConfigListing& file : list_configs(kind, config_roots(""))) names.push_back(file.name);
  Schema schema = {{"description", sentence}, {"anyOf", Schema::array()}};
  if (!names.empty()) schema["anyOf"].push_back({{"enum", names}});
  schema["anyOf"].push_back({{"type", "string"}});
  return schema;
}

/// A chip or device as a block of an experiment or a file of its own.
Schema part_block(const KeyTable& table, const std::string& kind) {
  Schema block = section_schema(table, kind), headings = Schema::object();
  for (const TextKey& key : part_text_keys())
    headings[key.path] = key.path == "extends" ? file_schema(kind, key.sentence) : text_schema(key.sentence);
  headings.update(block["properties"]);
  block["properties"] = headings;
  return block;
}

Schema list_or_one(Schema item) {
  Schema list = {{"type", "array"}, {"items", item}, {"minItems", 1}};
  return {{"anyOf", {std::move(item), std::move(list)}}};
}

Schema network_of_experiment(const KeyTable& table) {
  const std::string sentence = table.section("network")->sentence;
  Schema block = section_schema(table, "network");
  block["properties"]["extends"] = list_or_one(file_schema("network", "a name, a path, or a list of them"));
  Schema schema = list_or_one(file_schema("network", sentence));
  schema["description"] = sentence;
  schema["anyOf"].push_back(std::move(block));
  return schema;
}

Schema overrides_schema(const KeyTable& table, const std::string& sentence) {
  Schema properties = {{"layers", text_schema("a glob of names of layers: * any letters, ? any one")}};
  for (const ConfigKey& key : table.keys)
    if (key.path.rfind("device.", 0) == 0) properties[key.path] = reference(key.path);
  Schema item = closed_map(std::move(properties));
  item["required"] = {"layers"};
  item["minProperties"] = 2;
  return {{"description", sentence}, {"type", "array"}, {"items", std::move(item)}};
}

/// The forms of an axis (axis_forms): values as a list, 'a,b,c' or one, or a map with values or a range.
Schema axis_schema(const Schema& item) {
  const Schema number = {{"type", "number"}};
  Schema schema = list_or_one(item);
  const Schema values = schema;
  schema["anyOf"].push_back({{"type", "string"}});
  schema["anyOf"].push_back(
      closed_map({{"values", values},
                  {"range", {{"type", "array"}, {"items", number}, {"minItems", 2}, {"maxItems", 2}}},
                  {"steps", {{"type", "integer"}, {"minimum", 1}}},
                  {"scale", {{"enum", {"linear", "log"}}}}}));
  return schema;
}

Schema axes_schema(const KeyTable& table, const std::string& sentence) {
  Schema keys = Schema::object(), settings = Schema::object();
  for (const char* part : {"network", "chip", "device", "noise_layers"})
    keys[part] = axis_schema({{"type", "string"}});
  for (const ConfigKey& key : table.keys) keys[key.path] = axis_schema(reference(key.path));
  for (const char* part : {"network", "chip", "device", "noise_layers"})
    settings[part] = {{"type", "string"}};
  for (const ConfigKey& key : table.keys) settings[key.path] = reference(key.path);
  std::string forms = sentence + ". Forms:";
  for (const AxisForm& form : axis_forms()) forms += "\n" + form.form + ": " + form.sentence;
  const Schema zip = closed_map(keys);
  keys["zip"] = list_or_one(zip);
  keys["variants"] = {{"type", "object"}, {"additionalProperties", closed_map(std::move(settings))}};
  Schema schema = closed_map(std::move(keys));
  schema["description"] = forms;
  return schema;
}

Schema sweep_schema() {
  SweepSpec defaults;
  Schema schema = section_schema(sweep_keys(defaults), "sweep");
  for (const SweepTextKey& key : sweep_text_keys()) {
    const std::string name = key.path.substr(key.path.rfind('.') + 1);
    Schema value = text_schema(key.sentence);
    if (key.path == "sweep.objectives")
      value = {{"description", key.sentence},
               {"type", "object"},
               {"additionalProperties", {{"enum", {"max", "min"}}}}};
    else if (key.path.rfind("sweep.slurm.", 0) != 0)
      value = {{"description", key.sentence}, {"anyOf", list_or_one({{"type", "string"}})["anyOf"]}};
    Schema& home = key.path.rfind("sweep.slurm.", 0) == 0 ? schema["properties"]["slurm"] : schema;
    home["properties"][name] = std::move(value);
  }
  return schema;
}

Schema experiment_schema() {
  Experiment defaults;
  const KeyTable table = experiment_keys(defaults);
  Schema schema = section_schema(table, "");
  Schema properties = Schema::object(), definitions = Schema::object();
  for (const TextKey& key : text_keys()) {
    if (key.path == "extends")
      properties[key.path] = file_schema("experiment", key.sentence);
    else if (key.path == "overrides")
      properties[key.path] = overrides_schema(table, key.sentence);
    else if (key.path == "axes")
      properties[key.path] = axes_schema(table, key.sentence);
    else if (key.path == "sweep")
      properties[key.path] = sweep_schema();
    else if (key.path == "noise_layers")
      properties[key.path] = {{"description", key.sentence},
                              {"anyOf", list_or_one({{"type", "string"}})["anyOf"]}};
    else
      properties[key.path] = text_schema(key.sentence);
  }
  properties["network"] = network_of_experiment(table);
  for (const char* part : {"chip", "device"}) {
    properties[part] = file_schema(part, table.section(part)->sentence);
    properties[part]["anyOf"].push_back(part_block(table, part));
  }
  for (const auto& [name, value] : schema["properties"].items())
    if (!properties.contains(name)) properties[name] = value;
  for (const ConfigKey& key : table.keys) definitions[key.path] = key_schema(key);
  schema["properties"] = std::move(properties);
  schema["anyOf"] = {{{"required", {"network"}}}, {{"required", {"extends"}}}};
  schema["definitions"] = std::move(definitions);
  return schema;
}

Schema part_schema(const std::string& kind) {
  Experiment defaults;
  return part_block(experiment_keys(defaults), kind);
}

}  // namespace

Schema closed_map(Schema properties) {
  return {{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
}

Schema text_schema(const std::string& sentence) {
  return {{"description", sentence}, {"type", "string"}};
}

Schema key_schema(const ConfigKey& key) {
  Schema schema = {{"description", description_of(key)}, {"default", value_of(key.get())}};
  switch (key.kind) {
    case KeyKind::Switch:
      schema["type"] = "boolean";
      break;
    case KeyKind::Choice:
      schema["enum"] = key.choices;
      break;
    case KeyKind::Text:
      schema["type"] = "string";
      break;
    case KeyKind::List:
      schema["type"] = "array";
      schema["maxItems"] = key.most;
      schema["items"] = limits_of(key, "number");
      schema["x-unit"] = key.unit;
      break;
    default:
      schema.update(limits_of(key, key.kind == KeyKind::Integer ? "integer" : "number"));
      schema["x-unit"] = key.unit;
  }
  return schema;
}

Schema section_schema(const KeyTable& table, const std::string& section) {
  Schema properties = Schema::object();
  for (const std::string& name : table.children(section)) {
    const std::string path = section.empty() ? name : section + '.' + name;
    const ConfigKey* key = table.key(path);
    properties[name] = key != nullptr ? key_schema(*key) : section_schema(table, path);
  }
  Schema schema = closed_map(std::move(properties));
  if (const ConfigSection* found = table.section(section)) schema["description"] = found->sentence;
  return schema;
}

std::string config_schema(ConfigKind kind) {
  const std::string name = config_kinds()[static_cast<std::size_t>(kind)];
  Schema schema = {{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "mimosa: " + name}};
  if (kind == ConfigKind::Experiment)
    schema.update(experiment_schema());
  else if (kind == ConfigKind::Network)
    schema.update(network_schema());
  else
    schema.update(part_schema(name));
  return schema.dump(2) + '\n';
}

}  // namespace mimosa
