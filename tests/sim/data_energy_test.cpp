// SPDX-License-Identifier: Apache-2.0
// Energy that depends on data is counted where the data are, the same in both engines.
#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

#include "hw/program/counts.hpp"
#include "models/nn/reference.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/engine/functional.hpp"
#include "sim/run/timed_engine.hpp"
#include "tests/support/forced_kernel_path.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using namespace mimosa;

namespace {

constexpr int passes = 3;

ChipSpec data_chip() {
  ChipSpec chip = small_chip();
  chip.mvm.model = MvmCostModel::Components;
  chip.mvm.step_ns = 20.0;
  chip.mvm.dac.energy_pj = 1.0;
  chip.mvm.activity = ActivityModel::Data;
  chip.mvm.read_v = 0.2;
  chip.mvm.read_ns = 20.0;
  return chip;
}

struct Machine {
  Network network = small_mimoconv(2, 2);
  ChipSpec chip = data_chip();
  Program program = compile(network, chip, {}).program;
  std::vector<float> inputs = pass_inputs(network, random_images(network, 2 * passes), 2 * passes);

  [[nodiscard]] Datapath datapath() const {
    const std::vector<ConverterRange> ranges(program.stages.size(), ConverterRange{.dac = 2.0, .adc = {8.0}});
    return {network, program, chip, ranges, {.seed = 7, .chip = 0, .device = [](const std::string&) {
                                               return noisy_pcm();
                                             }}};
  }
  [[nodiscard]] Counts functional(const FunctionalOptions& options) const {
    return run_functional(datapath(), chip, inputs, options).counts;
  }
};

}  // namespace

TEST_CASE("energy of data is equal in both engines, whatever the batch, the threads and the kernel path",
          "[data_energy][numerics]") {
  const Machine machine;
  const Datapath datapath = machine.datapath();
  const Counts timed = run_timed(machine.program, machine.chip,
                                 {.passes = passes,
                                  .stop_when_steady = false,
                                  .datapath = &datapath,
                                  .inputs = machine.inputs,
                                  .inspect = {}})
                           .counts;
  CHECK(timed.driven_ns > 0);
  CHECK(timed.driven_milli > 0);
  // No row is driven by more than the largest input.
  CHECK(timed.driven_milli < 1000 * timed.drives);
  for (const KernelPath path : available_kernel_paths())
    for (const int threads : {1, 2})
      for (const int batch : {1, 2, 3}) {
        const ForcedKernelPath forced(path);
        CHECK(machine.functional({.threads = threads, .batch = batch, .progress = {}, .inspect = {}}) ==
              timed);
      }
}

TEST_CASE("what data do not change is counted as without", "[data_energy]") {
  Machine machine;
  const Counts with = machine.functional({.progress = {}, .inspect = {}});
  machine.chip.mvm.activity = ActivityModel::Events;
  const Counts without = machine.functional({.progress = {}, .inspect = {}});
  CHECK(without.driven_ns == 0);
  CHECK(without.driven_milli == 0);
  Counts rest = with;
  rest.driven_ns = rest.driven_milli = 0;
  CHECK(rest == without);
  CHECK(rest == counts_per_pass(machine.program, machine.chip) * passes);
}

TEST_CASE("inputs of zero drive nothing, larger ones more", "[data_energy]") {
  const auto stem = [](float factor) {
    Machine scaled;
    for (float& x : scaled.inputs) x *= factor;
    const Datapath datapath = scaled.datapath();
    PassState state(scaled.network.graph, scaled.program, 0, 1);
    std::copy_n(scaled.inputs.begin(), state.value_size(0), state.row(0, 0, 0));
    const std::vector<int> iterations = {0, 1};
    datapath.mvm(state, {.stage = 0, .replica = 0, .first_pass = 0, .passes = 1, .iterations = iterations},
                 0);
    return state.counts.driven_ns;
  };
  CHECK(stem(0.0F) == 0);
  CHECK(stem(0.5F) > 0);
  // Pulse widths: time, and so energy, is linear in the input but for the rounding of codes.
  CHECK(static_cast<double>(stem(0.5F)) == Approx(2.0 * static_cast<double>(stem(0.25F))).epsilon(0.02));
}
