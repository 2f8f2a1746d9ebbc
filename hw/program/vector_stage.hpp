// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hw/program/geometry.hpp"
#include "hw/program/pass_state.hpp"
#include "hw/program/program.hpp"
#include "hw/program/sequence_rows.hpp"
#include "hw/program/signed_copies.hpp"
#include "hw/program/value_format.hpp"
#include "models/digital/fft.hpp"
#include "models/digital/ops.hpp"
#include "models/nn/graph.hpp"

namespace mimosa {

/// From ADC codes to values, per column: row blocks are summed with their factor, then scaled and shifted.
/// Bias and a batch norm that follows are folded in. Constants are held in fp32.
struct ColumnAffine {
  /// Drift compensation of each block, one factor or one a column; used when several blocks add up.
  std::vector<std::vector<float>> block_factors;
  std::vector<float> scale, shift;          ///< per column
  std::vector<SlotShift> slot_shifts = {};  ///< of signed copies, of the slots that hold an input
};

/// Scale and shift per column of a stage: results · scale + shift is the value of `stage.result`.
/// `code_values`: what a result of 1 of each column is worth; `drift_factors`: per block, one or one a
/// column.
[[nodiscard]] ColumnAffine column_affine(const Network& network, const Stage& stage,
                                         std::span<const double> code_values,
                                         const std::vector<std::vector<double>>& drift_factors);

/// The digital units' part of one stage, prepared once: constants, circulants.
class VectorStage {
 public:
  VectorStage(const Network& network, const Stage& stage, const ChipSpec& chip);

  /// Other constants of one of the stage's own batch norms, y = scale · x + shift per channel.
  void set_batch_norm(const std::string& node, std::span<const double> scale, std::span<const double> shift);
  /// Adds the terms of one of the stage's sums in one iteration.
  void add_up(PassState& state, int stage_index, int sum, int pass, int iteration,
              const ColumnAffine& affine) const;
  /// Computes the rows of one iteration of every node of the stage. `affine` belongs to the stage's replica;
  /// null for a stage without arrays.
  void run(PassState& state, int stage_index, int pass, int iteration, const ColumnAffine* affine) const;
  /// Codes of one iteration, added up at the replica's home before scale and shift: out[mvm][column].
  void home_sums(const PassState& state, int stage_index, int pass, int iteration, const ColumnAffine& affine,
                 float* out) const;
  /// True where that rounds, as columns have several terms.
  [[nodiscard]] bool adds_at_home() const { return result_ >= 0 && !one_per_column_; }

 private:
  struct Operation {
    int node = 0;
    Rounding working, stored;                      ///< of a bundle
    std::vector<float> scale, shift;               ///< batch norm; prelu slopes in scale
    std::vector<CircularBinder> binders;           ///< bind: one per slot, or
    std::vector<SpectralBinder> spectral_binders;  ///< where it binds by Fourier transform;
    std::optional<RealFft> back;                   ///< bundle of spectra: their sum to values
    NodeWeights sequence;                          ///< of operations on sequences
  };
  /// Partial sums are added to `out`, whose rows hold the bit lines `out_columns`; copied where a column has
  /// one only.
  struct Target {
    float* out;
    Columns columns;
    bool copy;
  };
  void add_terms(const PassState& state, int stage_index, int pass, int iteration, const ColumnAffine& affine,
                 std::span<const int> terms, const Target& target) const;
  void convert(PassState& state, int stage_index, int pass, int iteration, const ColumnAffine& affine) const;
  void convert_copies(PassState& state, int stage_index, int pass, int iteration,
                      const ColumnAffine& affine) const;
  void apply(PassState& state, const Operation& operation, int pass, int row) const;
  void bind(const PassState& state, const Operation& operation, int pass, int row,
            std::span<float> out) const;
  void bundle(const PassState& state, const Operation& operation, int pass, int row,
              std::span<float> out) const;
  void prepare_binding(Operation& operation, const Network& network) const;

  const Graph& graph_;
  const Stage& stage_;
  UnitRounding units_;
  Rounding result_format_;  ///< of `stage.result`
  Rounding sum_format_;     ///< of codes that are added up
  int result_ = -1;
  std::vector<int> home_terms_;
  bool one_per_column_ = false;  ///< of the home's terms
  std::vector<Operation> operations_;
};

}  // namespace mimosa
