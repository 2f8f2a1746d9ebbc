// SPDX-License-Identifier: Apache-2.0
#include "sim/config/network_keys.hpp"

namespace mimosa {

const std::vector<TextKey>& network_keys() {
  static const std::vector<TextKey> keys = {
      {"name", "name of the network in reports: letters, digits, '_', '-', '.'"},
      {"description", "what the network is, in one sentence"},
      {"dataset", "data set it classifies; without, it has no accuracy"},
      {"task", "parameters of the data set, where it has some"},
      {"slots", "inputs that share a pass, one a slot; default: 1"},
      {"grid", "sizes [M, N] of a grid of slots, instead of `slots`"},
      {"modes", "distinct inputs a pass may hold, or grids of them; default: all slots"},
      {"baseline", "name of the network that results are set against"},
      {"published", "accuracy that its paper gives, 0 to 1, and its source"},
      {"input", "shape of an input, and its normalisation or number of tokens"},
      {"weights", "safetensors file beside this one; without, timing only"},
      {"nodes", "operations in the order of their computation"}};
  return keys;
}

}  // namespace mimosa
