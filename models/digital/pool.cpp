// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "models/digital/ops.hpp"

namespace mimosa {

namespace {

/// Windows of one output row over a map.
struct Windows {
  int kernel_y, kernel_x, stride, padding, width;

  Windows(const Shape& shape, const Node& node)
      : kernel_y(node.kernel > 0 ? node.kernel : shape.height),
        kernel_x(node.kernel > 0 ? node.kernel : shape.width),
        stride(node.kernel > 0 ? node.stride : 1),
        padding(node.kernel > 0 ? node.padding : 0),
        width((shape.width + 2 * padding - kernel_x) / stride + 1) {}
};

/// visit(out, in) for the channels of every position of every window inside the map: ox, then ky, then kx.
template <class Visit>
void for_windows(std::span<const float> in, const Shape& shape, const Windows& windows, int oy,
                 std::span<float> out, const Visit& visit) {
  const auto channels = static_cast<std::size_t>(shape.channels);
  for (int ox = 0; ox < windows.width; ++ox) {
    const std::span<float> to = out.subspan(static_cast<std::size_t>(ox) * channels, channels);
    for (int ky = 0; ky < windows.kernel_y; ++ky) {
      const int y = oy * windows.stride - windows.padding + ky;
      if (y < 0 || y >= shape.height) continue;
      for (int kx = 0; kx < windows.kernel_x; ++kx) {
        const int x = ox * windows.stride - windows.padding + kx;
        if (x < 0 || x >= shape.width) continue;
        visit(to, in.subspan(static_cast<std::size_t>(y * shape.width + x) * channels, channels));
      }
    }
  }
}

}  // namespace

void average_pool_row(std::span<const float> in, const Shape& shape, const Node& node, int oy,
                      std::span<float> out, Rounding rounding) {
  const Windows windows(shape, node);
  std::fill(out.begin(), out.end(), 0.0F);
  for_windows(in, shape, windows, oy, out,
              [](std::span<float> to, std::span<const float> from) { add(from, to); });
  const auto count = static_cast<float>(windows.kernel_y * windows.kernel_x);
  for (float& v : out) v /= count;
  round_values(out, rounding);
}

void max_pool_row(std::span<const float> in, const Shape& shape, const Node& node, int oy,
                  std::span<float> out) {
  std::fill(out.begin(), out.end(), -std::numeric_limits<float>::infinity());
  for_windows(in, shape, Windows(shape, node), oy, out, [](std::span<float> to, std::span<const float> from) {
    for (std::size_t c = 0; c < to.size(); ++c) to[c] = std::max(to[c], from[c]);
  });
}

void flatten_map(std::span<const float> in, const Shape& shape, std::span<float> out) {
  const auto channels = static_cast<std::size_t>(shape.channels);
  const auto area = static_cast<std::size_t>(shape.height) * static_cast<std::size_t>(shape.width);
  for (std::size_t p = 0; p < area; ++p) {
    for (std::size_t c = 0; c < channels; ++c) out[c * area + p] = in[p * channels + c];
  }
}

}  // namespace mimosa
