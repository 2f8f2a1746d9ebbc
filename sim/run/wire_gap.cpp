// SPDX-License-Identifier: Apache-2.0
#include "sim/run/wire_gap.hpp"

#include <algorithm>
#include <cmath>

#include "hw/program/geometry.hpp"
#include "hw/program/interval.hpp"
#include "models/base/error.hpp"
#include "models/base/random.hpp"
#include "models/crossbar/combinations.hpp"
#include "sim/engine/reference_passes.hpp"

namespace mimosa {
namespace {

constexpr std::size_t sampled_inputs = 4;

/// Uniform draws of one layer's sample.
class Draws {
 public:
  Draws(std::uint64_t seed, const std::string& layer)
      : key_(random_key({seed, 0, layer, 0, 0}, Effect::WireSample)) {}
  /// 0 … size − 1
  std::size_t below(std::size_t size) {
    float u = 0.0F;
    uniforms(key_, 0, 0, next_++, {&u, 1});
    return std::min(size - 1, static_cast<std::size_t>(static_cast<double>(u) * static_cast<double>(size)));
  }

 private:
  std::uint64_t key_;
  std::uint32_t next_ = 0;
};

/// The array of a layer that is looked at.
struct Sampled {
  std::size_t stage;
  int replica;
  std::size_t block, plane;
};

ArraySpec exact_spec(const Experiment& experiment, const DeviceSpec& device) {
  ArraySpec spec = experiment.chip.analog;
  spec.wires.level = WireLevel::Exact;
  if (has_bent_cells(device)) spec.dac.input = InputKind::Voltage;  // at an instant, pulses are voltages
  return spec;
}

/// The same cells, each of them read in the network of all nodes.
Array<double> exact_array(const Datapath& chip, const Experiment& experiment, const Sampled& at) {
  const Stage& stage = chip.program().stages[at.stage];
  const Block& block = stage.blocks[at.block];
  const StageMatrix matrix = stage_matrix(chip.network(), stage, experiment.chip.analog.weights);
  const std::vector<double> weights(matrix.weights.begin(), matrix.weights.end());
  DeviceSpec device = device_for_layer(experiment, stage.analog);
  device.drift_compensation = DriftCompensation::Off;
  if (device.pass_s == 0.0)
    device.pass_s = static_cast<double>(busiest_task_cycles(chip.program(), experiment.chip)) /
                    (experiment.chip.clock_ghz * 1e9);
  const auto cols = static_cast<std::size_t>(matrix.cols);
  return {
      WeightBlock<double>{std::span(weights).subspan(static_cast<std::size_t>(block.row0) * cols +
                                                     static_cast<std::size_t>(block.col0)),
                          static_cast<std::size_t>(block.rows), static_cast<std::size_t>(block.cols), cols},
      device,
      exact_spec(experiment, device),
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

/// Sums of the differences and of the exact values.
struct Meter {
  std::int64_t sums = 0;
  double error2 = 0.0, exact2 = 0.0, largest_error = 0.0, largest = 0.0;

  void add(double chosen, double exact) {
    const double error = chosen - exact;
    ++sums;
    error2 += error * error;
    exact2 += exact * exact;
    largest_error = std::max(largest_error, std::fabs(error));
    largest = std::max(largest, std::fabs(exact));
  }
};

class Comparison {
 public:
  Comparison(const Datapath& chip, const Experiment& experiment, std::span<const ConverterRange> ranges,
             const PassState& state)
      : chip_(chip), experiment_(experiment), ranges_(ranges), state_(state) {}

  LayerWireGap layer(std::size_t s) const {
    const Stage& stage = chip_.program().stages[s];
    Draws draws(experiment_.seed, stage.analog);
    const auto replicas = static_cast<std::size_t>(chip_.program().replicas[s]);
    Sampled at{s,
               static_cast<int>(draws.below(std::min(replicas, static_cast<std::size_t>(stage.iterations)))),
               draws.below(stage.blocks.size()), 0};
    const Array<float>& chosen = chip_.array(static_cast<int>(s), at.replica, static_cast<int>(at.block));
    at.plane = draws.below(chosen.planes());
    const Array<double> exact = exact_array(chip_, experiment_, at);
    Meter meter;
    for (std::size_t i = 0; i < sampled_inputs; ++i) compare(at, chosen, exact, draws, meter);
    const Block& block = stage.blocks[at.block];
    const std::vector<double>& adc = ranges_[s].adc;
    const double step =
        adc[adc.size() == 1 ? 0 : chosen.slice_of(at.plane)] / experiment_.chip.analog.adc.half_steps();
    const auto rms = [&](double squares) { return std::sqrt(squares / static_cast<double>(meter.sums)); };
    return {.layer = stage.analog,
            .replica = at.replica,
            .row0 = block.row0,
            .col0 = block.col0,
            .rows = block.rows,
            .cols = block.cols,
            .sums = meter.sums,
            .rms = meter.exact2 > 0.0 ? std::sqrt(meter.error2 / meter.exact2) : 0.0,
            .largest = meter.largest > 0.0 ? meter.largest_error / meter.largest : 0.0,
            .rms_steps = rms(meter.error2) / step};
  }

 private:
  /// Digits of one input, one part of it where it is cut.
  std::vector<float> digits_of(const Sampled& at, const InputPart& part, Draws& draws) const {
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

  void compare(const Sampled& at, const Array<float>& chosen, const Array<double>& exact, Draws& draws,
               Meter& meter) const {
    const InputPart& part = chosen.parts()[draws.below(chosen.parts().size())];
    std::vector<float> digits = digits_of(at, part, draws);
    if (has_bent_cells(device_for_layer(experiment_, chip_.program().stages[at.stage].analog)) &&
        experiment_.chip.analog.dac.input == InputKind::PulseWidth) {
      const auto slot = static_cast<float>(draws.below(static_cast<std::size_t>(std::ceil(part.full))));
      for (float& d : digits)
        d = std::fabs(d) > slot ? std::copysign(static_cast<float>(part.full), d) : 0.0F;
    }
    const std::vector<double> same(digits.begin(), digits.end());
    std::vector<float> ours(chosen.plane_cols());
    std::vector<double> theirs(exact.plane_cols());
    chosen.digit_sums(digits, at.plane, part.full, ours);
    exact.digit_sums(same, at.plane, part.full, theirs);
    for (std::size_t c = 0; c < theirs.size(); ++c) meter.add(static_cast<double>(ours[c]), theirs[c]);
  }

  const Datapath& chip_;
  const Experiment& experiment_;
  std::span<const ConverterRange> ranges_;
  const PassState& state_;
};

/// What keeps a layer's cells from an exact solution; empty where nothing does.
std::string obstacle(const Program& program, const Experiment& experiment) {
  try {
    for (const Stage& stage : program.stages) {
      if (stage.analog.empty()) continue;
      const DeviceSpec device = device_for_layer(experiment, stage.analog);
      check_combination(device, exact_spec(experiment, device));
    }
  } catch (const UserError& e) {
    return e.what();
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
  if (!has_resistance(result.wires)) result.why = "no resistance given";
  if (result.why.empty()) result.why = obstacle(chip.program(), experiment);
  if (!result.why.empty()) return result;
  ReferencePasses(chip.network(), chip.program(), images).for_each([&](const PassState& state) {
    const Comparison comparison(chip, experiment, ranges, state);
    for (std::size_t s = 0; s < chip.program().stages.size(); ++s)
      if (!chip.program().stages[s].analog.empty()) result.layers.push_back(comparison.layer(s));
  });
  return result;
}

}  // namespace mimosa
