// SPDX-License-Identifier: Apache-2.0
#include "models/nn/reference_ops.hpp"

#include <algorithm>
#include <limits>

#include "models/base/portable_math.hpp"
#include "models/nn/batch_norm.hpp"
#include "models/nn/reference.hpp"
#include "models/nn/sequence.hpp"

namespace mimosa {
namespace {

/// Patches multiplied at once: enough to reuse the weights, few enough to stay in cache.
constexpr std::size_t patches_at_once = 96;

using Values = std::vector<float>;

std::size_t positions(const Shape& s) {
  return static_cast<std::size_t>(s.height) * static_cast<std::size_t>(s.width);
}
std::size_t channels(const Shape& s) {
  return static_cast<std::size_t>(s.channels);
}

void add_bias(const NodeWeights& weights, Values& y) {
  if (!weights.shift.empty()) scale_shift(y, weights.scale, weights.shift);
}

/// Rows of `matrix.rows()` numbers times the matrix.
Values multiply_rows(const NodeWeights& weights, std::span<const float> x) {
  const PackedMatrix& matrix = weights.matrices.front();
  const std::size_t rows = x.size() / matrix.rows();
  Values y(rows * matrix.cols());
  gemm(matrix, x.data(), matrix.rows(), rows, y.data(), matrix.cols());
  add_bias(weights, y);
  return y;
}

Values convolve(const Node& node, const Shape& in, const NodeWeights& weights, std::span<const float> x,
                std::size_t maps) {
  if (node.kernel == 1 && node.stride == 1 && node.padding == 0) return multiply_rows(weights, x);
  const PackedMatrix& matrix = weights.matrices.front();
  const std::size_t per_map = positions(node.shape), total = maps * per_map, rows = matrix.rows();
  const auto width = static_cast<std::size_t>(node.shape.width);
  Values y(total * matrix.cols()), patches(patches_at_once * rows);
  for (std::size_t first = 0; first < total; first += patches_at_once) {
    const std::size_t count = std::min(patches_at_once, total - first);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t map = (first + i) / per_map, position = (first + i) % per_map;
      gather_patch(x.data() + map * static_cast<std::size_t>(in.size()), in, node.kernel, node.stride,
                   node.padding, static_cast<int>(position / width), static_cast<int>(position % width),
                   patches.data() + i * rows);
    }
    gemm(matrix, patches.data(), rows, count, y.data() + first * matrix.cols(), matrix.cols());
  }
  add_bias(weights, y);
  return y;
}

/// Slot j of a pass is its input j mod n.
Values bind_slots(const Node& node, const NodeWeights& weights, std::span<const float> x,
                  std::size_t passes) {
  const std::size_t map = static_cast<std::size_t>(node.shape.size()), slots = weights.matrices.size();
  const std::size_t width = channels(node.shape), inputs = x.size() / (passes * map);
  Values y(passes * slots * map);
  for (std::size_t i = 0; i < passes * slots; ++i) {
    const std::size_t source = i / slots * inputs + i % slots % inputs;
    gemm(weights.matrices[i % slots], x.data() + source * map, width, map / width, y.data() + i * map, width);
  }
  return y;
}

/// Sum over the slots s, s + step, s + 2 step, … in that order, for every s < step; divided by their number
/// for a merge.
Values sum_slots(std::span<const float> x, std::size_t size, std::size_t passes, std::size_t step,
                 bool divide) {
  const std::size_t slots = x.size() / size / passes;
  Values y;
  y.reserve(passes * step * size);
  for (std::size_t p = 0; p < passes; ++p) {
    const auto values = x.subspan(p * slots * size, slots * size);
    y.insert(y.end(), values.begin(), values.begin() + static_cast<std::ptrdiff_t>(step * size));
    const std::span<float> sum(y.data() + p * step * size, step * size);
    for (std::size_t s = step; s < slots; s += step) add(values.subspan(s * size, step * size), sum);
  }
  if (divide)
    for (float& v : y) v /= static_cast<float>(slots / step);
  return y;
}

struct Window {
  int y0, y1, x0, x1;
};

/// The part of a pool's window that lies on the map.
Window window(const Node& node, const Shape& in, int oy, int ox) {
  if (node.kernel == 0) return {0, in.height, 0, in.width};
  const int y = oy * node.stride - node.padding, x = ox * node.stride - node.padding;
  return {std::max(y, 0), std::min(y + node.kernel, in.height), std::max(x, 0),
          std::min(x + node.kernel, in.width)};
}

void pool_position(const Node& node, const Shape& in, const float* map, const Window& w,
                   std::span<float> out) {
  const bool average = node.op == OpKind::AvgPool;
  std::fill(out.begin(), out.end(), average ? 0.0F : -std::numeric_limits<float>::infinity());
  for (int y = w.y0; y < w.y1; ++y)
    for (int x = w.x0; x < w.x1; ++x) {
      const float* value = map + static_cast<std::ptrdiff_t>(y * in.width + x) * in.channels;
      for (std::size_t c = 0; c < out.size(); ++c)
        out[c] = average ? out[c] + value[c] : std::max(out[c], value[c]);
    }
  // Padding zeros count, as in PyTorch.
  const int divisor = node.kernel == 0 ? in.height * in.width : node.kernel * node.kernel;
  if (average)
    for (float& v : out) v /= static_cast<float>(divisor);
}

Values pool(const Node& node, const Shape& in, std::span<const float> x, std::size_t maps) {
  Values y(maps * static_cast<std::size_t>(node.shape.size()));
  float* out = y.data();
  for (std::size_t m = 0; m < maps; ++m)
    for (int oy = 0; oy < node.shape.height; ++oy)
      for (int ox = 0; ox < node.shape.width; ++ox, out += node.shape.channels)
        pool_position(node, in, x.data() + m * static_cast<std::size_t>(in.size()), window(node, in, oy, ox),
                      {out, channels(node.shape)});
  return y;
}

Values flatten(const Shape& in, std::span<const float> x, std::size_t maps) {
  Values y(x.size());
  const std::size_t count = positions(in), width = channels(in);
  for (std::size_t m = 0; m < maps; ++m)
    for (std::size_t p = 0; p < count; ++p)
      for (std::size_t c = 0; c < width; ++c) y[(m * width + c) * count + p] = x[(m * count + p) * width + c];
  return y;
}

template <class Function>
Values map_values(std::span<const float> x, const Function& function) {
  Values y(x.size());
  std::transform(x.begin(), x.end(), y.begin(), function);
  return y;
}

NodeWeights sequence_weights(const Network& network, const Node& node) {
  const auto data = [&](const char* name) { return tensor(network, node, name).data; };
  NodeWeights weights;
  if (node.op == OpKind::LayerNorm) {
    weights.scale = data("weight");
    weights.shift = data("bias");
  } else if (node.op == OpKind::Embed) {
    weights.scale = data("weight");
    weights.shift = data("positions");
  } else if (node.op == OpKind::Hadamard) {
    weights.scale = data("keys");
  }
  return weights;
}

float sigmoid(float x) {
  return static_cast<float>(1.0 / (1.0 + portable_exp(-static_cast<double>(x))));
}

}  // namespace

NodeWeights node_weights(const Network& network, const Node& node) {
  NodeWeights weights;
  if (node.op == OpKind::BatchNorm) {
    const BatchNormAffine affine = batch_norm_affine(network, node);
    weights.scale.assign(affine.scale.begin(), affine.scale.end());
    weights.shift.assign(affine.shift.begin(), affine.shift.end());
    return weights;
  }
  if (node.op == OpKind::Prelu) {
    weights.scale = tensor(network, node, "weight").data;
    return weights;
  }
  if (is_sequence_op(node.op)) return sequence_weights(network, node);
  if (parameters(network.graph, node).empty()) return weights;
  const Matrix matrix = weight_matrix(network, node);
  const auto cols = static_cast<std::size_t>(matrix.cols);
  const std::size_t parts = node.op == OpKind::Bind ? static_cast<std::size_t>(node.slots) : 1;
  const std::size_t rows = static_cast<std::size_t>(matrix.rows) / parts;
  for (std::size_t i = 0; i < parts; ++i)
    weights.matrices.emplace_back(rows, cols, matrix.data.data() + i * rows * cols, cols);
  if (node.bias) {
    weights.scale.assign(cols, 1.0F);
    weights.shift = tensor(network, node, "bias").data;
  }
  return weights;
}

Values evaluate(const Graph& graph, const Node& node, const NodeWeights& weights,
                std::span<const std::span<const float>> inputs, std::size_t passes) {
  if (is_sequence_op(node.op)) return evaluate_sequence(graph, node, weights, inputs, passes);
  const Node& source = graph.nodes[static_cast<std::size_t>(node.inputs.at(0))];
  const Shape& in = source.shape;
  const std::span<const float> x = inputs[0];
  const std::size_t maps = passes * static_cast<std::size_t>(source.slots);
  switch (node.op) {
    case OpKind::Conv2d:
      return convolve(node, in, weights, x, maps);
    case OpKind::Linear:
    case OpKind::Unbind:
      return multiply_rows(weights, x);
    case OpKind::Relu:
      return map_values(x, [](float v) { return std::max(v, 0.0F); });
    case OpKind::Sigmoid:
      return map_values(x, sigmoid);
    case OpKind::Tanh:
      return map_values(x, [](float v) { return static_cast<float>(portable_tanh(v)); });
    case OpKind::AvgPool:
    case OpKind::MaxPool:
      return pool(node, in, x, maps);
    case OpKind::Flatten:
      return flatten(in, x, maps);
    case OpKind::Bind:
      return bind_slots(node, weights, x, passes);
    case OpKind::Bundle:
    case OpKind::Merge:
      return sum_slots(x, static_cast<std::size_t>(in.size()), passes, static_cast<std::size_t>(node.slots),
                       node.op == OpKind::Merge);
    default:
      break;
  }
  Values y(x.begin(), x.end());
  if (node.op == OpKind::BatchNorm) scale_shift(y, weights.scale, weights.shift);
  if (node.op == OpKind::Prelu) prelu(y, weights.scale);
  if (node.op == OpKind::Add) add(inputs[1], y);
  return y;
}

}  // namespace mimosa
