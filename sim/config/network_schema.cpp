// SPDX-License-Identifier: Apache-2.0
#include "models/data/dataset.hpp"
#include "models/nn/op_keys.hpp"
#include "sim/config/network_keys.hpp"
#include "sim/config/network_nodes.hpp"
#include "sim/config/schema.hpp"

namespace mimosa {
namespace {

constexpr const char* name_pattern = "^[A-Za-z0-9_.-]+$";

/// Of a NetworkCounts' key.
Schema count(const char* name) {
  NetworkCounts counts;
  KeyTable table;
  KeyCollector collect(table, "");
  describe(collect, counts);
  return key_schema(*table.key(name));
}

Schema list_of(Schema item, std::size_t least, std::size_t most) {
  Schema list = {{"type", "array"}, {"items", std::move(item)}, {"minItems", least}};
  if (most > 0) list["maxItems"] = most;
  return list;
}

/// The parameters of all data sets; which has which, the check knows.
Schema task_schema() {
  TaskSpec task;
  Schema properties = Schema::object();
  for (const std::string& dataset : dataset_names()) {
    KeyTable table;
    KeyCollector collect(table, "");
    describe_task(collect, dataset, task);
    properties.update(section_schema(table, "")["properties"]);
  }
  return closed_map(std::move(properties));
}

Schema input_schema() {
  InputKeys keys;
  KeyTable table;
  KeyCollector collect(table, "");
  describe(collect, keys);
  Schema schema = section_schema(table, "");
  Schema sizes = Schema::array({count("channels"), count("size"), count("size")});
  schema["properties"]["shape"] = {{"description", "[channels, height, width]"},
                                   {"type", "array"},
                                   {"items", std::move(sizes)},
                                   {"minItems", 3},
                                   {"maxItems", 3}};
  schema["required"] = {"shape"};
  return schema;
}

/// What a node of that operation may and must have.
Schema op_schema(const std::string& name, OpKind op) {
  Node node;
  node.op = op;
  node.eps = default_eps(op);
  const auto [table, required] = attributes_of(node, "");
  Schema properties = Schema::object(), needed = {"name", "op"};
  for (const std::string& word : node_words(node)) {
    properties[word] = {{"type", "string"}};
    if (word == "op") properties[word] = {{"const", name}};
    if (word == "inputs") properties[word] = list_of({{"type", "string"}}, 1, 3);
  }
  for (const ConfigKey& key : table.keys) properties[key.path.substr(1)] = key_schema(key);
  for (const std::string& key : required) {
    properties[key].erase("default");
    needed.push_back(key);
  }
  if (!properties.contains("input")) needed.push_back("inputs");
  Schema schema = closed_map(std::move(properties));
  schema["required"] = std::move(needed);
  return schema;
}

Schema nodes_schema() {
  const std::vector<std::string> names = op_names();
  Schema cases = Schema::array();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto op = static_cast<OpKind>(static_cast<std::size_t>(OpKind::Conv2d) + i);
    Schema is_op = {{"properties", {{"op", {{"const", names[i]}}}}}, {"required", {"op"}}};
    cases.push_back({{"if", std::move(is_op)}, {"then", op_schema(names[i], op)}});
  }
  Schema name = {{"description", "a name of its own"}, {"type", "string"}, {"pattern", name_pattern}};
  Schema op = {{"description", "operation"}, {"enum", names}};
  Schema node = {{"type", "object"},
                 {"required", {"name", "op"}},
                 {"properties", {{"name", std::move(name)}, {"op", std::move(op)}}},
                 {"allOf", std::move(cases)}};
  return list_of(std::move(node), 1, 0);
}

/// What a key at the top holds.
Schema value_schema(const std::string& key) {
  if (key == "name") return {{"type", "string"}, {"pattern", name_pattern}};
  if (key == "dataset") return {{"enum", dataset_names()}};
  if (key == "task") return task_schema();
  if (key == "published") {
    Schema published = closed_map({{"accuracy", {{"type", "number"}, {"minimum", 0.0}, {"maximum", 1.0}}},
                                   {"source", text_schema("whose figure it is, and where it stands")}});
    published["required"] = {"accuracy", "source"};
    return published;
  }
  if (key == "slots") return count("slots");
  if (key == "grid") return list_of(count("grid"), 2, 2);
  if (key == "modes") {
    Schema grids = list_of(list_of(count("grid"), 2, 2), 1, 0);
    return {{"anyOf", {list_of(count("modes"), 1, 0), std::move(grids)}}};
  }
  if (key == "input") return input_schema();
  if (key == "nodes") return nodes_schema();
  return {{"type", "string"}};
}

}  // namespace

Schema network_schema() {
  Schema properties = Schema::object();
  for (const TextKey& key : network_keys()) {
    properties[key.path] = value_schema(key.path);
    properties[key.path]["description"] = key.sentence;
  }
  Schema schema = closed_map(std::move(properties));
  schema["required"] = {"name", "input", "nodes"};
  return schema;
}

}  // namespace mimosa
