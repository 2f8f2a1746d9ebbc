// SPDX-License-Identifier: Apache-2.0
#include "models/mimo/lra.hpp"

#include <fmt/format.h>

namespace mimosa {
namespace {

/// d, f, D_h, tokens, positions and classes of a task.
struct Task {
  const char* name;
  int channels, hidden, head_channels, vocabulary, length, classes;
};

LraSize size(const Task& task, const char* kind, int heads, int layers) {
  return {fmt::format("{}_{}", task.name, kind),
          {.layers = layers,
           .heads = heads,
           .channels = task.channels,
           .head_channels = task.head_channels,
           .hidden = task.hidden,
           .features = 256,
           .vocabulary = task.vocabulary,
           .length = task.length,
           .classes = task.classes,
           .readout = Readout::MeanOfPositions,
           .hidden_head = true}};
}

const char* word(LraModel model) {
  if (model == LraModel::Performer) return "performer";
  return model == LraModel::Attention ? "att" : "att_mlp";
}

}  // namespace

std::vector<LraSize> lra_sizes() {
  const Task listops{"listops", 512, 2048, 64, 32, 2048, 10}, text{"text", 512, 2048, 64, 512, 4096, 2};
  const Task retrieval{"retrieval", 128, 512, 32, 512, 4096, 2}, image{"image", 64, 128, 64, 512, 1024, 10};
  const Task pathfinder{"pathfinder", 128, 128, 128, 512, 1024, 2};
  return {size(listops, "deep", 8, 6),    size(listops, "wide", 48, 1),  size(text, "deep", 8, 6),
          size(text, "wide", 48, 1),      size(retrieval, "deep", 4, 4), size(retrieval, "wide", 16, 1),
          size(image, "deep", 4, 3),      size(image, "wide", 12, 1),    size(pathfinder, "deep", 8, 4),
          size(pathfinder, "wide", 32, 1)};
}

Network lra_network(const LraSize& size, LraModel model) {
  FormerOptions options = size.options;
  const bool superposed = model != LraModel::Performer;
  if (superposed) options.grid = {4, 4};
  if (model == LraModel::AttentionAndMlp) options.sharing = Sharing::AttentionAndMlp;
  Network network;
  network.name = fmt::format("lra_{}_{}", size.name, word(model));
  network.description =
      fmt::format("{} of the Long Range Arena's {}, {} (Menet et al., NeurIPS 2023; shapes only)",
                  superposed ? (model == LraModel::Attention ? "MIMOFormer (att.)" : "MIMOFormer (att.+MLP)")
                             : "Performer",
                  size.name.substr(0, size.name.find('_')), size.name.substr(size.name.find('_') + 1));
  network.grids = superposed ? std::vector<Grid>{{4, 4}, {2, 2}, {1, 1}} : std::vector<Grid>{{1, 1}};
  for (const Grid& grid : network.grids) network.modes.push_back(grid.size());
  network.slots = network.inputs_per_pass = options.grid.size();
  if (superposed) network.baseline = fmt::format("lra_{}_performer", size.name);
  network.graph = mimoformer(options);
  return network;
}

}  // namespace mimosa
