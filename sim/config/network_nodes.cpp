// SPDX-License-Identifier: Apache-2.0
#include "sim/config/network_nodes.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

#include "models/nn/op_keys.hpp"
#include "sim/config/names.hpp"

namespace mimosa {
namespace {

/// KeyCollector that also notes which keys have no default.
class AttributeCollector : public KeyCollector {
 public:
  AttributeCollector(NodeAttributes& attributes, const std::string& path)
      : KeyCollector(attributes.table, path + '.'), required_(attributes.required) {}
  void required(const char* key) { required_.emplace_back(key); }

 private:
  std::vector<std::string>& required_;
};

/// Empty where it has none that is a word.
std::string name_of(const YAML::Node& node) {
  return node.IsMap() && node["name"] && node["name"].IsScalar() ? node["name"].Scalar() : "";
}

class NodeReader {
 public:
  NodeReader(const YamlSource& source, const YAML::Node& list, std::size_t number, const Graph& graph)
      : source_(source),
        list_(list),
        yaml_(list[number]),
        path_(fmt::format("nodes[{}]", number)),
        graph_(graph),
        entries_(source.entries(yaml_, path_)) {}

  Node read() {
    Node node;
    node.op = read_op();
    node.eps = default_eps(node.op);
    node.name = read_name(source_, required("name"), path_ + ".name");
    if (graph_.find(node.name) >= 0)
      source_.fail(required("name").value, path_ + ".name",
                   fmt::format("'{}' stands for an earlier node", node.name));
    source_.attempt([&] { read_attributes(node); });
    source_.attempt([&] { node.inputs = read_inputs(input_count(node)); });
    if (const YamlEntry* entry = find("weights_of"); entry != nullptr)
      source_.attempt([&] {
        node.weights_of =
            graph_.nodes[static_cast<std::size_t>(earlier(entry->value, path_ + ".weights_of"))].name;
      });
    return node;
  }

 private:
  [[nodiscard]] const YamlEntry* find(const std::string& key) const {
    const auto entry =
        std::find_if(entries_.begin(), entries_.end(), [&](const YamlEntry& e) { return e.key == key; });
    return entry == entries_.end() ? nullptr : &*entry;
  }

  [[nodiscard]] const YamlEntry& required(const std::string& key) const {
    const YamlEntry* entry = find(key);
    if (entry != nullptr) return *entry;
    for (const YamlEntry& other : entries_)
      if (!did_you_mean(other.key, {key}).empty())
        source_.fail_unknown(other, path_ + '.' + other.key, {key});
    source_.fail(yaml_, path_, fmt::format("the key '{}' is missing", key));
  }

  [[nodiscard]] OpKind read_op() const {
    const YamlEntry& entry = required("op");
    const std::string name = source_.text(entry.value, path_ + ".op");
    const std::vector<std::string> names = op_names();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
      source_.fail(
          entry.value, path_ + ".op",
          fmt::format("no operation '{}'{} allowed: {}", name, hint(name, names), fmt::join(names, ", ")));
    return static_cast<OpKind>(static_cast<int>(OpKind::Conv2d) + (found - names.begin()));
  }

  void read_attributes(Node& node) const {
    const auto [table, required_keys] = attributes_of(node, path_);
    for (const std::string& key : required_keys) source_.attempt([&] { (void)required(key); });
    std::vector<std::string> known = node_words(node);
    for (const std::string& key : table.children(path_)) known.push_back(key);
    Origins origins;
    for (const YamlEntry& entry : entries_) {
      source_.attempt([&] {
        const std::string key = path_ + '.' + entry.key;
        if (std::find(known.begin(), known.end(), entry.key) == known.end())
          source_.fail_unknown(entry, key, known);
        if (table.key(key) != nullptr) source_.read(entry, key, table, origins);
      });
    }
    check_used(table, origins);
    if (node.kernel == 0 && (find("stride") != nullptr || find("padding") != nullptr))
      source_.fail(yaml_, path_, "a global pool (kernel 0) takes no stride and no padding");
    if (find("stride") == nullptr) node.stride = default_stride(node);
  }

  [[nodiscard]] std::vector<int> read_inputs(const InputCount& takes) const {
    const YamlEntry* entry = find("inputs");
    if (takes.least == 1 && entry == nullptr) {
      entry = find("input");
      return {entry == nullptr ? static_cast<int>(graph_.nodes.size()) - 1
                               : earlier(entry->value, path_ + ".input")};
    }
    const YAML::Node names = required("inputs").value;
    const std::string path = path_ + ".inputs";
    const auto count = names.IsSequence() ? static_cast<int>(names.size()) : -1;
    if (count < takes.least || count > takes.most)
      source_.fail(names, path, fmt::format("expected a list of {} node names", counted(takes)));
    std::vector<int> inputs;
    for (const auto& name : names) inputs.push_back(earlier(name, path));
    return inputs;
  }

  static std::string counted(const InputCount& takes) {
    constexpr std::array<const char*, 4> words{"no", "one", "two", "three"};
    const auto word = [&](int count) { return words.at(static_cast<std::size_t>(count)); };
    return takes.least == takes.most ? word(takes.most)
                                     : fmt::format("{} or {}", word(takes.least), word(takes.most));
  }

  /// Index of the earlier node of that name.
  [[nodiscard]] int earlier(const YAML::Node& value, const std::string& path) const {
    const std::string name = source_.text(value, path);
    const int index = graph_.find(name);
    if (index >= 0) return index;
    for (const auto& node : list_)
      if (name_of(node) == name)
        source_.fail(
            value, path,
            fmt::format("'{}' is not earlier in the list; a network has no cycles, and nodes stand in "
                        "the order of their computation",
                        name));
    std::vector<std::string> names;
    for (const Node& node : graph_.nodes) names.push_back(node.name);
    source_.fail(
        value, path,
        fmt::format("no node is called '{}'{} allowed: 'input' and earlier nodes", name, hint(name, names)));
  }

  static std::string hint(const std::string& word, const std::vector<std::string>& known) {
    const std::string text = did_you_mean(word, known);
    return text.empty() ? ";" : text;
  }

  const YamlSource& source_;
  const YAML::Node list_, yaml_;
  const std::string path_;
  const Graph& graph_;
  const std::vector<YamlEntry> entries_;
};

}  // namespace

std::vector<std::string> op_names() {
  std::vector<std::string> names;
  for (int op = static_cast<int>(OpKind::Conv2d); op <= static_cast<int>(OpKind::Row); ++op)
    names.emplace_back(to_string(static_cast<OpKind>(op)));
  return names;
}

std::vector<std::string> node_words(const Node& node) {
  std::vector<std::string> words = {"name", "op"};
  const bool features = node.op == OpKind::RandomFeatures;  // one or two, as its kind says
  if (features || input_count(node).least == 1) words.emplace_back("input");
  if (features || input_count(node).least > 1) words.emplace_back("inputs");
  if (has_tensors(node.op)) words.emplace_back("weights_of");
  return words;
}

NodeAttributes attributes_of(Node& node, const std::string& path) {
  NodeAttributes attributes;
  AttributeCollector collect(attributes, path);
  describe_attributes(collect, node);
  return attributes;
}

std::string read_name(const YamlSource& source, const YamlEntry& entry, const std::string& path) {
  const std::string name = source.text(entry.value, path);
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  if (name.empty() || name.find_first_not_of(letters) != std::string::npos)
    source.fail(entry.value, path,
                fmt::format("'{}' is not a name; allowed: letters, digits, '_', '-', '.'", name));
  return name;
}

Graph read_nodes(const YamlSource& source, const YAML::Node& list) {
  if (!list.IsSequence() || list.size() == 0)
    source.fail(list, "nodes", "expected a list of at least one node");
  Graph graph;
  graph.nodes.emplace_back().name = "input";
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::size_t before = graph.nodes.size();
    source.attempt([&] { graph.nodes.push_back(NodeReader(source, list, i, graph).read()); });
    if (graph.nodes.size() == before) graph.nodes.emplace_back().name = name_of(list[i]);
  }
  return graph;
}

}  // namespace mimosa
