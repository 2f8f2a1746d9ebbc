// SPDX-License-Identifier: Apache-2.0
#include "sim/run/saturation.hpp"

#include <cmath>
#include <fmt/format.h>
#include <span>
#include <string>

#include "hw/program/geometry.hpp"
#include "hw/program/value_format.hpp"

namespace mimosa {
namespace {

/// Operations that only move or choose numbers, which were counted where they were made.
bool makes_numbers(OpKind op) {
  switch (op) {
    case OpKind::Relu:
    case OpKind::MaxPool:
    case OpKind::Flatten:
    case OpKind::Heads:
    case OpKind::JoinHeads:
    case OpKind::Row:
      return false;
    default:
      return true;
  }
}

/// Numbers of fixed point at the lowest or the highest it has.
AtEnds at_ends(std::span<const float> numbers, Rounding rounding) {
  const float half = std::ldexp(1.0F, 15 + rounding.more_bits - rounding.fraction_bits);
  const float highest = half - std::ldexp(1.0F, -rounding.fraction_bits);
  AtEnds found{.numbers = static_cast<std::int64_t>(numbers.size())};
  for (const float v : numbers) found.at_ends += v <= -half || v >= highest ? 1 : 0;
  return found;
}

void accumulate(AtEnds& all, const AtEnds& some) {
  all.numbers += some.numbers;
  all.at_ends += some.at_ends;
}

bool is_full(const PassState& state, int pass, int slots) {
  return !state.is_masked(pass, slots - 1);
}

}  // namespace

SaturationMeter::SaturationMeter(const Datapath& datapath, const ChipSpec& chip)
    : datapath_(datapath), chip_(chip) {
  result_.fraction_bits = chip.vector.fraction_bits;
  if (chip.vector.format != NumberFormat::Int16) return;
  const Graph& graph = datapath.network().graph;
  const auto add = [&](std::size_t stage, const std::string& name, const std::string& value, bool arrays) {
    counted_.push_back({static_cast<int>(stage), node_index(graph, value)});
    result_.layers.push_back({.layer = name, .has_arrays = arrays, .sums = {}, .values = {}});
  };
  for (std::size_t s = 0; s < datapath.program().stages.size(); ++s) {
    const Stage& stage = datapath.program().stages[s];
    if (!stage.analog.empty()) add(s, stage.analog, stage.result, true);
    for (const std::string& name : stage.digital)
      if (makes_numbers(graph.nodes[static_cast<std::size_t>(node_index(graph, name))].op))
        add(s, name, name, false);
  }
}

AtEnds SaturationMeter::sums_of(const PassState& state, int stage) const {
  const Stage& of = datapath_.program().stages[static_cast<std::size_t>(stage)];
  const Rounding rounding = sum_format(of, chip_);
  const auto mvms = static_cast<std::size_t>(of.mvms);
  std::vector<float> home;
  AtEnds found;
  for (int pass = 0; pass < state.passes(); ++pass)
    for (int i = 0; i < of.iterations && is_full(state, pass, datapath_.program().slots); ++i) {
      for (std::size_t s = 0; s < of.sums.size(); ++s)
        accumulate(found, at_ends({state.sum(stage, static_cast<int>(s), pass, i),
                                   mvms * static_cast<std::size_t>(of.sums[s].cols)},
                                  rounding));
      if (!datapath_.home_sums(state, stage, pass, i, home)) continue;
      accumulate(found, at_ends(home, rounding));
    }
  return found;
}

AtEnds SaturationMeter::values_of(const PassState& state, int node) const {
  const Graph& graph = datapath_.network().graph;
  const Rounding rounding = stored_format(graph, graph.nodes[static_cast<std::size_t>(node)], chip_.vector);
  AtEnds found;
  for (int pass = 0; pass < state.passes(); ++pass)
    if (is_full(state, pass, datapath_.program().slots))
      accumulate(found, at_ends({state.row(node, pass, 0), state.value_size(node)}, rounding));
  return found;
}

void SaturationMeter::add(const PassState& state) {
  std::vector<AtEnds> sums, values;
  for (std::size_t i = 0; i < counted_.size(); ++i) {
    sums.push_back(result_.layers[i].has_arrays ? sums_of(state, counted_[i].stage) : AtEnds{});
    values.push_back(values_of(state, counted_[i].node));
  }
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < counted_.size(); ++i) {
    accumulate(result_.layers[i].sums, sums[i]);
    accumulate(result_.layers[i].values, values[i]);
  }
}

std::vector<ValidityRow> saturation_validity(const SaturationResult& saturation) {
  std::vector<ValidityRow> rows;
  for (const LayerSaturation& layer : saturation.layers) {
    if (layer.values.numbers == 0 || (!layer.has_arrays && layer.worst() == 0.0)) continue;
    std::string state = fmt::format("applied: int16 with {} fraction bits", saturation.fraction_bits);
    if (layer.worst() == 0.0) state += ", nothing beyond its range";
    if (layer.sums.at_ends > 0)
      state += fmt::format(", {:.3g} % of the sums of codes cut off", 100.0 * layer.sums.share());
    if (layer.values.at_ends > 0)
      state += fmt::format(", {:.3g} % of the values cut off", 100.0 * layer.values.share());
    rows.push_back({layer.layer, "vector.format", state});
  }
  return rows;
}

}  // namespace mimosa
