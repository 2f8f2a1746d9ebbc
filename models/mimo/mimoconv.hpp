// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "models/nn/graph.hpp"

namespace mimosa {

/// Wide residual network in the MIMONets form (Menet et al., NeurIPS 2023). Stage s has 16·width·2^s
/// channels; every stage but the first begins with stride 2. The defaults are the published WRN-28-10 on
/// 32×32 images.
struct MimoConvOptions {
  int slots = 1;                        ///< N
  int inputs_per_pass = 0;              ///< n; 0: all slots hold different inputs
  int width = 10;                       ///< w
  int initial_width = 4;                ///< i: the stem has D = 16·i channels
  std::vector<int> blocks = {4, 4, 4};  ///< residual blocks per stage
  int stem_stride = 1;
  Shape input = {3, 32, 32};
  int classes = 10;
};

/// Shape-only graph of MIMOConv: stem per input, bind, bundle, PReLU trunk once per pass, unbind, merge,
/// classifier. Nodes carry the names of the PyTorch module in models/train.
[[nodiscard]] Graph mimoconv(const MimoConvOptions& options);

/// The plain wide ResNet it is compared with: ReLU, a stem of 16 channels, no binding; `slots`,
/// `inputs_per_pass` and `initial_width` are not used.
[[nodiscard]] Graph wide_resnet(const MimoConvOptions& options);

}  // namespace mimosa
