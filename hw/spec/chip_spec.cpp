// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/chip_spec.hpp"

#include <cstdlib>

#include "hw/spec/mvm_timing.hpp"
#include "models/base/error.hpp"

namespace mimosa {
namespace {

void check_mesh(const MeshSpec& mesh) {
  const int places = mesh.routers() * mesh.concentration;
  if (mesh.tile_count > places)
    throw UserError("chip.mesh.tiles: " + std::to_string(mesh.tile_count) + " tiles, " +
                    std::to_string(mesh.tile_count - places) + " more than the " + std::to_string(places) +
                    " places of " + std::to_string(mesh.rows) + " x " + std::to_string(mesh.cols) +
                    " routers with " + std::to_string(mesh.concentration) +
                    " each; add routers or concentration");
}

}  // namespace

int mesh_hops(int from, int to, const MeshSpec& mesh) {
  const int a = from / mesh.concentration, b = to / mesh.concentration;
  return std::abs(a / mesh.cols - b / mesh.cols) + std::abs(a % mesh.cols - b % mesh.cols);
}

void check(const ChipSpec& spec) {
  check(spec.analog);
  check_mesh(spec.mesh);
  if (logical_cols(spec.analog, spec.array.cols) < 1)
    throw UserError("chip.array.cols: " + std::to_string(spec.array.cols) +
                    " pairs of bit lines hold no whole weight with chip.weights as given; use more columns, "
                    "fewer pairs or "
                    "larger cell_bits");
  check_mvm_cost(spec);
}

}  // namespace mimosa
