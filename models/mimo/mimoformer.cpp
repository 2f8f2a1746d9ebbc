// SPDX-License-Identifier: Apache-2.0
#include "models/mimo/mimoformer.hpp"

#include <cmath>
#include <fmt/format.h>
#include <string>
#include <vector>

namespace mimosa {
namespace {

/// Adds nodes by name; a node without inputs follows the last one.
class Builder {
 public:
  explicit Builder(const FormerOptions& options) : o_(options) {
    graph_.nodes.emplace_back().name = "input";
    graph_.vocabulary = o_.vocabulary;
  }

  Node& add(const std::string& name, OpKind op, std::vector<int> inputs = {}) {
    if (inputs.empty()) inputs = {last()};
    Node& node = graph_.nodes.emplace_back();
    node.name = name;
    node.op = op;
    node.inputs = std::move(inputs);
    if (op == OpKind::RandomFeatures) node.eps = 1e-3;
    if (op == OpKind::Attention) node.eps = o_.map == FeatureMap::Dpfp ? 1e-5 : 0.0;
    return node;
  }

  /// A matrix at every position.
  Node& project(const std::string& name, int outputs, std::vector<int> inputs = {}) {
    Node& node = add(name, OpKind::Conv2d, std::move(inputs));
    node.out_channels = outputs;
    node.bias = true;
    return node;
  }

  [[nodiscard]] int last() const { return static_cast<int>(graph_.nodes.size()) - 1; }

  void embed() { add("embed", OpKind::Embed).out_channels = o_.channels; }

  int mlp(const std::string& block, int skip) {
    add(block + "norm2", OpKind::LayerNorm);
    project(block + "up", o_.hidden);
    add(block + "relu", OpKind::Relu);
    project(block + "down", o_.channels);
    add(block + "add_mlp", OpKind::Add, {last(), skip});
    return last();
  }

  void readout() {
    add("norm", OpKind::LayerNorm);
    if (o_.readout == Readout::LastPosition)
      add("last", OpKind::Row);
    else
      add("pool", OpKind::AvgPool).kernel = 0;
    add("flatten", OpKind::Flatten);
  }

  void classify() {
    if (o_.hidden_head) {
      linear("head", o_.hidden);
      add("head_relu", OpKind::Relu);
    }
    linear("classifier", o_.classes);
  }

  Graph finish(const Grid& grid, const Grid& keys) {
    graph_.grid = grid;
    graph_.key_grid = keys;
    infer_shapes(graph_, {1, o_.length, 1}, grid.size(), grid.size());
    return std::move(graph_);
  }

  void linear(const std::string& name, int outputs) {
    Node& node = add(name, OpKind::Linear);
    node.out_channels = outputs;
    node.bias = true;
  }

 private:
  const FormerOptions o_;
  Graph graph_;
};

/// Blocks of linear attention on a grid.
class MimoFormer {
 public:
  explicit MimoFormer(const FormerOptions& options)
      : o_(options), keys_(o_.keys.size() == 0 ? o_.grid : o_.keys), builder_(options) {}

  Graph build() {
    builder_.embed();
    for (int i = 0; i < o_.layers; ++i) block(fmt::format("l{}.", i));
    builder_.readout();
    builder_.classify();
    return builder_.finish(o_.grid, keys_);
  }

 private:
  [[nodiscard]] bool superposed() const { return keys_.size() > 1; }

  void block(const std::string& name) {
    const int x = builder_.last();
    const bool shares_mlp = superposed() && o_.sharing == Sharing::AttentionAndMlp;
    attend(name, shares_mlp);
    builder_.project(name + "o", o_.channels);
    const int out = builder_.last();
    int skip = x;
    if (shares_mlp) {  // N bundles, with keys of their own
      builder_.add(name + "skip_bind", OpKind::Hadamard, {x});
      builder_.add(name + "skip_bundle", OpKind::GridSum).sequence.over = SlotAxis::M;
      skip = builder_.last();
    }
    builder_.add(name + "add", OpKind::Add, {out, skip});
    builder_.mlp(name, builder_.last());
    if (!shares_mlp) return;
    Node& unbind = builder_.add(name + "skip_unbind", OpKind::Hadamard);
    unbind.sequence.spread = SlotAxis::N;
    unbind.weights_of = name + "skip_bind";
  }

  void attend(const std::string& name, bool pooled) {
    builder_.add(name + "norm1", OpKind::LayerNorm);
    const int x = builder_.last();
    const int q = features(name, 'q', bundle(name, 'q', x)), k = features(name, 'k', bundle(name, 'k', x));
    const int v = bundle(name, 'v', x);
    Node& attention = builder_.add(name + "attention", OpKind::Attention, {q, k, v});
    attention.sequence.mask = o_.mask;
    attention.sequence.prefix = o_.prefix;
    attention.sequence.pooled = pooled;
    if (superposed() && !pooled) builder_.add(name + "unbind", OpKind::Hadamard).weights_of = name + "q_bind";
    builder_.add(name + "join", OpKind::JoinHeads);
  }

  /// Projection, heads, signs and the sum over the grid: q over m, k and v over n. Logits are divided by
  /// D_h · M · N: half of it here on either side.
  int bundle(const std::string& name, char which, int x) {
    const std::string part = name + which;
    builder_.project(part, o_.heads * o_.head_channels, {x});
    builder_.add(part + "_heads", OpKind::Heads).sequence.heads = o_.heads;
    if (!superposed() && which == 'v') return builder_.last();
    if (superposed()) {
      Node& bind = builder_.add(part + "_bind", OpKind::Hadamard);
      if (which != 'q') bind.weights_of = name + "q_bind";
    }
    SequenceKeys& sum = builder_.add(part + "_bundle", OpKind::GridSum).sequence;
    sum.over = which == 'q' ? SlotAxis::M : SlotAxis::N;
    sum.grid_scale = which != 'v';
    if (which != 'v') sum.scale = 1.0 / std::sqrt(static_cast<double>(o_.head_channels));
    return builder_.last();
  }

  int features(const std::string& name, char which, int x) {
    const std::string part = name + which;
    if (o_.map == FeatureMap::Dpfp) {
      builder_.add(part + "_phi", OpKind::Dpfp, {x}).sequence.nu = o_.nu;
      return builder_.last();
    }
    Node& omega = builder_.project(part + "_omega", o_.features, {x});
    omega.bias = false;
    if (which == 'k') omega.weights_of = name + "q_omega";
    const bool exponential = o_.map == FeatureMap::Exp;
    std::vector<int> inputs{builder_.last()};
    if (exponential && which == 'k') inputs.push_back(x);
    Node& node = builder_.add(part + "_phi", OpKind::RandomFeatures, inputs);
    if (exponential) node.sequence.kind = which == 'q' ? FeatureKind::ExpQuery : FeatureKind::ExpKey;
    return builder_.last();
  }

  const FormerOptions o_;
  const Grid keys_;
  Builder builder_;
};

void softmax_block(Builder& builder, const FormerOptions& o, const std::string& name) {
  const int skip = builder.last();
  builder.add(name + "norm1", OpKind::LayerNorm);
  const int x = builder.last();
  std::vector<int> heads;
  for (const char* which : {"q", "k", "v"}) {
    builder.project(name + which, o.heads * o.head_channels, {x});
    builder.add(name + which + "_heads", OpKind::Heads).sequence.heads = o.heads;
    heads.push_back(builder.last());
  }
  SequenceKeys& attention = builder.add(name + "attention", OpKind::SoftmaxAttention, heads).sequence;
  attention.mask = o.mask;
  attention.prefix = o.prefix;
  attention.scale = 1.0 / std::sqrt(static_cast<double>(o.head_channels));
  builder.add(name + "join", OpKind::JoinHeads);
  builder.project(name + "o", o.channels);
  builder.add(name + "add", OpKind::Add, {builder.last(), skip});
  builder.mlp(name, builder.last());
}

}  // namespace

Graph mimoformer(const FormerOptions& options) {
  return MimoFormer(options).build();
}

Graph softmax_transformer(const FormerOptions& options) {
  Builder builder(options);
  builder.embed();
  for (int i = 0; i < options.layers; ++i) softmax_block(builder, options, fmt::format("l{}.", i));
  builder.readout();
  builder.classify();
  return builder.finish({1, 1}, {1, 1});
}

Graph datamux(const FormerOptions& options) {
  Builder builder(options);
  builder.embed();
  builder.add("bind", OpKind::Hadamard);
  SequenceKeys& mean = builder.add("mean", OpKind::GridSum).sequence;
  mean.over = SlotAxis::M;
  mean.scale = 1.0 / options.grid.m;
  for (int i = 0; i < options.layers; ++i) softmax_block(builder, options, fmt::format("l{}.", i));
  builder.readout();
  builder.add("unbind", OpKind::Unbind).bias = true;
  builder.add("unbind_act", OpKind::Relu);
  builder.classify();
  return builder.finish({options.grid.m, 1}, {options.grid.m, 1});
}

}  // namespace mimosa
