// SPDX-License-Identifier: Apache-2.0
// The functional engine and the SystemC chip are one machine on two clocks: outputs, ADC codes and event
// counts are equal bit for bit, and depend on nothing but the pass.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

#include <catch2/catch.hpp>

#include "models/nn/reference.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/engine/calibrate.hpp"
#include "sim/engine/functional.hpp"
#include "sim/run/timed_engine.hpp"
#include "tests/support/forced_kernel_path.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using namespace mimosa;

namespace {

/// Fewer where a sanitizer makes them slow (MIMOSA_TEST_PASSES=reduced).
const int passes = std::getenv("MIMOSA_TEST_PASSES") == nullptr ? 5 : 2;

/// FNV-1a over the bytes of every ADC code of every pass.
class CodeDigest {
 public:
  explicit CodeDigest(const Program& program) : program_(program) {}
  void add(const PassState& state) {
    for (int pass = 0; pass < state.passes(); ++pass) {
      std::uint64_t hash = 14695981039346656037ULL;
      for (std::size_t s = 0; s < program_.stages.size(); ++s)
        for (std::size_t b = 0; b < program_.stages[s].blocks.size(); ++b)
          for (int i = 0; i < program_.stages[s].iterations; ++i)
            hash = over(state.codes(static_cast<int>(s), static_cast<int>(b), pass, i),
                        static_cast<std::size_t>(program_.stages[s].mvms * program_.stages[s].blocks[b].cols),
                        hash);
      const std::lock_guard lock(mutex_);
      by_pass[state.first_pass() + static_cast<std::uint32_t>(pass)] = hash;
    }
  }
  std::map<std::uint32_t, std::uint64_t> by_pass;

 private:
  static std::uint64_t over(const float* values, std::size_t count, std::uint64_t hash) {
    for (std::size_t i = 0; i < count; ++i) {
      std::uint32_t bits = 0;
      std::memcpy(&bits, values + i, sizeof bits);
      hash = (hash ^ bits) * 1099511628211ULL;
    }
    return hash;
  }
  const Program& program_;
  std::mutex mutex_;
};

/// One network compiled, calibrated and programmed on the small chip.
struct Machine {
  Network network;
  ChipSpec chip = small_chip();
  Program program;
  std::vector<float> inputs;
  std::vector<ConverterRange> ranges;

  Machine(int slots, int distinct, const CompilerOptions& options)
      : network(small_mimoconv(slots, distinct)) {
    program = compile(network, chip, options).program;
    const auto count = static_cast<std::size_t>(passes * distinct);
    inputs = pass_inputs(network, random_images(network, count), count);
    const std::vector<float> held_out = random_images(network, 8, 3);
    ranges = calibrate(network, program, chip,
                       {.inputs = 8, .dac_percentile = 100.0, .adc_percentile = 100.0}, held_out, 8);
  }
  [[nodiscard]] Datapath datapath(std::uint32_t sample = 0) const {
    return {network, program, chip, ranges, {.seed = 7, .chip = sample, .device = [](const std::string&) {
                                               return noisy_pcm();
                                             }}};
  }
};

bool same_bytes(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace

TEST_CASE("the SystemC chip and the functional engine agree bit for bit with all noise on",
          "[engine][numerics]") {
  const auto [slots, distinct] =
      GENERATE(std::pair{1, 1}, std::pair{2, 2}, std::pair{4, 4}, std::pair{4, 2}, std::pair{4, 1});
  const BindingPlace binding = GENERATE(BindingPlace::Crossbar, BindingPlace::Digital);
  const Machine machine(slots, distinct, {.array_budget = 0, .binding = binding, .replicate = true});
  const Datapath datapath = machine.datapath();
  CodeDigest timed_codes(machine.program);
  const TimedRun timed = run_timed(machine.program, machine.chip,
                                   {.passes = passes,
                                    .stop_when_steady = false,
                                    .vcd_glob = {},
                                    .vcd_path = {},
                                    .datapath = &datapath,
                                    .inputs = machine.inputs,
                                    .inspect = [&](const PassState& s) { timed_codes.add(s); }});
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

TEST_CASE("chip samples differ and a chip sample repeats", "[engine][numerics]") {
  const Machine machine(2, 2, {});
  const auto run = [&](std::uint32_t sample) {
    return run_functional(machine.datapath(sample), machine.chip, machine.inputs,
                          {.progress = {}, .inspect = {}})
        .outputs;
  };
  CHECK(same_bytes(run(0), run(0)));
  CHECK_FALSE(same_bytes(run(0), run(1)));
}

TEST_CASE("the result does not depend on placement", "[engine][numerics]") {
  Machine machine(2, 2, {});
  const std::vector<float> outputs =
      run_functional(machine.datapath(), machine.chip, machine.inputs, {.progress = {}, .inspect = {}})
          .outputs;
  for (Task& task : machine.program.tasks)  // mirror the chip
    if (task.kind == TaskKind::Array || task.kind == TaskKind::Vector)
      task.tile = machine.chip.tiles() - 1 - task.tile;
  const Datapath datapath = machine.datapath();
  const TimedRun timed = run_timed(machine.program, machine.chip,
                                   {.passes = passes,
                                    .stop_when_steady = false,
                                    .vcd_glob = {},
                                    .vcd_path = {},
                                    .datapath = &datapath,
                                    .inputs = machine.inputs,
                                    .inspect = {}});
  CHECK(same_bytes(outputs, timed.outputs));
}

TEST_CASE("ideal arrays with enough bits reproduce the float reference to rounding", "[engine][numerics]") {
  const auto [slots, distinct] = GENERATE(std::pair{1, 1}, std::pair{2, 2}, std::pair{4, 1});
  const BindingPlace binding = GENERATE(BindingPlace::Crossbar, BindingPlace::Digital);
  Machine machine(slots, distinct, {.array_budget = 0, .binding = binding, .replicate = true});
  machine.chip.converter = {.dac_bits = 16, .adc_bits = 24, .input = InputKind::Voltage};
  machine.chip.vector.format = NumberFormat::Fp32;
  const auto count = static_cast<std::size_t>(passes * distinct);
  const std::vector<float> images = random_images(machine.network, count);
  // Ranges from the very inputs, so that nothing clips; nothing is reported from this.
  const auto ranges =
      calibrate(machine.network, machine.program, machine.chip,
                {.inputs = 1, .dac_percentile = 100.0, .adc_percentile = 100.0}, images, count);
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
