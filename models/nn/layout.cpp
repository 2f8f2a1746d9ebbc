// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <stdexcept>

#include "models/nn/reference.hpp"

namespace mimosa {
namespace {

/// [out][in][tap] to [tap][in][out]; one tap is a plain transpose.
Matrix transposed(const Tensor& weight, int outputs, int inputs, int taps) {
  Matrix matrix{taps * inputs, outputs, std::vector<float>(weight.data.size())};
  const auto out_count = static_cast<std::size_t>(outputs), in_count = static_cast<std::size_t>(inputs);
  const auto tap_count = static_cast<std::size_t>(taps);
  for (std::size_t o = 0; o < out_count; ++o)
    for (std::size_t c = 0; c < in_count; ++c)
      for (std::size_t k = 0; k < tap_count; ++k)
        matrix.data[(k * in_count + c) * out_count + o] = weight.data[(o * in_count + c) * tap_count + k];
  return matrix;
}

/// y[t] = Σ_m a[m] x[(t − m) mod C]: row s, column t of slot j holds a_j[(t − s) mod C].
Matrix circulants(const Tensor& keys, int slots, int channels) {
  const auto size = static_cast<std::size_t>(channels);
  Matrix matrix{slots * channels, channels, {}};
  matrix.data.reserve(static_cast<std::size_t>(slots) * size * size);
  for (std::size_t j = 0; j < static_cast<std::size_t>(slots); ++j)
    for (std::size_t s = 0; s < size; ++s)
      for (std::size_t t = 0; t < size; ++t)
        matrix.data.push_back(keys.data[j * size + (t + size - s) % size]);
  return matrix;
}

}  // namespace

Matrix weight_matrix(const Network& network, const Node& node) {
  const Node& source = network.graph.nodes[static_cast<std::size_t>(node.inputs.at(0))];
  const int channels = source.shape.channels;
  switch (node.op) {
    case OpKind::Conv2d:
      return transposed(tensor(network, node, "weight"), node.out_channels, channels,
                        node.kernel * node.kernel);
    case OpKind::Linear:
      return transposed(tensor(network, node, "weight"), node.out_channels, channels, 1);
    case OpKind::Unbind:
      return transposed(tensor(network, node, "weight"), node.slots * channels, channels, 1);
    case OpKind::Bind:
      return circulants(tensor(network, node, "keys"), node.slots, channels);
    default:
      throw std::invalid_argument("weight_matrix: " + std::string(to_string(node.op)) + " has no matrix");
  }
}

void gather_patch(const float* map, const Shape& in, int kernel, int stride, int padding, int oy, int ox,
                  float* out) {
  const auto channels = static_cast<std::size_t>(in.channels);
  for (int ky = 0; ky < kernel; ++ky) {
    const int y = oy * stride - padding + ky;
    for (int kx = 0; kx < kernel; ++kx, out += channels) {
      const int x = ox * stride - padding + kx;
      if (y < 0 || y >= in.height || x < 0 || x >= in.width)
        std::fill_n(out, channels, 0.0F);
      else
        std::copy_n(map + (static_cast<std::size_t>(y) * static_cast<std::size_t>(in.width) +
                           static_cast<std::size_t>(x)) *
                              channels,
                    channels, out);
    }
  }
}

std::vector<float> pass_inputs(const Network& network, std::span<const float> images, std::size_t count) {
  const Shape& shape = network.graph.nodes.at(0).shape;
  const auto channels = static_cast<std::size_t>(shape.channels);
  const auto pixels = static_cast<std::size_t>(shape.height) * static_cast<std::size_t>(shape.width);
  const auto per_pass = static_cast<std::size_t>(network.inputs_per_pass);
  if (images.size() != count * channels * pixels)
    throw std::invalid_argument("pass_inputs: the images do not have the network's input shape");
  const std::size_t passes = (count + per_pass - 1) / per_pass;
  std::vector<float> filled(passes * per_pass * pixels * channels);
  float* out = filled.data();
  for (std::size_t first = 0; first < count; first += per_pass) {
    const std::size_t present = std::min(per_pass, count - first);
    for (std::size_t input = 0; input < per_pass; ++input) {
      const float* image = images.data() + (first + input % present) * channels * pixels;
      for (std::size_t p = 0; p < pixels; ++p)
        for (std::size_t c = 0; c < channels; ++c) *out++ = image[c * pixels + p];
    }
  }
  return filled;
}

}  // namespace mimosa
