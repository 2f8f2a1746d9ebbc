// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <vector>

#include <catch2/catch.hpp>

#include "hw/program/geometry.hpp"
#include "models/nn/reference.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/engine/calibrate.hpp"
#include "sim/engine/functional.hpp"
#include "sim/run/timed_engine.hpp"
#include "tests/support/small_chip.hpp"

namespace mimosa {

struct MachineParts {
  Network network;
  ChipSpec chip;
  CompilerOptions compiler = {};
  std::vector<float> images = {}, held_out = {};  ///< what runs, and what the converter ranges are fitted on
  DeviceSpec device = noisy_pcm();
};

/// One network compiled, calibrated and programmed on a chip.
struct Machine {
  Network network;
  ChipSpec chip;
  DeviceSpec device;
  Program program;
  std::vector<float> images, inputs;  ///< `inputs`: the images by pass
  std::vector<ConverterRange> ranges;

  explicit Machine(MachineParts parts)
      : network(std::move(parts.network)),
        chip(std::move(parts.chip)),
        device(parts.device),
        program(compile(network, chip, parts.compiler).program),
        images(std::move(parts.images)) {
    const auto size = static_cast<std::size_t>(network.graph.nodes.front().shape.size());
    inputs = pass_inputs(network, images, images.size() / size);
    ranges = calibrate(
        network, program, chip, [this](const std::string&) { return device; },
        {.inputs = static_cast<int>(parts.held_out.size() / size),
         .dac_percentile = 100.0,
         .adc_percentile = 100.0},
        parts.held_out);
  }
  [[nodiscard]] Datapath datapath(std::uint32_t sample = 0) const {
    return {network,
            program,
            chip,
            ranges,
            {.seed = 7, .chip = sample, .device = [cells = device](const std::string&) { return cells; }}};
  }
  [[nodiscard]] std::size_t pass_size() const {
    const Node& input = network.graph.nodes.front();
    return static_cast<std::size_t>(row_size(input) * row_count(input));
  }
};

inline bool same_bytes(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// As many passes as there are inputs.
inline TimedRun run_chip(const Machine& machine, const Datapath& datapath, std::span<const float> inputs,
                         const std::function<void(const PassState&)>& inspect = {}) {
  return run_timed(machine.program, machine.chip,
                   {.passes = static_cast<int>(inputs.size() / machine.pass_size()),
                    .stop_when_steady = false,
                    .datapath = &datapath,
                    .inputs = inputs,
                    .inspect = inspect});
}

/// What both engines give.
inline FunctionalResult run_both(const Machine& machine, const Datapath& datapath) {
  const FunctionalResult functional =
      run_functional(datapath, machine.chip, machine.inputs, {.progress = {}, .inspect = {}});
  const TimedRun timed = run_chip(machine, datapath, machine.inputs);
  CHECK(same_bytes(functional.outputs, timed.outputs));
  CHECK(functional.counts == timed.counts);
  return functional;
}

}  // namespace mimosa
