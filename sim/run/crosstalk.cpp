// SPDX-License-Identifier: Apache-2.0
#include "sim/run/crosstalk.hpp"

#include <algorithm>

#include "hw/program/geometry.hpp"
#include "models/nn/reference.hpp"
#include "sim/engine/functional.hpp"
#include "sim/run/classifier.hpp"

namespace mimosa {
namespace {

using Features = std::vector<float>;  ///< [pass][slot][feature]

/// Powers of differences of features, per slot.
class Meter {
 public:
  Meter(std::size_t slots, std::size_t features) : slots_(slots), features_(features) {}
  /// factor · mean (a − b)² of one slot.
  [[nodiscard]] double power(std::size_t slot, const Features& a, const Features& b, double factor) const {
    double sum = 0.0;
    std::size_t count = 0;
    for (std::size_t at = slot * features_; at < a.size(); at += slots_ * features_)
      for (std::size_t f = at; f < at + features_; ++f, ++count) {
        const double d = static_cast<double>(a[f]) - static_cast<double>(b[f]);
        sum += d * d;
      }
    return factor * sum / static_cast<double>(count);
  }

 private:
  std::size_t slots_, features_;
};

Features difference(const Features& a, const Features& b) {
  Features d(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) d[i] = a[i] - b[i];
  return d;
}

class Measurement {
 public:
  Measurement(const CrosstalkTask& task, std::size_t unbind_stage)
      : task_(task),
        unbind_stage_(unbind_stage),
        node_(node_index(task.network.graph, task.program.stages[unbind_stage].result)),
        inputs_(static_cast<std::size_t>(task.network.inputs_per_pass)) {
    const Node& input = task.network.graph.nodes.front();
    const auto size = static_cast<std::size_t>(input.shape.size());
    const std::vector<float> taken = pass_inputs(task.network, task.images, task.images.size() / size);
    passes_ = taken.size() / size / inputs_;
    sets_.assign(inputs_ + 1, taken);
    for (std::size_t i = 0; i < inputs_; ++i)
      for (std::size_t p = 0; p < passes_; ++p)
        std::copy_n(taken.begin() + offset((p + 1) % passes_, i, size), size,
                    sets_[i].begin() + offset(p, i, size));
  }

  std::vector<SlotCrosstalk> run() {
    const Node& node = task_.network.graph.nodes[static_cast<std::size_t>(node_)];
    const Meter meter(static_cast<std::size_t>(node.slots), static_cast<std::size_t>(node.shape.size()));
    std::vector<SlotCrosstalk> slots(static_cast<std::size_t>(node.slots));
    CorrectedChip exact = task_.causes.corrected({}, 0), chip = task_.causes.corrected(task_.causes.all(), 0);
    const auto reference = of_sets([&](std::size_t set) { return of_float(set); });
    const auto noisy =
        of_sets([&](std::size_t set) { return of_chip(set, chip.datapath(), chip.datapath(), 0); });
    for (std::size_t j = 0; j < slots.size(); ++j) {
      slots[j].slot = static_cast<int>(j);
      slots[j].input = static_cast<int>(j % inputs_);
      slots[j].signal_power = meter.power(j, reference[j % inputs_], reference.back(), 0.5);
      slots[j].own_error_power = meter.power(j, noisy.back(), reference.back(), 1.0);
      for (const std::size_t i : partners(j))
        slots[j].partners.push_back({static_cast<int>(i), meter.power(j, reference[i], reference.back(), 0.5),
                                     meter.power(j, noisy[i], noisy.back(), 0.5)});
    }
    const auto silent =
        of_sets([&](std::size_t set) { return of_chip(set, exact.datapath(), exact.datapath(), 0); });
    for (std::size_t s = 0; s <= unbind_stage_; ++s)
      if (!task_.program.stages[s].analog.empty()) add_layer(s, exact, chip, silent, meter, slots);
    return slots;
  }

 private:
  [[nodiscard]] std::ptrdiff_t offset(std::size_t pass, std::size_t input, std::size_t size) const {
    return static_cast<std::ptrdiff_t>((pass * inputs_ + input) * size);
  }

  [[nodiscard]] std::vector<std::size_t> partners(std::size_t slot) const {
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < inputs_; ++i)
      if (i != slot % inputs_) others.push_back(i);
    return others;
  }

  /// Features with each input replaced in turn, and at last with none.
  template <class Run>
  std::vector<Features> of_sets(const Run& run) const {
    std::vector<Features> all;
    for (std::size_t set = 0; set < sets_.size(); ++set) all.push_back(run(set));
    return all;
  }

  [[nodiscard]] Features of_float(std::size_t set) const {
    return run_reference(task_.network, sets_[set], passes_, true)[static_cast<std::size_t>(node_)].data;
  }

  /// Features on a chip that is `there` in one stage and `elsewhere` in the others.
  [[nodiscard]] Features of_chip(std::size_t set, const Datapath& elsewhere, const Datapath& there,
                                 std::size_t stage) const {
    std::vector<const Datapath*> of_stage(task_.program.stages.size(), &elsewhere);
    of_stage[stage] = &there;
    Features features;
    const Node& node = task_.network.graph.nodes[static_cast<std::size_t>(node_)];
    const auto size = static_cast<std::size_t>(node.slots * node.shape.size());
    features.resize(passes_ * size);
    FunctionalOptions options{
        .threads = worker_threads(task_.experiment), .batch = 8, .progress = {}, .inspect = {}};
    options.inspect = [&](const PassState& state) {
      std::copy_n(state.row(node_, 0, 0), size * static_cast<std::size_t>(state.passes()),
                  features.begin() + static_cast<std::ptrdiff_t>(state.first_pass() * size));
    };
    static_cast<void>(run_functional(of_stage, task_.experiment.chip, sets_[set], options));
    return features;
  }

  void add_layer(std::size_t stage, CorrectedChip& exact, CorrectedChip& chip,
                 const std::vector<Features>& silent, const Meter& meter,
                 std::vector<SlotCrosstalk>& slots) const {
    std::vector<Features> errors;
    chip.mix_into(exact, static_cast<int>(stage), [&] {
      errors =
          of_sets([&](std::size_t set) { return of_chip(set, exact.datapath(), chip.datapath(), stage); });
    });
    for (std::size_t set = 0; set < errors.size(); ++set) errors[set] = difference(errors[set], silent[set]);
    const Features none(errors.back().size());
    for (std::size_t j = 0; j < slots.size(); ++j) {
      LayerErrorTerm term{.layer = task_.program.stages[stage].analog,
                          .error_power = meter.power(j, errors.back(), none, 1.0),
                          .partner_power = {}};
      for (const std::size_t i : partners(j))
        term.partner_power.push_back(meter.power(j, errors[i], errors.back(), 0.5));
      slots[j].layers.push_back(std::move(term));
    }
  }

  const CrosstalkTask& task_;
  std::size_t unbind_stage_;
  int node_;
  std::size_t inputs_, passes_ = 0;
  std::vector<std::vector<float>> sets_;  ///< inputs with input i replaced; at last, as taken
};

}  // namespace

std::vector<SlotCrosstalk> measure_crosstalk(const CrosstalkTask& task) {
  const Graph& graph = task.network.graph;
  for (std::size_t s = 0; s < task.program.stages.size(); ++s) {
    const std::string& analog = task.program.stages[s].analog;
    if (analog.empty()) continue;
    if (graph.nodes[static_cast<std::size_t>(node_index(graph, analog))].op == OpKind::Unbind)
      return Measurement(task, s).run();
  }
  return {};
}

}  // namespace mimosa
