// SPDX-License-Identifier: Apache-2.0
#include "sim/config/network_nodes.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

#include "models/nn/op_keys.hpp"
#include "sim/config/names.hpp"

namespace mimosa {
namespace {

/// Operations that may stand in the list: all but the input, which is always there.
std::vector<std::string> op_names() {
  std::vector<std::string> names;
  for (int op = static_cast<int>(OpKind::Conv2d); op <= static_cast<int>(OpKind::Merge); ++op)
    names.emplace_back(to_string(static_cast<OpKind>(op)));
  return names;
}

/// The keys of one node that hold a number or a switch, by its operation. Refers to `node`.
KeyTable attribute_keys(Node& node, const std::string& path) {
  KeyTable table;
  KeyCollector collect(table, path + '.');
  const OpKeys keys = keys_of(node.op);
  const int smallest = node.op == OpKind::Conv2d ? 1 : 0;
  if (keys.window) {
    collect.field("kernel", node.kernel, "1", smallest == 1 ? "window size" : "window size; 0: global",
                  smallest, 1024);
    collect.field("stride", node.stride, "1", "window step", 1, 1024);
    collect.field("padding", node.padding, "1", "zeros on each side", 0, 512);
  }
  if (keys.out_channels) collect.field("out_channels", node.out_channels, "1", "outputs", 1, 1 << 20);
  if (keys.bias) collect.field("bias", node.bias, "1", "adds a bias", false, true);
  if (keys.eps) collect.field("eps", node.eps, "1", "added to the variance", 0.0, 1.0);
  return table;
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
    node.name = read_name(source_, required("name"), path_ + ".name");
    if (graph_.find(node.name) >= 0)
      source_.fail(required("name").value, path_ + ".name",
                   fmt::format("'{}' stands for an earlier node", node.name));
    read_attributes(node);
    node.inputs = read_inputs(node.op);
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
    if (keys_of(node.op).window) (void)required("kernel");
    if (keys_of(node.op).out_channels) (void)required("out_channels");
    const KeyTable table = attribute_keys(node, path_);
    const std::string operand = node.op == OpKind::Add ? "inputs" : "input";
    std::vector<std::string> known = {"name", "op", operand};
    for (const std::string& key : table.children(path_)) known.push_back(key);
    Origins origins;
    for (const YamlEntry& entry : entries_) {
      const std::string key = path_ + '.' + entry.key;
      if (std::find(known.begin(), known.end(), entry.key) == known.end())
        source_.fail_unknown(entry, key, known);
      if (table.key(key) != nullptr) source_.read(entry, key, table, origins);
    }
    if (keys_of(node.op).window && node.kernel == 0 &&
        (find("stride") != nullptr || find("padding") != nullptr))
      source_.fail(yaml_, path_, "a global pool (kernel 0) takes no stride and no padding");
    if (find("stride") == nullptr) node.stride = default_stride(node);
  }

  [[nodiscard]] std::vector<int> read_inputs(OpKind op) const {
    if (op != OpKind::Add) {
      const YamlEntry* entry = find("input");
      return {entry == nullptr ? static_cast<int>(graph_.nodes.size()) - 1
                               : earlier(entry->value, path_ + ".input")};
    }
    const YAML::Node names = required("inputs").value;
    const std::string path = path_ + ".inputs";
    if (!names.IsSequence() || names.size() != 2)
      source_.fail(names, path, "expected a list of two node names");
    return {earlier(names[0], path), earlier(names[1], path)};
  }

  /// Index of the earlier node of that name.
  [[nodiscard]] int earlier(const YAML::Node& value, const std::string& path) const {
    const std::string name = source_.text(value, path);
    const int index = graph_.find(name);
    if (index >= 0) return index;
    for (const auto& node : list_)
      if (node.IsMap() && node["name"] && node["name"].IsScalar() && node["name"].Scalar() == name)
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
  for (std::size_t i = 0; i < list.size(); ++i)
    graph.nodes.push_back(NodeReader(source, list, i, graph).read());
  return graph;
}

}  // namespace mimosa
