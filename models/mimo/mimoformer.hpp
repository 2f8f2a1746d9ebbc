// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "models/nn/graph.hpp"

namespace mimosa {

/// What a grid of sequences shares (Menet et al., NeurIPS 2023): linear attention (att.), or attention,
/// output projection and MLP (att.+MLP).
enum class Sharing { Attention, AttentionAndMlp };

/// Features of linear attention: φ of Ω x, or DPFP, which needs no matrix.
enum class FeatureMap { Relu, Exp, Dpfp };

/// What the classifier reads: one position, or the mean over all.
enum class Readout { LastPosition, MeanOfPositions };

/// Transformer of pre-norm blocks on token sequences. The defaults are small.
struct FormerOptions {
  Grid grid = {1, 1};  ///< of the mode; 1 × 1 is the Performer
  Grid keys = {0, 0};  ///< grid the keys are for; 0 × 0: that of the mode
  Sharing sharing = Sharing::Attention;
  int layers = 2, heads = 1;
  int channels = 64;       ///< d
  int head_channels = 64;  ///< D_h; heads · D_h need not be d
  int hidden = 128;        ///< f of the MLP
  FeatureMap map = FeatureMap::Relu;
  int features = 128;  ///< R, rows of Ω
  int nu = 2;          ///< ν of DPFP
  Mask mask = Mask::Full;
  int prefix = 0;
  int vocabulary = 20, length = 20, classes = 10;
  Readout readout = Readout::LastPosition;
  bool hidden_head = false;  ///< classifier d → f → ReLU → classes, else d → classes
};

/// Shape-only graph of MIMOFormer, of the Performer where the grid of the keys is 1 × 1. Keys are shared by
/// q, k, v and the unbinding of a block, Ω by q and k.
[[nodiscard]] Graph mimoformer(const FormerOptions& options);

/// Softmax transformer of the same blocks; the grid is not used.
[[nodiscard]] Graph softmax_transformer(const FormerOptions& options);

/// DataMUX (Murahari et al., NeurIPS 2022): `grid.m` × 1 sequences, each embedding times its key, their mean
/// through a softmax transformer, one private demultiplexing matrix a slot, ReLU and a shared classifier.
[[nodiscard]] Graph datamux(const FormerOptions& options);

}  // namespace mimosa
