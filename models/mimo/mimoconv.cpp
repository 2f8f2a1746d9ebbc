// SPDX-License-Identifier: Apache-2.0
#include "models/mimo/mimoconv.hpp"

#include <fmt/format.h>

namespace mimosa {
namespace {

class Builder {
 public:
  Builder(MimoConvOptions options, OpKind activation)
      : options_(std::move(options)), activation_(activation) {
    graph_.nodes.push_back({.name = "input", .op = OpKind::Input});
  }

  int add(const std::string& name, OpKind op, int input) {
    graph_.nodes.push_back({.name = name, .op = op, .inputs = {input}});
    return last();
  }

  /// Adds after the last node.
  int add(const std::string& name, OpKind op) { return add(name, op, last()); }

  int conv(const std::string& name, int input, int kernel, int stride, int channels) {
    graph_.nodes.push_back({.name = name,
                            .op = OpKind::Conv2d,
                            .inputs = {input},
                            .kernel = kernel,
                            .stride = stride,
                            .padding = kernel / 2,
                            .out_channels = channels});
    return last();
  }

  void stem(int channels) {
    conv("stem", last(), 3, options_.stem_stride, channels);
    add("stem_bn", OpKind::BatchNorm);
    add("stem_act", OpKind::Relu);
  }

  /// Pre-activation block; the skip is the identity or BN(conv1×1) of the raw input.
  void block(const std::string& name, int channels_in, int channels, int stride) {
    const int input = last();
    add(name + ".bn1", OpKind::BatchNorm);
    add(name + ".act1", activation_);
    conv(name + ".conv1", last(), 3, stride, channels);
    add(name + ".bn2", OpKind::BatchNorm);
    add(name + ".act2", activation_);
    const int main = conv(name + ".conv2", last(), 3, 1, channels);
    int skip = input;
    if (stride != 1 || channels_in != channels) {
      conv(name + ".skip.0", input, 1, stride, channels);
      skip = add(name + ".skip.1", OpKind::BatchNorm);
    }
    graph_.nodes.push_back({.name = name + ".add", .op = OpKind::Add, .inputs = {main, skip}});
  }

  void trunk(int channels) {
    int number = 0;
    for (std::size_t stage = 0; stage < options_.blocks.size(); ++stage) {
      const int features = (16 * options_.width) << stage;
      for (int b = 0; b < options_.blocks[stage]; ++b) {
        block(fmt::format("blocks.{}", number++), channels, features, stage > 0 && b == 0 ? 2 : 1);
        channels = features;
      }
    }
    add("pool", OpKind::AvgPool);
    graph_.nodes.back().kernel = 0;
    add("flatten", OpKind::Flatten);
  }

  Graph classifier(int slots, int inputs_per_pass) {
    add("fc", OpKind::Linear);
    graph_.nodes.back().out_channels = options_.classes;
    graph_.nodes.back().bias = true;
    infer_shapes(graph_, options_.input, slots, inputs_per_pass);
    return std::move(graph_);
  }

  void unbind() {
    add("unbind", OpKind::Unbind);
    graph_.nodes.back().bias = true;
    add("unbind_act", OpKind::Relu);
    add("merge", OpKind::Merge);
  }

 private:
  [[nodiscard]] int last() const { return static_cast<int>(graph_.nodes.size()) - 1; }

  const MimoConvOptions options_;
  const OpKind activation_;
  Graph graph_;
};

}  // namespace

Graph mimoconv(const MimoConvOptions& options) {
  Builder builder(options, OpKind::Prelu);
  const int channels = 16 * options.initial_width;
  builder.stem(channels);
  builder.add("bind", OpKind::Bind);
  builder.add("bundle", OpKind::Bundle);
  builder.trunk(channels);
  builder.unbind();
  return builder.classifier(options.slots,
                            options.inputs_per_pass == 0 ? options.slots : options.inputs_per_pass);
}

Graph wide_resnet(const MimoConvOptions& options) {
  Builder builder(options, OpKind::Relu);
  builder.stem(16);
  builder.trunk(16);
  return builder.classifier(1, 1);
}

}  // namespace mimosa
