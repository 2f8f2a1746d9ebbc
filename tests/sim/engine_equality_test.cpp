// SPDX-License-Identifier: Apache-2.0
// The functional engine and the SystemC chip are one machine on two clocks: outputs, ADC codes and event
// counts are equal bit for bit, and depend on nothing but the pass.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "hw/spec/mvm_timing.hpp"
#include "tests/support/code_digest.hpp"
#include "tests/support/forced_kernel_path.hpp"
#include "tests/support/machine.hpp"
#include "tests/support/random_network.hpp"

using namespace mimosa;

namespace {

/// Fewer where a sanitizer makes them slow (MIMOSA_TEST_PASSES=reduced).
const int passes = std::getenv("MIMOSA_TEST_PASSES") == nullptr ? 5 : 2;

/// A MIMOConv on the small chip.
Machine make(int slots, int distinct, const CompilerOptions& options, const ArraySpec& analog = {}) {
  MachineParts parts{.network = small_mimoconv(slots, distinct), .chip = small_chip(), .compiler = options};
  parts.chip.analog = analog;
  if (logical_cols(analog, parts.chip.array.cols) < parts.chip.array.cols)
    parts.chip.mesh = {.rows = 16, .cols = 16};
  parts.images = random_images(parts.network, static_cast<std::size_t>(passes * distinct));
  parts.held_out = random_images(parts.network, 8, 3);
  return Machine(std::move(parts));
}

}  // namespace

TEST_CASE("the SystemC chip and the functional engine agree bit for bit with all noise on",
          "[engine][numerics]") {
  const auto [slots, distinct] =
      GENERATE(std::pair{1, 1}, std::pair{2, 2}, std::pair{4, 4}, std::pair{4, 2}, std::pair{4, 1});
  const BindingPlace binding = GENERATE(BindingPlace::Crossbar, BindingPlace::Digital, BindingPlace::Fft);
  const Machine machine = make(slots, distinct, {.array_budget = 0, .binding = binding, .replicate = true});
  const Datapath datapath = machine.datapath();
  CodeDigest timed_codes(machine.program);
  const TimedRun timed =
      run_chip(machine, datapath, machine.inputs, [&](const PassState& s) { timed_codes.add(s); });
  REQUIRE(timed.timing.passes_simulated == passes);
  REQUIRE(timed.outputs.size() == static_cast<std::size_t>(passes * distinct * 10));
  for (const KernelPath path : available_kernel_paths())
    for (const int threads : {1, 2})
      for (const int batch : {1, 2, 5}) {
        const ForcedKernelPath forced(path);
        CodeDigest codes(machine.program);
        const FunctionalResult functional = run_functional(
            machine.datapath(), machine.chip, machine.inputs,
            {.threads = threads, .batch = batch, .progress = {}, .inspect = [&](const PassState& s) {
               codes.add(s);
             }});
        INFO("slots " << slots << " inputs " << distinct << " path " << to_string(path) << " threads "
                      << threads << " batch " << batch);
        CHECK(same_bytes(functional.outputs, timed.outputs));
        CHECK(codes.by_pass == timed_codes.by_pass);
        CHECK(functional.counts == timed.counts);
      }
}

namespace {

/// Ways to map weights and read arrays, each with what it adds.
std::map<std::string, ArraySpec> schemes() {
  std::map<std::string, ArraySpec> all;
  all["two-sided pairs, clipped, a scale a column"].weights = {
      .sides = PairSides::Two, .scale = WeightScale::Column, .clip_percentile = 99.0};
  all["offset, digital"].weights.scheme = WeightScheme::Offset;
  all["offset, unit column"].weights = {.scheme = WeightScheme::Offset, .offset = OffsetRemoval::UnitColumn};
  ArraySpec& sliced = all["4 slices of 2 bits, serial inputs"];
  sliced.weights = {.bits = 8, .cell_bits = 2};
  sliced.dac.slice_bits = 1;
  ArraySpec& isaac = all["offset slices, two's complement inputs"];
  isaac.weights = {.scheme = WeightScheme::Offset, .bits = 8, .cell_bits = 2};
  isaac.dac.slice_bits = 2;
  isaac.dac.code = InputCode::TwosComplement;
  ArraySpec& phases = all["four phases, two pairs, two reads"];
  phases.weights.pairs = 2;
  phases.read = {.repeats = 2, .phases = 4};
  ArraySpec& sar = all["SAR with errors and noise"];
  sar.adc.kind = AdcKind::Sar;
  sar.adc.capacitor_sigma = 0.02;
  sar.adc.noise_lsb = 0.5;
  sar.adc.gain_sigma = 0.05;
  all["exact wires"].wires = {.level = WireLevel::Exact, .word_ohm = 2.0, .bit_ohm = 1.0};
  return all;
}

}  // namespace

TEST_CASE("the engines agree for every way to map weights and read arrays", "[engine][numerics]") {
  for (const auto& [name, spec] : schemes()) {
    INFO(name);
    check(spec);
    const Machine machine = make(2, 2, {}, spec);
    const Datapath datapath = machine.datapath();
    const auto inputs =
        std::span(machine.inputs).first(machine.inputs.size() / static_cast<std::size_t>(passes) * 2);
    const TimedRun timed = run_chip(machine, datapath, inputs);
    std::vector<KernelPath> paths = available_kernel_paths();
    if (std::getenv("MIMOSA_TEST_PASSES") != nullptr) paths.resize(1);  // the slowest alone is slow enough
    for (const KernelPath path : paths) {
      const ForcedKernelPath forced(path);
      const FunctionalResult functional =
          run_functional(machine.datapath(), machine.chip, inputs,
                         {.threads = 2, .batch = 1, .progress = {}, .inspect = {}});
      CHECK(same_bytes(functional.outputs, timed.outputs));
      CHECK(functional.counts == timed.counts);
    }
  }
}

TEST_CASE("more reads take more time and energy", "[engine]") {
  ArraySpec serial;
  serial.dac.slice_bits = 1;  // seven bits of magnitude, one after the other
  const Machine whole = make(1, 1, {}), slow = make(1, 1, {}, serial);
  CHECK(reads_per_mvm(serial) == 7);
  CHECK(mvm_timing(slow.chip).interval_cycles == 7 * mvm_timing(whole.chip).interval_cycles);
  const auto energy = [](const Machine& m) {
    return energy_by_component(counts_per_pass(m.program, m.chip), m.chip).at("mvm");
  };
  CHECK(energy(slow) == Approx(7.0 * energy(whole)).epsilon(1e-12));
}

TEST_CASE("chip samples differ and a chip sample repeats", "[engine][numerics]") {
  const Machine machine = make(2, 2, {});
  const auto run = [&](std::uint32_t sample) {
    return run_functional(machine.datapath(sample), machine.chip, machine.inputs,
                          {.progress = {}, .inspect = {}})
        .outputs;
  };
  CHECK(same_bytes(run(0), run(0)));
  CHECK_FALSE(same_bytes(run(0), run(1)));
}

TEST_CASE("the result does not depend on placement", "[engine][numerics]") {
  Machine machine = make(2, 2, {});
  const std::vector<float> outputs =
      run_functional(machine.datapath(), machine.chip, machine.inputs, {.progress = {}, .inspect = {}})
          .outputs;
  for (Task& task : machine.program.tasks)  // mirror the chip
    if (task.kind == TaskKind::Array || task.kind == TaskKind::Vector)
      task.tile = machine.chip.tiles() - 1 - task.tile;
  CHECK(same_bytes(outputs, run_chip(machine, machine.datapath(), machine.inputs).outputs));
}

TEST_CASE("partial sums along a tree: both engines agree, and exact sums do not depend on its shape",
          "[engine][numerics]") {
  std::vector<float> noisy[2], exact[2];
  for (const int fan_in : {2, 1000}) {
    Machine machine = make(2, 2, {.sum_fan_in = fan_in});
    std::size_t sums = 0;
    for (const Stage& stage : machine.program.stages) sums += stage.sums.size();
    CHECK((sums > 0) == (fan_in == 2));
    noisy[fan_in == 2] = run_both(machine, machine.datapath()).outputs;
    // Integer codes without drift factors in fp32: sums below 2^24 are exact, whatever the tree.
    machine.chip.vector.format = NumberFormat::Fp32;
    const Datapath ideal(machine.network, machine.program, machine.chip, machine.ranges,
                         {.seed = 7, .chip = 0, .device = [](const std::string&) { return DeviceSpec{}; }});
    exact[fan_in == 2] = run_both(machine, ideal).outputs;
  }
  CHECK(same_bytes(exact[0], exact[1]));
  CHECK_FALSE(same_bytes(noisy[0], noisy[1]));  // fp16 rounds each sum
}

TEST_CASE("arrays of a tile share the rows they read: less traffic, both engines agree",
          "[engine][numerics]") {
  Machine machine = make(2, 2, {});
  const Counts counts = run_both(machine, machine.datapath()).counts;
  machine.chip.tile.arrays_per_dpe = 8;
  machine.program = compile(machine.network, machine.chip, {}).program;
  const bool shares = std::any_of(machine.program.channels.begin(), machine.program.channels.end(),
                                  [](const Channel& c) { return !c.also.empty(); });
  CHECK(shares);
  // Readers of other word lines and of other replicas need other rows.
  const bool mixed =
      std::any_of(machine.program.channels.begin(), machine.program.channels.end(), [&](const Channel& c) {
        const auto task = [&](std::size_t reader) {
          return machine.program.tasks[static_cast<std::size_t>(c.reader(reader))];
        };
        return task(0).replica != task(c.readers() - 1).replica;
      });
  CHECK(mixed);
  const Counts shared_counts = run_both(machine, machine.datapath()).counts;
  CHECK(shared_counts.buffer_write_bytes < counts.buffer_write_bytes);
  CHECK(shared_counts.flit_hops < counts.flit_hops);
}

TEST_CASE("a concentrated mesh changes hops and time, no result, and both engines count the same",
          "[engine][noc]") {
  const Machine plain = make(2, 2, {});
  Machine machine = make(2, 2, {});
  machine.chip.mesh = {.rows = 4, .cols = 4, .concentration = 4, .tile_count = 62};
  machine.program = compile(machine.network, machine.chip, {}).program;
  const Counts counts = run_both(machine, machine.datapath()).counts;
  CHECK(counts.flit_hops * 2 < (counts_per_pass(plain.program, plain.chip) * passes).flit_hops);
}

TEST_CASE("ideal arrays with enough bits reproduce the float reference to rounding", "[engine][numerics]") {
  const auto [slots, distinct] = GENERATE(std::pair{1, 1}, std::pair{2, 2}, std::pair{4, 2}, std::pair{4, 1});
  const BindingPlace binding = GENERATE(BindingPlace::Crossbar, BindingPlace::Digital, BindingPlace::Fft);
  ArraySpec fine;
  fine.dac.bits = 16;
  fine.dac.input = InputKind::Voltage;
  fine.adc.bits = 24;
  fine.weights.scheme = GENERATE(WeightScheme::Pair, WeightScheme::Offset);
  fine.weights.scale = GENERATE(WeightScale::Array, WeightScale::Column);
  Machine machine = make(slots, distinct, {.array_budget = 0, .binding = binding, .replicate = true}, fine);
  machine.chip.vector.format = NumberFormat::Fp32;
  const auto count = static_cast<std::size_t>(passes * distinct);
  const std::vector<float> images = random_images(machine.network, count);
  // Ranges from the very inputs, so that nothing clips; nothing is reported from this.
  const auto ranges = calibrate(
      machine.network, machine.program, machine.chip, [](const std::string&) { return DeviceSpec{}; },
      {.inputs = 1, .dac_percentile = 100.0, .adc_percentile = 100.0}, images);
  const Datapath datapath(machine.network, machine.program, machine.chip, ranges,
                          {.seed = 1, .chip = 0, .device = [](const std::string&) { return DeviceSpec{}; }});
  const std::vector<float> analog =
      run_functional(datapath, machine.chip, machine.inputs, {.progress = {}, .inspect = {}}).outputs;
  const std::vector<float> reference = reference_logits(machine.network, images, count);
  float largest = 0.0F, error = 0.0F;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    largest = std::max(largest, std::abs(reference[i]));
    error = std::max(error, std::abs(reference[i] - analog[i]));
  }
  // A 16-bit DAC code is off by at most 2^-16 of full scale; over at most ten layers in a row, each of gain
  // about 1, and full scale a few times the rms, the relative error stays below 10 · 2^-16 · 4 < 1e-3.
  CHECK(error < 1e-3F * std::max(largest, 1.0F));
  CHECK(largest > 0.05F);
}
