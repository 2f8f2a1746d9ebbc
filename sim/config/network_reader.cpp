// SPDX-License-Identifier: Apache-2.0
#include "sim/config/network_reader.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/base/error.hpp"
#include "models/data/dataset.hpp"
#include "models/data/file.hpp"
#include "models/data/safetensors.hpp"
#include "models/nn/sequence.hpp"
#include "sim/config/network_keys.hpp"
#include "sim/config/network_nodes.hpp"
#include "sim/config/network_slots.hpp"

namespace mimosa {
namespace {

std::vector<std::string> top_keys() {
  std::vector<std::string> names;
  for (const TextKey& key : network_keys()) names.push_back(key.path);
  return names;
}

class NetworkReader {
 public:
  NetworkReader(const std::string& path, Findings* findings)
      : source_(read_file(path), path, findings), findings_(findings) {
    for (YamlEntry& entry : source_.entries(source_.root(), "")) {
      source_.attempt([&] {
        const std::vector<std::string> known = top_keys();
        if (std::find(known.begin(), known.end(), entry.key) == known.end())
          source_.fail_unknown(entry, entry.key, known);
        entries_.push_back(std::move(entry));
      });
    }
  }

  Network read(int inputs_per_pass) {
    Network network;
    Graph filling;
    Shape input{};
    const auto attempt = [&](auto part) { source_.attempt(part); };
    attempt([&] { network.name = read_name(source_, required("name"), "name"); });
    attempt([&] { network.description = text("description"); });
    attempt([&] { network.baseline = text("baseline"); });
    attempt([&] { network.dataset = find("dataset") == nullptr ? "" : read_dataset(); });
    attempt([&] { read_task(network); });
    attempt([&] {
      if (find("published") != nullptr) network.published = read_published();
    });
    attempt([&] {
      read_slots(source_, {find("slots"), find("modes"), find("grid")}, inputs_per_pass, network, filling);
    });
    attempt([&] { input = read_input(network, filling.vocabulary); });
    attempt([&] { network.graph = read_nodes(source_, required("nodes").value); });
    network.graph.grid = filling.grid;
    network.graph.key_grid = filling.key_grid;
    network.graph.vocabulary = filling.vocabulary;
    if (complete()) attempt([&] { infer(network, input); });
    return network;
  }

  /// Whether there has been no mistake.
  [[nodiscard]] bool complete() const { return findings_ == nullptr || findings_->empty(); }

  /// Path of the weights file, or empty.
  [[nodiscard]] std::string weights() const {
    const std::string name = text("weights");
    return name.empty() ? name : (std::filesystem::path(source_.file()).parent_path() / name).string();
  }

 private:
  [[nodiscard]] const YamlEntry* find(const std::string& key) const {
    const auto entry =
        std::find_if(entries_.begin(), entries_.end(), [&](const YamlEntry& e) { return e.key == key; });
    return entry == entries_.end() ? nullptr : &*entry;
  }

  [[nodiscard]] const YamlEntry& required(const std::string& key) const {
    const YamlEntry* entry = find(key);
    if (entry == nullptr) source_.fail(source_.root(), "", fmt::format("the key '{}' is missing", key));
    return *entry;
  }

  [[nodiscard]] std::string text(const std::string& key) const {
    const YamlEntry* entry = find(key);
    return entry == nullptr ? "" : source_.text(entry->value, key);
  }

  [[nodiscard]] std::string read_dataset() const {
    const std::string name = text("dataset");
    const std::vector<std::string>& names = dataset_names();
    if (std::find(names.begin(), names.end(), name) == names.end())
      source_.fail(find("dataset")->value, "dataset",
                   fmt::format("no dataset '{}'; allowed: {}, or no such key", name, fmt::join(names, ", ")));
    return name;
  }

  /// The parameters of the data set.
  void read_task(Network& network) const {
    if (find("task") == nullptr) return;
    KeyTable table;
    KeyCollector collect(table, "task.");
    describe_task(collect, network.dataset, network.task);
    Origins origins;
    for (const YamlEntry& entry : source_.entries(find("task")->value, "task")) {
      source_.attempt([&] {
        const std::string path = "task." + entry.key;
        if (table.keys.empty())
          source_.fail(entry.key_node, path, fmt::format("dataset '{}' has no parameters", network.dataset));
        if (table.key(path) == nullptr) source_.fail_unknown(entry, path, table.children("task"));
        source_.read(entry, path, table, origins);
      });
    }
  }

  [[nodiscard]] PublishedAccuracy read_published() const {
    const YAML::Node block = find("published")->value;
    PublishedAccuracy published;
    KeyTable table;
    KeyCollector(table, "published.").field("accuracy", published.accuracy, "1", "share of inputs", 0.0, 1.0);
    Origins origins;
    for (const YamlEntry& entry : source_.entries(block, "published")) {
      const std::string path = "published." + entry.key;
      if (entry.key == "source")
        published.source = source_.text(entry.value, path);
      else if (table.key(path) == nullptr)
        source_.fail_unknown(entry, path, {"accuracy", "source"});
      else
        source_.read(entry, path, table, origins);
    }
    if (origins.empty() || published.source.empty())
      source_.fail(block, "published", "needs both keys, e.g. {accuracy: 0.9, source: \"whose, where\"}");
    return published;
  }

  /// Shape, the normalisation into the network, and how many tokens there are if its inputs are tokens.
  [[nodiscard]] Shape read_input(Network& network, int& vocabulary) const {
    const YamlEntry& input = required("input");
    KeyTable table;
    KeyCollector collect(table, "input.");
    InputKeys keys{network.input_mean, network.input_std, vocabulary};
    describe(collect, keys);
    Shape shape{};
    Origins origins;
    bool shaped = false;
    for (const YamlEntry& entry : source_.entries(input.value, "input")) {
      const std::string path = "input." + entry.key;
      shaped = shaped || entry.key == "shape";
      source_.attempt([&] {
        if (entry.key == "shape")
          shape = read_shape(entry.value);
        else if (table.key(path) == nullptr)
          source_.fail_unknown(entry, path, {"shape", "mean", "std", "tokens"});
        else
          source_.read(entry, path, table, origins);
      });
    }
    if (!shaped) source_.fail(input.value, "input", "the key 'shape' is missing");
    network.input_mean = keys.mean;
    network.input_std = keys.std;
    vocabulary = keys.tokens;
    if (vocabulary > 0)
      for (const char* key : {"input.mean", "input.std"})
        if (origins.count(key) != 0)
          source_.fail(input.value, key, "tokens are not normalised; allowed: no such key");
    const std::optional<Shape> images = image_shape(network.dataset);
    if (complete() && images && shape != *images)
      source_.fail(input.value, "input.shape",
                   fmt::format("images of {} are [{}, {}, {}]", network.dataset, images->channels,
                               images->height, images->width));
    return shape;
  }

  [[nodiscard]] Shape read_shape(const YAML::Node& list) const {
    const std::string path = "input.shape";
    if (!list.IsSequence() || list.size() != 3)
      source_.fail(list, path, "expected [channels, height, width]");
    return {read_count(source_, list[0], path, "channels"), read_count(source_, list[1], path, "size"),
            read_count(source_, list[2], path, "size")};
  }

  void infer(Network& network, const Shape& input) const {
    try {
      infer_shapes(network.graph, input, network.slots, network.inputs_per_pass);
      const Node& output = network.graph.output();
      if (output.slots != network.inputs_per_pass)
        throw UserError(fmt::format("node '{}': the output has {} values per pass of {} inputs; {}",
                                    output.name, output.slots, network.inputs_per_pass,
                                    output.slots > 1 ? "merge the copies" : "unbind the bundle"));
      check_task(network);
    } catch (const UserError& error) {
      fail_at_node(error.what());
    }
  }

  /// Places "node 'NAME': …" at that node.
  [[noreturn]] void fail_at_node(const std::string& what) const {
    for (const auto& node : required("nodes").value)
      if (what.rfind(fmt::format("node '{}': ", node["name"].Scalar()), 0) == 0) source_.fail(node, "", what);
    throw ConfigError({source_.file()}, "", what);
  }

  YamlSource source_;
  Findings* findings_;
  std::vector<YamlEntry> entries_;
};

}  // namespace

Network read_network(const std::string& path, int inputs_per_pass, bool with_weights, Findings* findings) {
  NetworkReader reader(path, findings);
  Network network = reader.read(inputs_per_pass);
  const std::string weights = reader.weights();
  if (!with_weights || weights.empty() || !reader.complete()) return network;
  network.weights_file = weights;
  network.tensors = read_safetensors(weights).tensors;
  check_tensors(network);
  note_signs(network);
  return network;
}

}  // namespace mimosa
