// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/calibrate.hpp"

#include <algorithm>
#include <cmath>

#include "hw/program/geometry.hpp"
#include "models/base/statistics.hpp"
#include "models/nn/reference.hpp"

namespace mimosa {
namespace {

constexpr std::size_t samples_kept = 2'000'000;  ///< per stage; a 99.99 percentile rests on 200 of them
constexpr int passes_at_once = 16;

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

/// The float network's values, pass group by pass group, in a state that `gather_inputs` reads.
class ReferencePasses {
 public:
  ReferencePasses(const Network& network, const Program& program, std::span<const float> images,
                  std::size_t count)
      : network_(network),
        program_(program),
        inputs_(pass_inputs(network, images, count)),
        pass_size_(
            static_cast<std::size_t>(row_size(network.graph.nodes[0]) * row_count(network.graph.nodes[0]))) {}

  [[nodiscard]] std::size_t passes() const { return inputs_.size() / pass_size_; }

  template <class Use>
  void for_each(const Use& use) const {
    for (std::size_t first = 0; first < passes(); first += passes_at_once) {
      const std::size_t count = std::min<std::size_t>(passes_at_once, passes() - first);
      const std::vector<Value> values = run_reference(
          network_, std::span(inputs_).subspan(first * pass_size_, count * pass_size_), count, true);
      PassState state(network_.graph, program_, static_cast<std::uint32_t>(first), static_cast<int>(count));
      for (std::size_t n = 0; n < values.size(); ++n)
        if (state.value_size(static_cast<int>(n)) != 0 && !values[n].data.empty())
          std::copy(values[n].data.begin(), values[n].data.end(), state.row(static_cast<int>(n), 0, 0));
      use(state);
    }
  }

 private:
  const Network& network_;
  const Program& program_;
  std::vector<float> inputs_;
  std::size_t pass_size_;
};

/// Column sums of the ideal arrays of a stage for the float inputs of all passes in `state`.
void sample_columns(const Network& network, const Stage& stage, const std::vector<Array<float>>& arrays,
                    double dac, float levels, const PassState& state, Sampler& sampler) {
  std::vector<float> inputs, sums;
  for (std::size_t b = 0; b < stage.blocks.size(); ++b) {
    const auto rows = static_cast<std::size_t>(stage.blocks[b].rows), cols = arrays[b].cols();
    const auto mvms = static_cast<std::size_t>(stage.mvms);
    inputs.resize(rows * mvms);
    sums.resize(cols * mvms);
    for (int pass = 0; pass < state.passes(); ++pass)
      for (int i = 0; i < stage.iterations; ++i) {
        gather_inputs(network.graph, stage, stage.blocks[b], i, state, pass, inputs.data());
        quantise(inputs, static_cast<float>(static_cast<double>(levels) / dac), levels, inputs);
        arrays[b].mvm_analog(inputs.data(), rows, mvms, sums.data(), cols);
        sampler.add(sums);
      }
  }
}

std::vector<Array<float>> ideal_arrays(const Network& network, const Stage& stage, const ChipSpec& chip) {
  const StageMatrix matrix = stage_matrix(network, stage);
  std::vector<Array<float>> arrays;
  for (const Block& block : stage.blocks) {
    const auto cols = static_cast<std::size_t>(matrix.cols);
    const auto offset = static_cast<std::size_t>(block.row0) * cols + static_cast<std::size_t>(block.col0);
    arrays.emplace_back(std::span<const float>(matrix.weights).subspan(offset),
                        static_cast<std::size_t>(block.rows), static_cast<std::size_t>(block.cols), cols,
                        DeviceSpec{}, chip.converter, ArraySite{});
  }
  return arrays;
}

}  // namespace

std::vector<ConverterRange> calibrate(const Network& network, const Program& program, const ChipSpec& chip,
                                      const CalibrationOptions& options, std::span<const float> images,
                                      std::size_t count) {
  const ReferencePasses reference(network, program, images, count);
  std::vector<Sampler> input_samples, column_samples;
  std::vector<int> source;
  for (const Stage& stage : program.stages) {
    std::size_t inputs = 0, columns = 0;
    if (!stage.analog.empty()) {
      const Node& node = network.graph.nodes[static_cast<std::size_t>(array_input(network.graph, stage))];
      inputs = static_cast<std::size_t>(row_size(node) * row_count(node));
      for (const Block& block : stage.blocks)
        columns +=
            static_cast<std::size_t>(stage.iterations) * static_cast<std::size_t>(stage.mvms * block.cols);
    }
    input_samples.emplace_back(inputs * reference.passes());
    column_samples.emplace_back(columns * reference.passes());
    source.push_back(stage.analog.empty() ? -1 : array_input(network.graph, stage));
  }
  reference.for_each([&](const PassState& state) {
    for (std::size_t s = 0; s < source.size(); ++s)
      if (source[s] >= 0)
        input_samples[s].add({state.row(source[s], 0, 0),
                              state.value_size(source[s]) * static_cast<std::size_t>(state.passes())});
  });
  std::vector<ConverterRange> ranges(program.stages.size());
  std::vector<std::vector<Array<float>>> arrays(program.stages.size());
  for (std::size_t s = 0; s < ranges.size(); ++s) {
    if (source[s] < 0) continue;
    ranges[s].dac = input_samples[s].percentile(options.dac_percentile);
    arrays[s] = ideal_arrays(network, program.stages[s], chip);
  }
  reference.for_each([&](const PassState& state) {
    for (std::size_t s = 0; s < ranges.size(); ++s)
      if (source[s] >= 0)
        sample_columns(network, program.stages[s], arrays[s], ranges[s].dac, chip.converter.dac_levels(),
                       state, column_samples[s]);
  });
  for (std::size_t s = 0; s < ranges.size(); ++s)
    if (source[s] >= 0) ranges[s].adc = column_samples[s].percentile(options.adc_percentile);
  return ranges;
}

}  // namespace mimosa
