// SPDX-License-Identifier: Apache-2.0
#include "sim/run/wire_gap.hpp"

#include <algorithm>

#include "hw/program/geometry.hpp"
#include "hw/program/interval.hpp"
#include "models/crossbar/wire_gap.hpp"
#include "sim/engine/reference_passes.hpp"

namespace mimosa {
namespace {

/// The array of a layer that is looked at.
struct Sampled {
  std::size_t stage;
  int replica;
  std::size_t block, plane;
};

/// The same cells, each of them read in the network of all nodes.
Array<double> exact_array(const Datapath& chip, const Experiment& experiment, const Sampled& at) {
  const Stage& stage = chip.program().stages[at.stage];
  const Block& block = stage.blocks[at.block];
  const StageMatrix matrix = stage_matrix(chip.network(), stage, experiment.chip.analog.weights);
  const std::vector<double> weights(matrix.weights.begin(), matrix.weights.end());
  DeviceSpec device = without_compensation(device_for_layer(experiment, stage.analog));
  if (device.pass_s == 0.0)
    device.pass_s = static_cast<double>(busiest_task_cycles(chip.program(), experiment.chip)) /
                    (experiment.chip.clock_ghz * 1e9);
  const auto cols = static_cast<std::size_t>(matrix.cols);
  return {
      WeightBlock<double>{std::span(weights).subspan(static_cast<std::size_t>(block.row0) * cols +
                                                     static_cast<std::size_t>(block.col0)),
                          static_cast<std::size_t>(block.rows), static_cast<std::size_t>(block.cols), cols},
      device,
      with_exact_wires(device, experiment.chip.analog),
      {.seed = experiment.seed,
       .chip = 0,
       .layer = stage.analog,
       .replica = static_cast<std::uint32_t>(at.replica),
       .row0 = block.row0,
       .col0 = block.col0,
       .layer_rows = matrix.rows,
       .layer_cols = matrix.cols},
      CellPath::Always};
}

class Comparison {
 public:
  Comparison(const Datapath& chip, const Experiment& experiment, std::span<const ConverterRange> ranges,
             const PassState& state)
      : chip_(chip), experiment_(experiment), ranges_(ranges), state_(state) {}

  LayerWireGap layer(std::size_t s) const {
    const Stage& stage = chip_.program().stages[s];
    WireSampleDraws draws(experiment_.seed, stage.analog);
    const auto replicas = static_cast<std::size_t>(chip_.program().replicas[s]);
    Sampled at{s,
               static_cast<int>(draws.below(std::min(replicas, static_cast<std::size_t>(stage.iterations)))),
               draws.below(stage.blocks.size()), 0};
    const Array<float>& chosen = chip_.array(static_cast<int>(s), at.replica, static_cast<int>(at.block));
    at.plane = draws.below(chosen.planes());
    const Array<double> exact = exact_array(chip_, experiment_, at);
    WireGapMeter meter(device_for_layer(experiment_, stage.analog), experiment_.chip.analog);
    for (std::size_t i = 0; i < wire_gap_vectors; ++i) compare(at, chosen, exact, draws, meter);
    const Block& block = stage.blocks[at.block];
    const std::vector<double>& adc = ranges_[s].adc;
    const double step =
        adc[adc.size() == 1 ? 0 : chosen.slice_of(at.plane)] / experiment_.chip.analog.adc.half_steps();
    return {.gap = meter.gap(step),
            .layer = stage.analog,
            .replica = at.replica,
            .row0 = block.row0,
            .col0 = block.col0,
            .rows = block.rows,
            .cols = block.cols};
  }

 private:
  /// Digits of one input, one part of it where it is cut.
  std::vector<float> digits_of(const Sampled& at, const InputPart& part, WireSampleDraws& draws) const {
    const Stage& stage = chip_.program().stages[at.stage];
    const Block& block = stage.blocks[at.block];
    const auto rows = static_cast<std::size_t>(block.rows);
    const std::size_t replicas = static_cast<std::size_t>(chip_.program().replicas[at.stage]),
                      own = static_cast<std::size_t>(at.replica);
    const std::size_t count = (static_cast<std::size_t>(stage.iterations) - own + replicas - 1) / replicas;
    const std::size_t iteration = own + replicas * draws.below(count);
    std::vector<float> inputs(rows * static_cast<std::size_t>(stage.mvms)), digits(rows);
    gather_inputs(chip_.network().graph, stage, block, static_cast<int>(iteration), state_,
                  static_cast<int>(draws.below(static_cast<std::size_t>(state_.passes()))), inputs.data());
    const auto mvm = std::span<const float>(inputs).subspan(
        rows * draws.below(static_cast<std::size_t>(stage.mvms)), rows);
    std::vector<float> codes(rows);
    to_dac_codes(mvm, ranges_[at.stage].dac, experiment_.chip.analog.dac, codes);
    take_part(part, std::span<const float>(codes), std::span<float>(digits));
    return digits;
  }

  void compare(const Sampled& at, const Array<float>& chosen, const Array<double>& exact,
               WireSampleDraws& draws, WireGapMeter& meter) const {
    const InputPart& part = chosen.parts()[draws.below(chosen.parts().size())];
    std::vector<float> digits = digits_of(at, part, draws);
    meter.compare(chosen, exact, at.plane, std::span(digits), part.full, draws);
  }

  const Datapath& chip_;
  const Experiment& experiment_;
  std::span<const ConverterRange> ranges_;
  const PassState& state_;
};

/// What keeps a layer's cells from an exact solution; empty where nothing does.
std::string obstacle(const Program& program, const Experiment& experiment) {
  for (const Stage& stage : program.stages) {
    if (stage.analog.empty()) continue;
    std::string why = wire_gap_obstacle(device_for_layer(experiment, stage.analog), experiment.chip.analog);
    if (!why.empty()) return why;
  }
  return {};
}

}  // namespace

int wire_gap_images(const Network& network) {
  return 2 * network.inputs_per_pass;
}

WireGapResult wire_gap(const Datapath& chip, const Experiment& experiment,
                       std::span<const ConverterRange> ranges, std::span<const float> images) {
  WireGapResult result;
  result.wires = experiment.chip.analog.wires;
  result.images = wire_gap_images(chip.network());
  result.why = obstacle(chip.program(), experiment);
  if (!result.why.empty()) return result;
  ReferencePasses(chip.network(), chip.program(), images).for_each([&](const PassState& state) {
    const Comparison comparison(chip, experiment, ranges, state);
    for (std::size_t s = 0; s < chip.program().stages.size(); ++s)
      if (!chip.program().stages[s].analog.empty()) result.layers.push_back(comparison.layer(s));
  });
  return result;
}

}  // namespace mimosa
