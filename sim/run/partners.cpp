// SPDX-License-Identifier: Apache-2.0
#include "sim/run/partners.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

#include "models/base/error.hpp"
#include "models/base/random.hpp"

namespace mimosa {
namespace {

using Index = std::ptrdiff_t;

/// The inputs in the order that `order` names: sorted by a random number of each. Not by the experiment's
/// seed, so that repeats of a sweep differ in their chips alone.
std::vector<Index> permutation(std::size_t count, int order) {
  std::vector<Index> inputs(count);
  std::iota(inputs.begin(), inputs.end(), Index{0});
  if (order == 0) return inputs;
  std::vector<float> draws(count);
  const RandomSite site{.layer = "order of inputs", .part = static_cast<std::uint32_t>(order)};
  uniforms(random_key(site, Effect::Inputs), 0, 0, 0, draws);
  std::stable_sort(inputs.begin(), inputs.end(), [&](Index a, Index b) {
    return draws[static_cast<std::size_t>(a)] < draws[static_cast<std::size_t>(b)];
  });
  return inputs;
}

/// Walks along the order from behind the input that a pass is about.
class PartnerSearch {
 public:
  PartnerSearch(std::span<const std::uint8_t> labels, const std::vector<Index>& order, std::size_t place)
      : labels_(labels), order_(order), place_(place) {}

  Index next(Partners partners) {
    const Index own = order_[place_];
    if (partners == Partners::Same) return own;
    if (partners == Partners::Blank) return Arrangement::blank;
    while (++step_ < order_.size()) {
      const Index other = order_[(place_ + step_) % order_.size()];
      const bool same_class =
          labels_[static_cast<std::size_t>(other)] == labels_[static_cast<std::size_t>(own)];
      if (same_class == (partners == Partners::SameClass)) return other;
    }
    throw UserError(
        fmt::format("workload.partners: too few of {} inputs are of {} class {}; allowed: more inputs",
                    order_.size(), partners == Partners::SameClass ? "the" : "another than the",
                    labels_[static_cast<std::size_t>(own)]));
  }

 private:
  std::span<const std::uint8_t> labels_;
  const std::vector<Index>& order_;
  std::size_t place_, step_ = 0;
};

bool is_key_table(const Node& node) {
  return node.op == OpKind::Bind || node.op == OpKind::Hadamard;
}

/// Row j of the table: convolving with an impulse, and multiplying by ones, leave everything as it is.
void replace_row(std::span<float> row, OpKind op, Keys keys, std::uint64_t seed, std::uint32_t number) {
  if (keys == Keys::None) {
    std::fill(row.begin(), row.end(), op == OpKind::Bind ? 0.0F : 1.0F);
    row[0] = 1.0F;
    return;
  }
  const auto norm_of = [&] {
    return std::sqrt(std::inner_product(row.begin(), row.end(), row.begin(), 0.0));
  };
  const double norm = norm_of();
  normals(random_key({.seed = seed, .layer = "foreign keys", .part = number}, Effect::Weights), 0, 0, 0, row);
  if (op == OpKind::Hadamard)
    for (float& value : row) value = std::copysign(1.0F, value);
  const double scale = norm / norm_of();
  for (float& value : row) value = static_cast<float>(value * scale);
}

}  // namespace

Arrangement arrange(std::span<const std::uint8_t> labels, int inputs_per_pass, Partners partners, int order) {
  const std::vector<Index> ordered = permutation(labels.size(), order);
  Arrangement result{.inputs_per_pass = inputs_per_pass, .inputs = {}, .rows = {}};
  result.rows.resize(labels.size());
  for (std::size_t place = 0; place < ordered.size(); ++place) {
    const auto own = static_cast<std::size_t>(ordered[place]);
    if (partners == Partners::Next) {
      result.rows[own] = result.inputs.size();
      result.inputs.push_back(ordered[place]);
      continue;
    }
    PartnerSearch search(labels, ordered, place);
    const auto slot = static_cast<int>(place % static_cast<std::size_t>(inputs_per_pass));
    for (int j = 0; j < inputs_per_pass; ++j) {
      if (j == slot) result.rows[own] = result.inputs.size();
      result.inputs.push_back(j == slot ? ordered[place] : search.next(partners));
    }
  }
  return result;
}

void replace_keys(Network& network, Keys keys, std::uint64_t seed) {
  if (keys == Keys::Trained) return;
  bool any = false;
  for (const Node& node : network.graph.nodes) {
    if (!is_key_table(node)) continue;
    for (auto& [name, tensor] : network.tensors) {
      if (name.rfind(node.name + ".keys", 0) != 0) continue;
      const auto size = static_cast<std::size_t>(tensor.shape.back());
      for (std::size_t row = 0; row < tensor.data.size() / size; ++row)
        replace_row(std::span(tensor.data).subspan(row * size, size), node.op, keys, seed,
                    static_cast<std::uint32_t>(row));
      any = true;
    }
  }
  if (!any)
    throw UserError(fmt::format("workload.keys: network {} binds nothing; allowed: trained", network.name));
}

}  // namespace mimosa
