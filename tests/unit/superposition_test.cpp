// SPDX-License-Identifier: Apache-2.0
#include "sim/run/superposition.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "hw/program/counts.hpp"
#include "sim/compiler/compile.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

namespace mimosa {
namespace {

/// One copy of everything, so that work per stage does not depend on what is left of the array budget.
Program compiled(const Network& network, const ChipSpec& chip) {
  return compile(network, chip, {.replicate = false}).program;
}

/// MVM energy alone: digital work and traffic cost nothing.
ChipSpec mvm_chip() {
  ChipSpec chip = small_chip();
  chip.mesh = {.rows = 16, .cols = 16};
  chip.vector.add_pj = chip.vector.mul_pj = chip.vector.special_pj = 0.0;
  chip.buffer.read_pj_per_byte = chip.buffer.write_pj_per_byte = 0.0;
  chip.noc.energy_pj_per_bit_hop = chip.io.energy_pj_per_bit = chip.instruction_pj = 0.0;
  return chip;
}

}  // namespace

TEST_CASE("stem, binding, unbinding and classifier are unshared, the trunk is shared", "[superposition]") {
  const Network network = small_mimoconv(2, 2);
  const ChipSpec chip = mvm_chip();
  const Program program = compiled(network, chip);
  std::int64_t unshared_mvms = 0;
  for (const Stage& stage : program.stages) {
    INFO(stage.name);
    const bool trunk = stage.name.rfind("blocks.", 0) == 0 || stage.name == "pool";
    CHECK(is_unshared(network.graph, stage) == !trunk);
    if (!trunk)
      unshared_mvms += static_cast<std::int64_t>(stage.iterations) * stage.mvms *
                       static_cast<std::int64_t>(stage.blocks.size());
  }
  const UnsharedResult u = unshared_work(network.graph, program, chip);
  const Counts all = counts_per_pass(program, chip);
  REQUIRE(unshared_mvms > 0);
  CHECK(u.energy_per_input_j.value() == Approx(static_cast<double>(unshared_mvms) * 100e-12 / 2.0));
  CHECK(u.energy_share.value() == Approx(static_cast<double>(unshared_mvms) / static_cast<double>(all.mvms)));
  CHECK(std::find(u.stages.begin(), u.stages.end(), u.busiest) != u.stages.end());
  ChipSpec by_data = chip;  // no data here, so no energy
  by_data.mvm.activity = ActivityModel::Data;
  const UnsharedResult v = unshared_work(network.graph, program, by_data);
  CHECK_FALSE(v.energy_per_input_j);
  CHECK_FALSE(v.energy_share);
  CHECK(v.cycles_per_input == u.cycles_per_input);
}

TEST_CASE("the stem takes the same per input however many slots share a pass", "[superposition]") {
  const ChipSpec chip = mvm_chip();
  const auto stem_cycles = [&](int slots) {
    const Network network = small_mimoconv(slots, slots);
    return unshared_work(network.graph, compiled(network, chip), chip).cycles_per_input;
  };
  // The stem is the busiest: a row of positions of one MVM of 20 cycles for every input.
  CHECK(stem_cycles(2) == stem_cycles(4));
}

TEST_CASE("inputs wait for the slots of a pass to fill", "[superposition]") {
  const ArrivalResult a = arrivals(1000.0, 4, 5000.0, 2e-3);
  CHECK(a.fill_wait_first_s == Approx(3e-3));
  CHECK(a.fill_wait_mean_s == Approx((3e-3 + 2e-3 + 1e-3 + 0.0) / 4.0));
  CHECK(a.response_mean_s == Approx(3.5e-3));
  CHECK(a.keeps_up);
  CHECK_FALSE(arrivals(6000.0, 4, 5000.0, 2e-3).keeps_up);
  CHECK(arrivals(1000.0, 1, 5000.0, 2e-3).fill_wait_mean_s == 0.0);
}

}  // namespace mimosa
