// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/correct.hpp"

#include <algorithm>
#include <cmath>

#include "hw/program/geometry.hpp"
#include "models/nn/batch_norm.hpp"
#include "sim/engine/functional.hpp"

namespace mimosa {
namespace {

constexpr std::uint32_t first_fit_pass = 0x80000000, first_norm_pass = 0xC0000000;
constexpr std::size_t passes_at_once = 16;

/// Sums of a straight line through pairs (x, y) per column.
class Lines {
 public:
  explicit Lines(std::size_t cols) : sums_(cols) {}
  /// Values [mvm][column], from column `first` on.
  void add(const float* x, const float* y, std::size_t size, std::size_t first) {
    for (std::size_t i = 0; i < size; ++i) {
      Sums& s = sums_[(first + i) % sums_.size()];
      const auto a = static_cast<double>(x[i]), b = static_cast<double>(y[i]);
      s.n += 1.0;
      s.x += a;
      s.y += b;
      s.xx += a * a;
      s.xy += a * b;
    }
  }
  /// y ≈ gain · x + offset
  void fit(std::vector<double>& gain, std::vector<double>& offset) const {
    for (const Sums& s : sums_) {
      const double variance = s.n * s.xx - s.x * s.x;
      const bool varies = variance > 1e-9 * s.n * s.xx;
      gain.push_back(varies ? (s.n * s.xy - s.x * s.y) / variance : 1.0);
      offset.push_back(s.n > 0.0 ? (s.y - gain.back() * s.x) / s.n : 0.0);
    }
  }

 private:
  struct Sums {
    double n = 0.0, x = 0.0, y = 0.0, xx = 0.0, xy = 0.0;
  };
  std::vector<Sums> sums_;
};

std::size_t columns_of(const Graph& graph, const Stage& stage) {
  return static_cast<std::size_t>(matrix_shape(graph, stage).cols);
}

/// Mean and biased variance per channel of a node's values in all states.
struct ChannelMoments {
  std::vector<double> mean, variance;
};
ChannelMoments moments_of(const Graph& graph, int index, const std::vector<PassState>& states) {
  const Node& node = graph.nodes[static_cast<std::size_t>(index)];
  const auto channels = static_cast<std::size_t>(node.shape.channels);
  ChannelMoments m{std::vector<double>(channels), std::vector<double>(channels)};
  double values = 0.0;
  const auto for_each = [&](const auto& use) {
    for (const PassState& state : states) {
      const float* data = state.row(index, 0, 0);
      const std::size_t size = state.value_size(index) * static_cast<std::size_t>(state.passes());
      for (std::size_t i = 0; i < size; ++i) use(i % channels, static_cast<double>(data[i]));
    }
  };
  for_each([&](std::size_t c, double v) {
    m.mean[c] += v;
    values += c == 0 ? 1.0 : 0.0;
  });
  for (double& mean : m.mean) mean /= values;
  for_each([&](std::size_t c, double v) { m.variance[c] += (v - m.mean[c]) * (v - m.mean[c]); });
  for (double& variance : m.variance) variance /= values;
  return m;
}

/// Batch norms of one chip, stage after stage; stages may come from several datapaths.
class NormFit {
 public:
  NormFit(std::span<Datapath* const> of_stage, std::span<const float> inputs)
      : of_stage_(of_stage),
        network_(of_stage.front()->network()),
        program_(of_stage.front()->program()),
        graph_(network_.graph) {
    const auto size =
        static_cast<std::size_t>(row_size(graph_.nodes.front()) * row_count(graph_.nodes.front()));
    for (std::size_t first = 0; first < inputs.size() / size; first += passes_at_once) {
      const std::size_t count = std::min(passes_at_once, inputs.size() / size - first);
      PassState& state = states_.emplace_back(
          graph_, program_, first_norm_pass + static_cast<std::uint32_t>(first), static_cast<int>(count));
      std::copy_n(inputs.begin() + static_cast<std::ptrdiff_t>(first * size), count * size,
                  state.row(0, 0, 0));
    }
  }

  void run() {
    for (std::size_t s = 0; s < program_.stages.size(); ++s) {
      const Stage& stage = program_.stages[s];
      for (PassState& state : states_) run_stage(*of_stage_[s], state, static_cast<int>(s));
      if (stage.result != stage.analog && !stage.signed_copies) refit_folded(static_cast<int>(s));
      for (const std::string& name : stage.digital)
        if (node(name).op == OpKind::BatchNorm) refit(static_cast<int>(s), name);
    }
  }

 private:
  [[nodiscard]] const Node& node(const std::string& name) const {
    return graph_.nodes[static_cast<std::size_t>(node_index(graph_, name))];
  }

  /// The norm's input u is not at hand, but its result v = k u + t is: with the statistics of v,
  /// u − mean(u) = (v − mean(v)) / k and var(u) = var(v) / k².
  void refit_folded(int s) {
    const Node& norm = node(program_.stages[static_cast<std::size_t>(s)].result);
    const ChannelMoments m = moments_of(graph_, node_index(graph_, norm.name), states_);
    const BatchNormAffine old = batch_norm_affine(network_, norm);
    const std::vector<float>& weight = tensor(network_, norm, "weight").data;
    const std::vector<float>& bias = tensor(network_, norm, "bias").data;
    std::vector<double> gain, offset;
    for (std::size_t c = 0; c < weight.size(); ++c) {
      const double k = old.scale[c];
      gain.push_back(k == 0.0 ? 1.0
                              : static_cast<double>(weight[c]) / k /
                                    std::sqrt(m.variance[c] / (k * k) + norm.eps));
      offset.push_back(k == 0.0 ? 0.0 : static_cast<double>(bias[c]) - gain[c] * m.mean[c]);
    }
    const int replicas = program_.replicas[static_cast<std::size_t>(s)];
    for (int r = 0; r < replicas; ++r) chip(s).correct(s, r, gain, offset);
    for (PassState& state : states_) run_vector_units(chip(s), state, s);
  }

  void refit(int s, const std::string& name) {
    const Node& norm = node(name);
    const ChannelMoments m = moments_of(graph_, norm.inputs[0], states_);
    const std::vector<float>& weight = tensor(network_, norm, "weight").data;
    const std::vector<float>& bias = tensor(network_, norm, "bias").data;
    std::vector<double> scale, shift;
    for (std::size_t c = 0; c < weight.size(); ++c) {
      scale.push_back(static_cast<double>(weight[c]) / std::sqrt(m.variance[c] + norm.eps));
      shift.push_back(static_cast<double>(bias[c]) - scale[c] * m.mean[c]);
    }
    chip(s).set_batch_norm(s, name, scale, shift);
    for (PassState& state : states_) run_vector_units(chip(s), state, s);
  }

  [[nodiscard]] Datapath& chip(int stage) const { return *of_stage_[static_cast<std::size_t>(stage)]; }

  std::span<Datapath* const> of_stage_;
  const Network& network_;
  const Program& program_;
  const Graph& graph_;
  std::vector<PassState> states_;
};

}  // namespace

void fit_columns(Datapath& chip, const ReferencePasses& reference) {
  const Program& program = chip.program();
  const Graph& graph = chip.network().graph;
  std::vector<std::vector<Lines>> lines;
  for (std::size_t s = 0; s < program.stages.size(); ++s)
    lines.emplace_back(program.stages[s].analog.empty() ? 0 : static_cast<std::size_t>(program.replicas[s]),
                       Lines(program.stages[s].analog.empty() ? 1 : columns_of(graph, program.stages[s])));
  reference.for_each([&](const PassState& exact) {
    for (std::size_t s = 0; s < program.stages.size(); ++s) {
      const Stage& stage = program.stages[s];
      if (stage.analog.empty()) continue;
      PassState state = exact;
      state.restart(first_fit_pass + exact.first_pass(), exact.passes());
      run_stage(chip, state, static_cast<int>(s));
      const int result = node_index(graph, stage.result);
      const auto size = static_cast<std::size_t>(row_size(graph.nodes[static_cast<std::size_t>(result)]));
      for (int pass = 0; pass < state.passes(); ++pass)
        for (int i = 0; i < stage.iterations; ++i) {
          Lines& fitted = lines[s][static_cast<std::size_t>(replica_of(stage, i, program.replicas[s]))];
          std::size_t first = 0;
          for (const int row : rows_made(stage, i)) {
            fitted.add(state.row(result, pass, row), exact.row(result, pass, row), size, first);
            first += size;
          }
        }
    }
  });
  for (std::size_t s = 0; s < lines.size(); ++s)
    for (std::size_t r = 0; r < lines[s].size(); ++r) {
      std::vector<double> gain, offset;
      lines[s][r].fit(gain, offset);
      chip.correct(static_cast<int>(s), static_cast<int>(r), gain, offset);
    }
}

void recalibrate_batch_norms(Datapath& chip, std::span<const float> inputs) {
  const std::vector<Datapath*> of_stage(chip.program().stages.size(), &chip);
  recalibrate_batch_norms(of_stage, inputs);
}

void recalibrate_batch_norms(std::span<Datapath* const> of_stage, std::span<const float> inputs) {
  NormFit(of_stage, inputs).run();
}

}  // namespace mimosa
