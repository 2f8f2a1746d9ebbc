// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/nn/sequence_keys.hpp"
#include "models/nn/task_spec.hpp"

namespace mimosa {

/// Dense float tensor, row-major.
struct Tensor {
  std::vector<std::int64_t> shape;
  std::vector<float> data;
};

/// Trained tensors by name, `<node>.<parameter>` as PyTorch's state_dict; mode-specific ones end in
/// `@n<inputs>`.
using TensorMap = std::map<std::string, Tensor>;

enum class OpKind {
  Input,      ///< the inputs of a pass
  Conv2d,     ///< weight [out, in, k, k], bias [out] (optional)
  Linear,     ///< weight [out, in], bias [out] (optional)
  BatchNorm,  ///< weight, bias, running_mean, running_var [channels]
  Relu,
  Prelu,  ///< weight [channels]: slope for negative inputs
  Sigmoid,
  Tanh,
  Add,      ///< two values of equal shape
  AvgPool,  ///< kernel × kernel, stride; kernel 0: global
  MaxPool,
  Flatten,  ///< [C, H, W] to [C·H·W, 1, 1], PyTorch's order
  Bind,  ///< fills the slots and binds them, position-wise HRR: slot j is input j mod n convolved circularly
         ///< over channels with keys[j]; keys [slots, channels]. What stands before it runs once per input
  Bundle,  ///< sum over slots
  Unbind,  ///< weight [slots·C, C], bias [slots·C]: one value to one per slot
  Merge,   ///< mean over the N/n copies of each of n inputs
  // Sequences: a value has shape [channels, positions, heads], a row per position.
  Embed,  ///< tokens [1, L, 1] to [d, L, 1]; weight [V, d], positions [P ≥ L, d], the sum of one row each
  LayerNorm,  ///< over channels at each position; weight, bias [channels]
  Heads,      ///< [H·D, L, 1] to [D, L, H], the same bytes
  JoinHeads,  ///< back
  Hadamard,   ///< slot (m, n) of the grid is its input times a key at every position; keys [M, N, channels]
  GridSum,    ///< sum over the grid's m (N bundles), n (M bundles) or both, scaled
  RandomFeatures,    ///< φ of p = Ω x; those of keys, exponential, take x too
  Dpfp,              ///< deterministic parameter-free projection: 2ν·channels products of rectified pairs
  Attention,         ///< linear attention of φ(q) (N bundles), φ(k) and v (M bundles) on the grid (FAVOR+S)
  SoftmaxAttention,  ///< of q, k, v per slot
  Row                ///< one position: [C, 1, W]
};

[[nodiscard]] std::string_view to_string(OpKind op);

/// Shape of one slot of a value.
struct Shape {
  int channels = 0, height = 1, width = 1;
  [[nodiscard]] int size() const { return channels * height * width; }
  friend bool operator==(const Shape&, const Shape&) = default;
};

/// One operation and the value it makes. `slots` is how many such values one pass holds: n (the inputs per
/// pass) before binding, N after it, 1 after the bundle, N again after unbinding, n after merging.
struct Node {
  std::string name;
  OpKind op = OpKind::Input;
  std::vector<int> inputs = {};  ///< indices of earlier nodes
  int kernel = 1, stride = 1, padding = 0;
  int out_channels = 0;  ///< Conv2d, Linear, Embed
  bool bias = false;
  double eps = 1e-5;  ///< BatchNorm, LayerNorm, RandomFeatures, Attention; `default_eps` of the operation
  SequenceKeys sequence = {};
  std::string weights_of = {};  ///< the earlier node whose tensors this one uses; empty: its own
  Shape shape = {};             ///< derived
  int slots = 1;                ///< derived
};

/// An acyclic network in topological order; the last node is its output.
struct Graph {
  std::vector<Node> nodes;
  Grid grid = {};      ///< slots of the chosen mode as an attention grid
  Grid key_grid = {};  ///< the grid the keys are for; the mode's is its first rows and columns
  int filled = 0;      ///< slots of the grid that hold an input; the others are bound to zero; 0: all
  int vocabulary = 0;  ///< inputs are tokens 0 … vocabulary − 1; 0: they are numbers
  /// Index of the node of that name, or -1.
  [[nodiscard]] int find(std::string_view name) const;
  [[nodiscard]] const Node& output() const { return nodes.back(); }
};

/// An accuracy that a publication gives for such a network.
struct PublishedAccuracy {
  double accuracy = 0.0;  ///< share of inputs, 0 … 1
  std::string source;
};

/// A network: the graph for one mode, and the tensors if any.
struct Network {
  std::string name;
  std::string dataset;      ///< a name of `dataset_names` (models/data), or empty
  TaskSpec task;            ///< its parameters, if it has any
  int slots = 1;            ///< N: slots per pass
  int inputs_per_pass = 1;  ///< n: distinct inputs per pass in the chosen mode; slot j holds input j mod n
  std::vector<int> modes;   ///< values of n this network was trained and calibrated for
  std::vector<Grid> grids;  ///< the modes of an attention grid (whose sizes stand in `modes`); else empty
  double input_mean = 0.0, input_std = 1.0;  ///< normalisation of pixels scaled to 0..1
  Graph graph;
  TensorMap tensors;         ///< empty for a shape-only network
  std::string weights_file;  ///< where the tensors came from, or empty
  std::string baseline;      ///< name of the N = 1 network it is compared with, or empty
  std::string description;   ///< one sentence, for lists and reports
  std::optional<PublishedAccuracy> published;
};

/// Derives `shape` and `slots` of every node; UserError naming the node where shapes do not fit, inputs are
/// missing or not earlier in the list, or the graph is not one output's.
void infer_shapes(Graph& graph, const Shape& input, int slots, int inputs_per_pass);

/// The parameter tensors a node needs: parameter name to shape, in storage order. A position table may have
/// more rows than its shape here.
[[nodiscard]] std::vector<std::pair<std::string, std::vector<std::int64_t>>> parameters(const Graph& graph,
                                                                                        const Node& node);

/// Checks that every parameter is there with its shape; UserError naming file, tensor, both shapes.
void check_tensors(const Network& network);

/// The tensor `<node>.<parameter>` (of the node that `weights_of` names), its `@n<inputs>` variant first.
[[nodiscard]] const Tensor& tensor(const Network& network, const Node& node, std::string_view parameter);

/// Counts as in the MIMONets specification: trained parameters (batch-norm weight and bias count; running
/// statistics, keys of a grid and random features do not), and multiply-accumulates per pass with binding as
/// a direct circular convolution; of attention, the products of matrices.
[[nodiscard]] std::int64_t parameter_count(const Graph& graph);
[[nodiscard]] std::int64_t macs_per_pass(const Graph& graph, const Node& node);
[[nodiscard]] std::int64_t macs_per_pass(const Graph& graph);

}  // namespace mimosa
