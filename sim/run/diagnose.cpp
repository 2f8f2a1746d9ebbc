// SPDX-License-Identifier: Apache-2.0
#include "sim/run/diagnose.hpp"

#include "hw/program/geometry.hpp"
#include "models/converter/dac.hpp"
#include "sim/engine/functional.hpp"
#include "sim/engine/reference_passes.hpp"
#include "sim/run/code_use.hpp"
#include "sim/run/crosstalk.hpp"
#include "sim/run/layer_noise.hpp"

namespace mimosa {
namespace {

/// What is gathered for one layer.
struct Layer {
  int stage, result;  ///< of the program; node of the output
  std::vector<SlotMeter> slots;
  CodeCounter dac, adc;
};

class Diagnosis {
 public:
  Diagnosis(const Network& network, const Program& program, const Experiment& experiment,
            const std::vector<ConverterRange>& ranges, const Causes& causes)
      : network_(network), program_(program), experiment_(experiment), ranges_(ranges), causes_(causes) {
    add_variant("exact", {});
    for (std::size_t c = 0; c < cause_count; ++c)
      if (causes.all()[c]) add_variant(name_of(static_cast<Cause>(c)), CauseSet().set(c));
    add_variant("all", causes.all());
    labels_.assign(names_.begin() + 1, names_.end());
    labels_.emplace_back("exact_to_float");
    const ArraySpec& analog = experiment.chip.analog;
    for (std::size_t s = 0; s < program.stages.size(); ++s) {
      if (program.stages[s].analog.empty()) continue;
      const int result = node_index(network.graph, program.stages[s].result);
      const Node& node = network.graph.nodes[static_cast<std::size_t>(result)];
      layers_.push_back(
          {static_cast<int>(s), result,
           std::vector<SlotMeter>(static_cast<std::size_t>(node.slots),
                                  SlotMeter(static_cast<std::size_t>(node.shape.channels), labels_.size())),
           CodeCounter(analog.dac.full_code(), analog.dac.levels),
           CodeCounter(analog.adc.half_steps(), analog.adc.levels)});
    }
  }

  void look_at(const PassState& reference) {
    PassState exact = reference;
    run_layers(chips_.front(), exact);
    for (Layer& layer : layers_) {
      each_slot(layer, exact, exact, [](SlotMeter& m, auto y, auto) { m.add_signal(y); });
      each_slot(layer, exact, reference,
                [&](SlotMeter& m, auto y, auto other) { m.add_noise(labels_.size() - 1, y, other); });
      count_codes(layer, reference);
    }
    for (std::size_t v = 1; v < chips_.size(); ++v) {
      PassState noisy = reference;
      run_layers(chips_[v], noisy);
      for (Layer& layer : layers_)
        each_slot(layer, exact, noisy,
                  [&](SlotMeter& m, auto y, auto other) { m.add_noise(v - 1, y, other); });
    }
  }

  [[nodiscard]] std::vector<LayerDiagnosis> result() const {
    std::vector<LayerDiagnosis> all;
    for (const Layer& layer : layers_) {
      const std::string& name = program_.stages[static_cast<std::size_t>(layer.stage)].analog;
      LayerDiagnosis of{.layer = name,
                        .superposed = is_superposed(name),
                        .dac = layer.dac.summary(),
                        .adc = layer.adc.summary(),
                        .slots = {}};
      const CauseSet acting = causes_.of_stage(static_cast<std::size_t>(layer.stage));
      for (std::size_t j = 0; j < layer.slots.size(); ++j) {
        SlotNoise noise = layer.slots[j].result(static_cast<int>(j), labels_);
        std::erase_if(noise.causes, [&](const CauseNoise& c) {
          for (std::size_t i = 0; i < cause_count; ++i)
            if (c.cause == name_of(static_cast<Cause>(i))) return !acting[i];
          return false;
        });
        of.slots.push_back(std::move(noise));
      }
      all.push_back(std::move(of));
    }
    return all;
  }

 private:
  void add_variant(const std::string& name, CauseSet on) {
    names_.push_back(name);
    chips_.push_back(causes_.chip_with(on, 0));
  }

  /// From the last layer to the first: each reads rows that only earlier stages write, still the float ones.
  void run_layers(const Datapath& chip, PassState& state) const {
    for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer)
      run_stage(chip, state, layer->stage);
  }

  template <class Use>
  void each_slot(Layer& layer, const PassState& a, const PassState& b, const Use& use) const {
    const Node& node = network_.graph.nodes[static_cast<std::size_t>(layer.result)];
    const auto size = static_cast<std::size_t>(node.shape.size());
    for (int pass = 0; pass < a.passes(); ++pass)
      for (std::size_t j = 0; j < layer.slots.size(); ++j) {
        const int row = static_cast<int>(j) * node.shape.height;
        use(layer.slots[j], std::span(a.row(layer.result, pass, row), size),
            std::span(b.row(layer.result, pass, row), size));
      }
  }

  /// Whether the block is the first on its word lines.
  static bool drives_first(const Stage& stage, std::size_t block) {
    for (std::size_t b = 0; b < block; ++b)
      if (stage.blocks[b].row0 == stage.blocks[block].row0) return false;
    return true;
  }

  void count_codes(Layer& layer, const PassState& state) const {
    const auto s = static_cast<std::size_t>(layer.stage);
    const Stage& stage = program_.stages[s];
    const auto mvms = static_cast<std::size_t>(stage.mvms);
    std::vector<float> inputs;
    for (std::size_t b = 0; b < stage.blocks.size(); ++b) {
      const auto rows = static_cast<std::size_t>(stage.blocks[b].rows);
      inputs.resize(rows * mvms);
      for (int pass = 0; pass < state.passes(); ++pass)
        for (int i = 0; i < stage.iterations; ++i) {
          gather_inputs(network_.graph, stage, stage.blocks[b], i, state, pass, inputs.data());
          if (drives_first(stage, b)) layer.dac.add(inputs, ranges_[s].dac);
          to_dac_codes(inputs, ranges_[s].dac, experiment_.chip.analog.dac, inputs);
          const int replica = replica_of(stage, i, program_.replicas[s]);
          count_columns(layer, chips_.back().array(layer.stage, replica, static_cast<int>(b)), inputs);
        }
    }
  }

  void count_columns(Layer& layer, const Array<float>& array, const std::vector<float>& codes) const {
    const std::size_t count = codes.size() / array.rows();
    std::vector<float> sums(count * array.plane_cols());
    const std::vector<double>& ranges = ranges_[static_cast<std::size_t>(layer.stage)].adc;
    for (std::size_t plane = 0; plane < array.planes(); ++plane)
      for (std::size_t part = 0; part < array.parts().size(); ++part) {
        array.column_sums(codes.data(), array.rows(), count, plane, part, sums.data(), array.plane_cols());
        layer.adc.add(sums, ranges[ranges.size() == 1 ? 0 : array.slice_of(plane)]);
      }
  }

  [[nodiscard]] bool is_superposed(const std::string& layer) const {
    const Graph& graph = network_.graph;
    const int at = node_index(graph, layer);
    bool bundled = false, unbound = false;
    for (int n = 0; n < static_cast<int>(graph.nodes.size()); ++n) {
      const OpKind op = graph.nodes[static_cast<std::size_t>(n)].op;
      if (op == OpKind::Bundle && n <= at) bundled = true;
      if (op == OpKind::Unbind && n >= at) unbound = true;
    }
    return bundled && unbound;
  }

  const Network& network_;
  const Program& program_;
  const Experiment& experiment_;
  const std::vector<ConverterRange>& ranges_;
  const Causes& causes_;
  std::vector<std::string> names_, labels_;  ///< of the chips; of the causes measured
  std::vector<Datapath> chips_;
  std::vector<Layer> layers_;
};

}  // namespace

DiagnosisResult diagnose(const Network& network, const Program& program, const Experiment& experiment,
                         const std::vector<ConverterRange>& ranges, std::span<const float> images,
                         const Corrections* corrections) {
  const Causes causes(network, program, experiment, ranges, images, corrections);
  DiagnosisResult result;
  result.inputs = static_cast<std::int64_t>(images.size()) / network.graph.nodes.front().shape.size();
  {
    Diagnosis diagnosis(network, program, experiment, ranges, causes);
    ReferencePasses(network, program, images).for_each([&](const PassState& state) {
      diagnosis.look_at(state);
    });
    result.layers = diagnosis.result();
  }
  result.crosstalk = measure_crosstalk({network, program, experiment, causes, images});
  return result;
}

}  // namespace mimosa
