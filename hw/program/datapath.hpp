// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "hw/program/pass_state.hpp"
#include "hw/program/program.hpp"
#include "hw/program/vector_stage.hpp"
#include "hw/spec/chip_spec.hpp"
#include "models/crossbar/array.hpp"
#include "models/device/device_spec.hpp"
#include "models/nn/graph.hpp"

namespace mimosa {

/// Converter ranges of a stage's arrays.
struct ConverterRange {
  double dac = 1.0;  ///< input magnitude of the largest DAC code
  std::vector<double> adc = {
      1.0};  ///< per weight slice: Σ g·x of the largest ADC code, g over g_max, x in −1 … 1
};

using DeviceOfLayer = std::function<DeviceSpec(const std::string& layer)>;

/// Which chip sample, and what its cells are.
struct ChipSample {
  std::uint64_t seed = 1;
  std::uint32_t chip = 0;
  DeviceOfLayer device;
  ProgrammedRows* programmed = nullptr;  ///< of samples before this one; null: all cells are programmed
};

/// What the instructions compute, once for both engines: arrays programmed with a network's weights, and the
/// vector units' operations. Nothing here depends on the batch, the order of calls or the placement.
class Datapath {
 public:
  Datapath(const Network& network, const Program& program, const ChipSpec& chip,
           std::span<const ConverterRange> ranges, const ChipSample& sample);

  /// `mvm`: iterations of one block in passes [first, first + count) of the state: DAC, arrays, ADC codes.
  struct Span {
    int stage = 0, replica = 0;
    int first_pass = 0, passes = 1;
    std::span<const int> iterations;
  };
  void mvm(PassState& state, const Span& span, int block) const;
  /// `vec` of a sum task: adds the terms of sum `sum`.
  void sum(PassState& state, const Span& span, int sum) const;
  /// `vec`: adds what is left of the partial sums and applies the stage's digital nodes.
  void vec(PassState& state, const Span& span) const;

  /// Codes of one iteration added up at the home of its replica, before scale and shift: [mvm][column].
  /// False, and nothing done, where columns have one term.
  bool home_sums(const PassState& state, int stage, int pass, int iteration, std::vector<float>& out) const;

  /// Corrects a replica's results: value of `stage.result` ← gain · value + offset per column, folded into
  /// the column affine it has already.
  void correct(int stage, int replica, std::span<const double> gain, std::span<const double> offset);
  /// Gives a batch norm that a vector unit computes other constants: y = scale · x + shift per channel.
  void set_batch_norm(int stage, const std::string& node, std::span<const double> scale,
                      std::span<const double> shift);

  /// What corrections change, and nothing else does.
  struct Constants {
    std::vector<std::vector<std::vector<ColumnAffine>>> affine;  ///< [stage][replica]
    std::vector<VectorStage> vectors;
  };
  [[nodiscard]] Constants constants() const;
  /// Of this datapath, from before.
  void set_constants(Constants constants);

  [[nodiscard]] const Array<float>& array(int stage, int replica, int block) const;
  [[nodiscard]] const Network& network() const { return network_; }
  [[nodiscard]] const Program& program() const { return program_; }

 private:
  struct Replica {
    std::vector<Array<float>> arrays;  ///< per block
    std::vector<ColumnAffine> affine;  ///< empty or one: the column affine
  };
  const Network& network_;
  const Program& program_;
  std::vector<ConverterRange> ranges_;
  ArraySpec arrays_;
  bool counts_activity_;                         ///< chip.mvm.activity: data
  std::vector<std::vector<Counts>> mvm_counts_;  ///< [stage][block]: events of one iteration
  std::vector<std::vector<Replica>> stages_;
  std::vector<VectorStage> vectors_;
};

/// Copies the word-line inputs of a block (float values, not yet codes) of all MVMs of an iteration into
/// out[mvm][block.rows].
void gather_inputs(const Graph& graph, const Stage& stage, const Block& block, int iteration,
                   const PassState& state, int pass, float* out);

/// A stage's weights as programmed: −1 … 1 after division by the scales, but for those a percentile clips.
struct StageMatrix {
  std::vector<float> weights;  ///< [rows][cols]
  int rows = 0, cols = 0;
  std::vector<double> scales;  ///< per column
};
[[nodiscard]] StageMatrix stage_matrix(const Network& network, const Stage& stage, const WeightSpec& spec);

}  // namespace mimosa
