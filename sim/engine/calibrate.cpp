// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/calibrate.hpp"

#include <algorithm>
#include <cmath>

#include "hw/program/geometry.hpp"
#include "models/base/statistics.hpp"
#include "models/converter/adc_range.hpp"
#include "models/device/exact.hpp"
#include "sim/engine/reference_passes.hpp"

namespace mimosa {
namespace {

constexpr std::size_t samples_kept = 2'000'000;  ///< per stage; a 99.99 percentile rests on 200 of them

/// Every n-th magnitude of a stream, so that about `samples_kept` are held.
class Sampler {
 public:
  explicit Sampler(std::size_t expected) : stride_(expected / samples_kept + 1) {}
  void add(std::span<const float> values) {
    for (; next_ < values.size(); next_ += stride_) kept_.push_back(std::fabs(values[next_]));
    next_ -= values.size();
  }
  [[nodiscard]] double percentile(double percent) const {
    const double value = magnitude_percentile(kept_, percent / 100.0);
    return value > 0.0 ? value : 1.0;
  }

 private:
  std::size_t stride_, next_ = 0;
  std::vector<float> kept_;
};

struct DacRange {
  double range;
  const DacSpec& spec;
};

/// Column sums of a stage's exact arrays, per weight slice, for the float inputs of all passes in `state`.
void sample_columns(const Network& network, const Stage& stage, const std::vector<Array<float>>& arrays,
                    const DacRange& dac, const PassState& state, std::vector<Sampler>& samplers) {
  std::vector<float> inputs, sums;
  for (std::size_t b = 0; b < stage.blocks.size(); ++b) {
    const Array<float>& array = arrays[b];
    const std::size_t rows = array.rows(), cols = array.plane_cols();
    const auto mvms = static_cast<std::size_t>(stage.mvms);
    inputs.resize(rows * mvms);
    sums.resize(cols * mvms);
    for (int pass = 0; pass < state.passes(); ++pass)
      for (int i = 0; i < stage.iterations; ++i) {
        gather_inputs(network.graph, stage, stage.blocks[b], i, state, pass, inputs.data());
        to_dac_codes(inputs, dac.range, dac.spec, inputs);
        for (std::size_t plane = 0; plane < array.planes(); ++plane)
          for (std::size_t part = 0; part < array.parts().size(); ++part) {
            array.column_sums(inputs.data(), rows, mvms, plane, part, sums.data(), cols);
            samplers[array.slice_of(plane)].add(sums);
          }
      }
  }
}

std::vector<Array<float>> exact_arrays(const Network& network, const Stage& stage, const ChipSpec& chip,
                                       const DeviceSpec& device) {
  const StageMatrix matrix = stage_matrix(network, stage, chip.analog.weights);
  std::vector<Array<float>> arrays;
  for (const Block& block : stage.blocks) {
    const auto cols = static_cast<std::size_t>(matrix.cols);
    const auto offset = static_cast<std::size_t>(block.row0) * cols + static_cast<std::size_t>(block.col0);
    arrays.emplace_back(
        WeightBlock<float>{std::span<const float>(matrix.weights).subspan(offset),
                           static_cast<std::size_t>(block.rows), static_cast<std::size_t>(block.cols), cols},
        without_effects(device), chip.analog, ArraySite{.layer = stage.analog});
  }
  return arrays;
}

/// Column sums one exact array of the stage is asked for, over all passes.
std::size_t expected_columns(const Stage& stage, const Array<float>& array, std::size_t passes) {
  const std::size_t conversions = array.parts().size() * array.plane_cols() * stage.blocks.size();
  return passes * static_cast<std::size_t>(stage.iterations) * static_cast<std::size_t>(stage.mvms) *
         conversions;
}

int largest_rows(const Stage& stage) {
  int rows = 0;
  for (const Block& block : stage.blocks) rows = std::max(rows, block.rows);
  return rows;
}

/// Fits the ranges of one network.
class Calibration {
 public:
  Calibration(const Network& network, const Program& program, const ChipSpec& chip,
              const CalibrationOptions& options, const ReferencePasses& reference)
      : network_(network),
        program_(program),
        chip_(chip),
        options_(options),
        reference_(reference),
        ranges_(program.stages.size()) {}

  std::vector<ConverterRange> run(const DeviceOfLayer& device) {
    fit_inputs();
    fit_columns(device);
    return std::move(ranges_);
  }

 private:
  void fit_inputs() {
    std::vector<Sampler> samples;
    for (const Stage& stage : program_.stages) {
      std::size_t size = 0;
      if (!stage.analog.empty()) {
        const Node& node = network_.graph.nodes[static_cast<std::size_t>(array_input(network_.graph, stage))];
        size = static_cast<std::size_t>(row_size(node) * row_count(node));
      }
      samples.emplace_back(size * reference_.passes());
    }
    reference_.for_each([&](const PassState& state) {
      for (std::size_t s = 0; s < samples.size(); ++s) {
        if (program_.stages[s].analog.empty()) continue;
        const int source = array_input(network_.graph, program_.stages[s]);
        samples[s].add(
            {state.row(source, 0, 0), state.value_size(source) * static_cast<std::size_t>(state.passes())});
      }
    });
    for (std::size_t s = 0; s < samples.size(); ++s)
      if (!program_.stages[s].analog.empty()) ranges_[s].dac = samples[s].percentile(options_.dac_percentile);
  }

  void fit_columns(const DeviceOfLayer& device) {
    std::vector<std::vector<Array<float>>> arrays(ranges_.size());
    std::vector<std::vector<Sampler>> samples(ranges_.size());
    for (std::size_t s = 0; s < ranges_.size(); ++s) {
      const Stage& stage = program_.stages[s];
      if (stage.analog.empty()) continue;
      const DeviceSpec cells = device(stage.analog);
      ranges_[s].adc = fixed_ranges(chip_.analog, largest_rows(stage), cells.g_min_us / cells.g_max_us);
      if (!ranges_[s].adc.empty()) continue;
      arrays[s] = exact_arrays(network_, stage, chip_, cells);
      samples[s].assign(weight_slices(chip_.analog.weights).size(),
                        Sampler(expected_columns(stage, arrays[s][0], reference_.passes())));
    }
    reference_.for_each([&](const PassState& state) {
      for (std::size_t s = 0; s < ranges_.size(); ++s)
        if (!samples[s].empty())
          sample_columns(network_, program_.stages[s], arrays[s], {ranges_[s].dac, chip_.analog.dac}, state,
                         samples[s]);
    });
    for (std::size_t s = 0; s < ranges_.size(); ++s) {
      for (const Sampler& sampler : samples[s])
        ranges_[s].adc.push_back(sampler.percentile(options_.adc_percentile));
      if (ranges_[s].adc.size() > 1) ranges_[s].adc = power_of_two_ranges(ranges_[s].adc);
    }
  }

  const Network& network_;
  const Program& program_;
  const ChipSpec& chip_;
  const CalibrationOptions& options_;
  const ReferencePasses& reference_;
  std::vector<ConverterRange> ranges_;
};

}  // namespace

std::vector<ConverterRange> calibrate(const Network& network, const Program& program, const ChipSpec& chip,
                                      const DeviceOfLayer& device, const CalibrationOptions& options,
                                      std::span<const float> images) {
  const ReferencePasses reference(network, program, images);
  return Calibration(network, program, chip, options, reference).run(device);
}

}  // namespace mimosa
