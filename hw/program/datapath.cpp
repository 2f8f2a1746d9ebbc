// SPDX-License-Identifier: Apache-2.0
#include "hw/program/datapath.hpp"

#include <algorithm>
#include <cmath>

#include "hw/program/geometry.hpp"
#include "hw/program/interval.hpp"
#include "hw/program/signed_copies.hpp"
#include "models/base/statistics.hpp"
#include "models/crossbar/activity.hpp"
#include "models/nn/reference.hpp"

namespace mimosa {
namespace {

/// MVMs handed to an array at once: enough to reuse its weights, few enough to stay in cache.
constexpr std::size_t batch_vectors = 192;

Counts activity_counts(const Activity& activity) {
  Counts counts;
  counts.driven_ns = activity.driven_ns;
  counts.driven_milli = activity.driven_milli;
  return counts;
}

/// Replica r's devices and errors are its own; the block says which part of the layer's matrix it holds.
std::vector<Array<float>> program_arrays(const Stage& stage, const StageMatrix& matrix, int replica,
                                         const ChipSpec& chip, const DeviceSpec& device,
                                         const ChipSample& sample) {
  std::vector<Array<float>> arrays;
  for (const Block& block : stage.blocks) {
    const auto cols = static_cast<std::size_t>(matrix.cols);
    const std::span<const float> weights =
        std::span(matrix.weights)
            .subspan(static_cast<std::size_t>(block.row0) * cols + static_cast<std::size_t>(block.col0));
    arrays.emplace_back(WeightBlock<float>{weights, static_cast<std::size_t>(block.rows),
                                           static_cast<std::size_t>(block.cols), cols},
                        device, chip.analog,
                        ArraySite{.seed = sample.seed,
                                  .chip = sample.chip,
                                  .layer = stage.analog,
                                  .replica = static_cast<std::uint32_t>(replica),
                                  .row0 = block.row0,
                                  .col0 = block.col0,
                                  .programmed = sample.programmed,
                                  .layer_rows = matrix.rows,
                                  .layer_cols = matrix.cols});
  }
  return arrays;
}

/// Largest |w|, or the percentile that clips, of the values at first, first + step, …; 1 where all are 0.
float full_scale(const std::vector<float>& weights, std::size_t first, std::size_t step, double percentile) {
  std::vector<float> values;
  for (std::size_t i = first; i < weights.size(); i += step) values.push_back(weights[i]);
  const float scale = magnitude_percentile(values, percentile / 100.0);
  return scale > 0.0F ? scale : 1.0F;
}

}  // namespace

StageMatrix stage_matrix(const Network& network, const Stage& stage, const WeightSpec& spec) {
  const Graph& graph = network.graph;
  const Node* node = &graph.nodes[static_cast<std::size_t>(node_index(graph, stage.analog))];
  if (node->op == OpKind::Bundle) node = &graph.nodes[static_cast<std::size_t>(node->inputs[0])];
  Matrix matrix = weight_matrix(network, *node);
  const auto cols = static_cast<std::size_t>(matrix.cols);
  std::vector<float> scales(cols);
  for (std::size_t c = 0; c < cols; ++c) {
    if (spec.scale == WeightScale::Column)
      scales[c] = full_scale(matrix.data, c, cols, spec.clip_percentile);
    else
      scales[c] = c == 0 ? full_scale(matrix.data, 0, 1, spec.clip_percentile) : scales[0];
  }
  for (std::size_t i = 0; i < matrix.data.size(); ++i) matrix.data[i] /= scales[i % cols];
  if (stage.signed_copies) {
    matrix = copy_matrix(network, signed_copies(graph, stage), matrix);
    scales.resize(static_cast<std::size_t>(matrix.cols));
    for (std::size_t c = cols; c < scales.size(); ++c) scales[c] = scales[c - cols];
  }
  return {std::move(matrix.data), matrix.rows, matrix.cols, {scales.begin(), scales.end()}};
}

Datapath::Datapath(const Network& network, const Program& program, const ChipSpec& chip,
                   std::span<const ConverterRange> ranges, const ChipSample& sample)
    : network_(network),
      program_(program),
      ranges_(ranges.begin(), ranges.end()),
      arrays_(chip.analog),
      counts_activity_(chip.mvm.activity == ActivityModel::Data) {
  const double pass_s = static_cast<double>(busiest_task_cycles(program, chip)) / (chip.clock_ghz * 1e9);
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    const Stage& stage = program.stages[s];
    vectors_.emplace_back(network, stage, chip);
    auto& replicas = stages_.emplace_back(static_cast<std::size_t>(program.replicas[s]));
    auto& counts = mvm_counts_.emplace_back();
    for (const Block& block : stage.blocks) counts.push_back(mvm_counts(block, stage.mvms, arrays_));
    if (stage.analog.empty()) continue;
    const StageMatrix matrix = stage_matrix(network, stage, chip.analog.weights);
    DeviceSpec device = sample.device(stage.analog);
    if (device.pass_s == 0.0) device.pass_s = pass_s;
    for (std::size_t r = 0; r < replicas.size(); ++r) {
      replicas[r].arrays = program_arrays(stage, matrix, static_cast<int>(r), chip, device, sample);
      std::vector<double> code_values = matrix.scales;
      for (double& v : code_values) v *= replicas[r].arrays[0].output_unit(ranges_[s].adc) * ranges_[s].dac;
      std::vector<std::vector<double>> drift;
      for (const Array<float>& array : replicas[r].arrays) drift.push_back(array.drift_factors());
      replicas[r].affine.push_back(column_affine(network, stage, code_values, drift));
    }
  }
}

const Array<float>& Datapath::array(int stage, int replica, int block) const {
  return stages_[static_cast<std::size_t>(stage)][static_cast<std::size_t>(replica)]
      .arrays[static_cast<std::size_t>(block)];
}

bool Datapath::home_sums(const PassState& state, int stage, int pass, int iteration,
                         std::vector<float>& out) const {
  const auto s = static_cast<std::size_t>(stage);
  if (!vectors_[s].adds_at_home()) return false;
  const int replica = replica_of(program_.stages[s], iteration, program_.replicas[s]);
  const ColumnAffine& affine = stages_[s][static_cast<std::size_t>(replica)].affine.front();
  out.resize(affine.scale.size() * static_cast<std::size_t>(program_.stages[s].mvms));
  vectors_[s].home_sums(state, stage, pass, iteration, affine, out.data());
  return true;
}

void Datapath::correct(int stage, int replica, std::span<const double> gain, std::span<const double> offset) {
  ColumnAffine& affine =
      stages_[static_cast<std::size_t>(stage)][static_cast<std::size_t>(replica)].affine[0];
  for (std::size_t c = 0; c < gain.size(); ++c) {
    affine.scale[c] = static_cast<float>(static_cast<double>(affine.scale[c]) * gain[c]);
    affine.shift[c] = static_cast<float>(static_cast<double>(affine.shift[c]) * gain[c] + offset[c]);
  }
  for (SlotShift& slot : affine.slot_shifts)
    for (std::size_t c = 0; c < slot.shift.size(); ++c)
      slot.shift[c] = static_cast<float>(static_cast<double>(slot.shift[c]) *
                                         gain[static_cast<std::size_t>(slot.first) + c]);
}

void Datapath::set_batch_norm(int stage, const std::string& node, std::span<const double> scale,
                              std::span<const double> shift) {
  vectors_[static_cast<std::size_t>(stage)].set_batch_norm(node, scale, shift);
}

Datapath::Constants Datapath::constants() const {
  Constants now{.affine = {}, .vectors = vectors_};
  for (const std::vector<Replica>& replicas : stages_) {
    auto& stage = now.affine.emplace_back();
    for (const Replica& replica : replicas) stage.push_back(replica.affine);
  }
  return now;
}

void Datapath::set_constants(Constants constants) {
  for (std::size_t s = 0; s < stages_.size(); ++s)
    for (std::size_t r = 0; r < stages_[s].size(); ++r)
      stages_[s][r].affine = std::move(constants.affine[s][r]);
  vectors_.swap(constants.vectors);
}

void Datapath::mvm(PassState& state, const Span& span, int block_index) const {
  const auto s = static_cast<std::size_t>(span.stage);
  const Stage& stage = program_.stages[s];
  const Block& block = stage.blocks[static_cast<std::size_t>(block_index)];
  const Array<float>& cells = array(span.stage, span.replica, block_index);
  const auto rows = static_cast<std::size_t>(block.rows), cols = static_cast<std::size_t>(block.cols);
  const auto mvms = static_cast<std::size_t>(stage.mvms);
  thread_local std::vector<float> inputs, codes;
  thread_local std::vector<MvmId> ids;
  struct Place {
    int pass, iteration;
  };
  thread_local std::vector<Place> places;
  const auto flush = [&] {
    const std::size_t count = places.size() * mvms;
    codes.resize(count * cols);
    const std::span<float> used(inputs.data(), count * rows);
    to_dac_codes(used, ranges_[s].dac, arrays_.dac, used);
    for (std::size_t v = 0; counts_activity_ && v < count; ++v)
      state.counts += activity_counts(activity_of(arrays_, used.subspan(v * rows, rows), cells.row_ns()));
    cells.mvm(inputs.data(), rows, ids, ranges_[s].adc, codes.data(), cols);
    for (std::size_t i = 0; i < places.size(); ++i)
      std::copy_n(codes.data() + i * mvms * cols, mvms * cols,
                  state.codes(span.stage, block_index, places[i].pass, places[i].iteration));
    places.clear();
    ids.clear();
  };
  places.clear();
  ids.clear();
  for (int pass = span.first_pass; pass < span.first_pass + span.passes; ++pass)
    for (const int iteration : span.iterations) {
      if (!places.empty() && (places.size() + 1) * mvms > batch_vectors) flush();
      inputs.resize(std::max(inputs.size(), (places.size() + 1) * mvms * rows));
      gather_inputs(network_.graph, stage, block, iteration, state, pass,
                    inputs.data() + places.size() * mvms * rows);
      for (std::size_t m = 0; m < mvms; ++m)
        ids.push_back({state.first_pass() + static_cast<std::uint32_t>(pass),
                       static_cast<std::uint32_t>(static_cast<std::size_t>(iteration) * mvms + m)});
      places.push_back({pass, iteration});
      state.counts += mvm_counts_[s][static_cast<std::size_t>(block_index)];
    }
  if (!places.empty()) flush();
}

void Datapath::sum(PassState& state, const Span& span, int sum) const {
  const auto s = static_cast<std::size_t>(span.stage);
  const ColumnAffine& affine = stages_[s][static_cast<std::size_t>(span.replica)].affine.front();
  const int term = static_cast<int>(program_.stages[s].blocks.size()) + sum;
  for (int pass = span.first_pass; pass < span.first_pass + span.passes; ++pass)
    for (const int iteration : span.iterations) {
      vectors_[s].add_up(state, span.stage, sum, pass, iteration, affine);
      state.counts += sum_counts(program_, span.stage, term);
    }
}

void Datapath::vec(PassState& state, const Span& span) const {
  const auto s = static_cast<std::size_t>(span.stage);
  const auto& affine = stages_[s][static_cast<std::size_t>(span.replica)].affine;
  for (int pass = span.first_pass; pass < span.first_pass + span.passes; ++pass)
    for (const int iteration : span.iterations) {
      vectors_[s].run(state, span.stage, pass, iteration, affine.empty() ? nullptr : &affine.front());
      state.counts += vec_counts(program_, span.stage, iteration);
    }
}

}  // namespace mimosa
