// SPDX-License-Identifier: Apache-2.0
#include "sim/run/partners.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/nn/reference.hpp"
#include "tests/support/random_network.hpp"

namespace mimosa {
namespace {

using Index = std::ptrdiff_t;

const std::vector<std::uint8_t> labels = {0, 1, 0, 2, 1, 2, 0, 1};

Arrangement arranged(Partners partners, int inputs_per_pass, int order = 0) {
  return arrange(labels, inputs_per_pass, partners, order);
}

/// Squared magnitude of a row's Fourier transform at frequency `k`.
double spectrum(std::span<const float> row, std::size_t k) {
  double real = 0.0, imaginary = 0.0;
  for (std::size_t t = 0; t < row.size(); ++t) {
    const double angle =
        2.0 * 3.14159265358979 * static_cast<double>(k * t) / static_cast<double>(row.size());
    real += row[t] * std::cos(angle);
    imaginary += row[t] * std::sin(angle);
  }
  return real * real + imaginary * imaginary;
}

}  // namespace

TEST_CASE("by themselves inputs share passes as they stand, and all answers count", "[partners]") {
  const Arrangement a = arranged(Partners::Next, 3);
  CHECK(a.inputs == std::vector<Index>{0, 1, 2, 3, 4, 5, 6, 7});
  for (std::size_t i = 0; i < labels.size(); ++i) {
    CHECK(a.rows[i] == i);
    CHECK(a.pass_of(i) == i / 3);
    CHECK(a.slot_of(i) == static_cast<int>(i % 3));
  }
}

TEST_CASE("an order is a permutation, another one for every number, the same for every network",
          "[partners]") {
  std::vector<std::uint8_t> many(1000);
  std::set<std::vector<Index>> orders;
  double fixed = 0.0;
  for (int order = 1; order <= 10; ++order) {
    const Arrangement a = arrange(many, 4, Partners::Next, order);
    CHECK(a.inputs == arrange(many, 1, Partners::Next, order).inputs);
    std::vector<Index> sorted = a.inputs;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < many.size(); ++i) {
      CHECK(sorted[i] == static_cast<Index>(i));
      CHECK(a.inputs[a.rows[i]] == static_cast<Index>(i));
      fixed += a.rows[i] == i ? 1.0 : 0.0;
    }
    orders.insert(a.inputs);
  }
  CHECK(orders.size() == 10);
  // Fixed points of random permutations are Poisson with mean 1: of ten, beyond 25 in 3 of 100,000 draws.
  CHECK(fixed <= 25.0);
}

TEST_CASE("one input a pass counts, in every slot in turn, with the partners asked for", "[partners]") {
  const auto partners = GENERATE(Partners::Same, Partners::Blank, Partners::SameClass, Partners::OtherClass);
  const int order = GENERATE(0, 3);
  const Arrangement a = arranged(partners, 2, order);
  REQUIRE(a.inputs.size() == 2 * labels.size());
  std::vector<int> of_slot(2, 0);
  std::set<std::size_t> passes;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    passes.insert(a.pass_of(i));
    ++of_slot[static_cast<std::size_t>(a.slot_of(i))];
    CHECK(a.inputs[a.rows[i]] == static_cast<Index>(i));
    const Index partner = a.inputs[2 * a.pass_of(i) + (a.slot_of(i) == 0 ? 1 : 0)];
    if (partners == Partners::Same) CHECK(partner == static_cast<Index>(i));
    if (partners == Partners::Blank) CHECK(partner == Arrangement::blank);
    if (partners != Partners::SameClass && partners != Partners::OtherClass) continue;
    CHECK(partner != static_cast<Index>(i));
    CHECK((labels[static_cast<std::size_t>(partner)] == labels[i]) == (partners == Partners::SameClass));
  }
  CHECK(passes.size() == labels.size());
  CHECK(of_slot == std::vector<int>{4, 4});
}

TEST_CASE("partners of a pass are different inputs, and too few of them are told", "[partners]") {
  const Arrangement a = arranged(Partners::SameClass, 2);
  CHECK(std::vector<Index>(a.inputs.begin(), a.inputs.begin() + 4) == std::vector<Index>{0, 2, 4, 1});
  const Arrangement four = arranged(Partners::OtherClass, 4);
  CHECK(std::vector<Index>(four.inputs.begin(), four.inputs.begin() + 4) == std::vector<Index>{0, 1, 3, 4});
  CHECK_THROWS_AS(arranged(Partners::SameClass, 4), UserError);  // class 2 has two inputs
  const std::vector<std::uint8_t> one_class(8, 1);
  CHECK_THROWS_AS(arrange(one_class, 2, Partners::OtherClass, 0), UserError);
}

TEST_CASE("without keys the bundle is the plain sum of the slots", "[partners]") {
  Network network = small_mimoconv(2, 2);
  replace_keys(network, Keys::None, 1);
  const int bundle = network.graph.find("bundle"), stem = network.graph.find("stem_act");
  const auto values = run_reference(network, pass_inputs(network, random_images(network, 2), 2), 1, true);
  const std::vector<float>& sum = values[static_cast<std::size_t>(bundle)].data;
  const std::vector<float>& slots = values[static_cast<std::size_t>(stem)].data;
  REQUIRE(slots.size() == 2 * sum.size());
  for (std::size_t i = 0; i < sum.size(); ++i) CHECK(sum[i] == Approx(slots[i] + slots[i + sum.size()]));
}

TEST_CASE("foreign keys have the norm of the trained ones and nothing else of them", "[partners]") {
  const Network trained = small_mimoconv(2, 2);
  Network foreign = trained, again = trained, other = trained;
  replace_keys(foreign, Keys::Foreign, 1);
  replace_keys(again, Keys::Foreign, 1);
  replace_keys(other, Keys::Foreign, 2);
  const auto keys = [](const Network& n) { return std::span(n.tensors.at("bind.keys").data); };
  CHECK(std::equal(keys(foreign).begin(), keys(foreign).end(), keys(again).begin()));
  CHECK_FALSE(std::equal(keys(foreign).begin(), keys(foreign).end(), keys(other).begin()));
  const std::size_t size = keys(trained).size() / 2;
  for (std::size_t row = 0; row < 2; ++row) {
    double trained_power = 0.0, foreign_power = 0.0, product = 0.0;
    for (std::size_t k = 0; k < size; ++k) {  // Parseval: the norm, by frequency
      trained_power += spectrum(keys(trained).subspan(row * size, size), k);
      foreign_power += spectrum(keys(foreign).subspan(row * size, size), k);
      product += static_cast<double>(keys(trained)[row * size + k]) * keys(foreign)[row * size + k] *
                 static_cast<double>(size);
    }
    CHECK(foreign_power == Approx(trained_power).epsilon(1e-5));
    // The cosine of independent keys of 16 numbers has standard deviation 1/4.
    CHECK(std::abs(product) < 0.95 * trained_power);
  }
  CHECK(foreign.tensors.at("unbind.weight").data == trained.tensors.at("unbind.weight").data);
  Network plain = random_network(wide_resnet({.width = 1, .blocks = {1}, .input = {1, 12, 12}}), "plain");
  replace_keys(plain, Keys::Trained, 1);
  CHECK_THROWS_AS(replace_keys(plain, Keys::None, 1), UserError);
}

}  // namespace mimosa
