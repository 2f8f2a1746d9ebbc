// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/node_scaling.hpp"

#include <array>
#include <fmt/format.h>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

struct Node {
  double nm, a, b, c;
};
constexpr std::array<Node, 10> nodes = {{{7, 0.1776, -0.09097, 0.02447},
                                         {10, 0.2068, -0.09311, 0.02375},
                                         {14, 0.2363, -0.09675, 0.02239},
                                         {16, 0.2958, -0.1241, 0.03024},
                                         {20, 0.373, -0.1582, 0.04104},
                                         {32, 0.9559, -0.7823, 0.471},
                                         {45, 1.103, -0.362, 0.2767},
                                         {65, 3.755, -4.398, 1.975},
                                         {90, 4.762, -4.781, 2.092},
                                         {130, 7.171, -6.709, 2.904}}};

double power(const Node& n, double v) {
  return n.a * v * v + n.b * v + n.c;
}

double power_at(double nm, double v) {
  if (!(nm >= nodes.front().nm && nm <= nodes.back().nm))
    throw UserError(fmt::format("{} nm is outside {} .. {} nm, between which the energy of logic is known",
                                nm, nodes.front().nm, nodes.back().nm));
  std::size_t above = 1;
  while (nodes[above].nm < nm) ++above;
  const Node &low = nodes[above - 1], &high = nodes[above];
  const double share = (nm - low.nm) / (high.nm - low.nm);
  return power(low, v) + share * (power(high, v) - power(low, v));
}

}  // namespace

double logic_energy_scale(double from_nm, double to_nm, double from_v, double to_v) {
  return power_at(to_nm, to_v) / power_at(from_nm, from_v);
}

}  // namespace mimosa
