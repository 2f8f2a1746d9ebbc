// SPDX-License-Identifier: Apache-2.0
// The chip as a TLM-2.0 target: what a host reads is what the engines compute, when they compute it.
#include "hw/chip/host_port.hpp"

#include <cmath>
#include <span>

#include <catch2/catch.hpp>

#include "sim/engine/functional.hpp"
#include "sim/run/timed_engine.hpp"
#include "tests/support/host_platform.hpp"

using namespace mimosa;
using tlm::TLM_READ_COMMAND;
using tlm::TLM_WRITE_COMMAND;
namespace map = host_map;

namespace {

sc_core::sc_time ns() {
  return {1.0, sc_core::SC_NS};
}

TimedRun timed(int passes) {
  return run_timed(
      hosted_machine().program, hosted_machine().chip,
      {.passes = passes,
       .stop_when_steady = false,
       .datapath = &hosted_machine().datapath,
       .inputs = std::span(hosted_machine().inputs)
                     .first(static_cast<std::size_t>(passes) * hosted_machine().values_per_pass()),
       .inspect = {}});
}

/// Cycle at which the last of so many passes has left a chip that starts at 0.
std::int64_t finish_cycle(int passes) {
  const ScopedKernel kernel;
  Chip chip("chip", hosted_machine().program, hosted_machine().chip,
            {.passes = passes, .stop_when_steady = false}, nullptr);
  chip.run();
  return chip.finish_cycles().back();
}

}  // namespace

TEST_CASE("what a host reads after several starts is what both engines compute, bit for bit", "[host]") {
  std::vector<float> outputs;
  const HostPlatform platform([&](HostPlatform& p) {
    CHECK(p.get(map::id) == map::id_value);
    CHECK(p.get(map::pass_limit) == host_pass_limit);
    CHECK(p.get(map::input_values) == hosted_machine().values_per_pass());
    p.load(to_text(hosted_machine().program));
    CHECK(p.get(map::status) == map::loaded);
    for (const auto& [first, count] : {std::pair{0, 3}, std::pair{3, 2}}) {
      p.write_inputs(first, count);
      p.start(count);
      CHECK(p.get(map::status) == (map::loaded | map::busy));
      p.cpu.wait_for_interrupt();
      CHECK(p.get(map::status) == (map::loaded | map::done));
      CHECK(p.get(map::passes_done) == static_cast<std::uint32_t>(count));
      CHECK(p.get(map::interrupt) == 1);
      p.set(map::interrupt, 1);
      CHECK(p.get(map::interrupt) == 0);
      sc_core::wait(sc_core::SC_ZERO_TIME);
      CHECK_FALSE(p.interrupt.read());
      const std::vector<float> more = p.read_outputs(count);
      outputs.insert(outputs.end(), more.begin(), more.end());
    }
  });
  CHECK(
      outputs ==
      run_functional(hosted_machine().datapath, hosted_machine().chip, hosted_machine().inputs, {}).outputs);
  CHECK(outputs == timed(5).outputs);
  CHECK(platform.port.chip().counts() ==
        counts_per_pass(hosted_machine().program, hosted_machine().chip) * 5);
}

TEST_CASE("the interrupt comes in the cycle in which the engine has the last result, not before",
          "[host][timing]") {
  const std::int64_t cycles = finish_cycle(2);
  const double after_edge = GENERATE(0.0, 0.4);  // ns(); a start between edges begins at the next one
  const HostPlatform platform([&](HostPlatform& p) {
    p.load(to_text(hosted_machine().program));
    p.write_inputs(0, 2);
    p.set(map::passes, 2);
    sc_core::wait((10.0 + after_edge) * ns());
    p.set(map::control, map::start);
    const double now = std::ceil(sc_core::sc_time_stamp() / ns() - 1e-9);
    const double done = now + static_cast<double>(cycles);
    sc_core::wait((done - 1.0) * ns() - sc_core::sc_time_stamp());
    sc_core::wait(0.999 * ns());
    CHECK_FALSE(p.interrupt.read());
    CHECK(p.port.chip().passes() == 1);
    sc_core::wait(0.001 * ns());
    for (int delta = 0; delta < 3; ++delta) sc_core::wait(sc_core::SC_ZERO_TIME);
    CHECK(p.interrupt.read());
    CHECK(p.get(map::cycles) == static_cast<std::uint32_t>(cycles));
    CHECK(p.get(map::cycles_high) == 0);
  });
  CHECK(platform.port.chip().passes() == 2);
}

TEST_CASE("transactions take the time of the host link, ahead of simulation time until a register",
          "[host][timing]") {
  const std::size_t bytes = hosted_machine().values_per_pass() * sizeof(float);
  const int per_cycle = hosted_machine().chip.io.bytes_per_cycle;
  const auto link = [&](std::size_t count) {
    return static_cast<double>((count + static_cast<std::size_t>(per_cycle) - 1) /
                               static_cast<std::size_t>(per_cycle)) *
           ns();
  };
  const HostPlatform platform([&](HostPlatform& p) {
    p.write_inputs(0, 1);
    CHECK(sc_core::sc_time_stamp() == sc_core::SC_ZERO_TIME);  // not yet
    CHECK(p.cpu.local_time() == link(bytes));
    float value = 0.0F;
    for (int i = 0; i < 3; ++i) CHECK(p.write(map::inputs, &value, sizeof value) == tlm::TLM_OK_RESPONSE);
    CHECK(p.cpu.local_time() == link(bytes) + 3.0 * link(4));
    CHECK(p.get(map::status) == 0);
    CHECK(sc_core::sc_time_stamp() == link(bytes) + 4.0 * link(4));
    CHECK(p.cpu.local_time() == sc_core::sc_time_stamp());
  });
}

TEST_CASE("a host that runs ahead by a quantum sees what one in step sees, at the same times",
          "[host][timing]") {
  std::vector<float> outputs[2];
  sc_core::sc_time ended[2];
  std::uint64_t writes_at[2] = {};
  for (const int ahead : {0, 1}) {
    const HostPlatform platform(
        [&](HostPlatform& p) {
          p.load(to_text(hosted_machine().program));
          const sc_core::sc_time before = sc_core::sc_time_stamp();
          for (int i = 0; i < 8; ++i) p.write_inputs(0, 2);
          writes_at[ahead] = (sc_core::sc_time_stamp() - before).value();
          p.start(2);
          p.cpu.wait_for_interrupt();
          ended[ahead] = sc_core::sc_time_stamp();
          outputs[ahead] = p.read_outputs(2);
        },
        ahead * 100000.0 * ns());
  }
  CHECK(outputs[0] == outputs[1]);
  CHECK(ended[0] == ended[1]);
  CHECK(writes_at[0] > 0);
  CHECK(writes_at[1] == 0);
}

TEST_CASE("debug transport reads without time and writes nothing; there is no direct memory", "[host]") {
  const HostPlatform platform([](HostPlatform& p) {
    tlm::tlm_generic_payload payload;
    const auto debug = [&](tlm::tlm_command command, std::uint64_t address, void* data, unsigned bytes) {
      payload.set_command(command);
      payload.set_address(host_base + address);
      payload.set_data_ptr(static_cast<unsigned char*>(data));
      payload.set_data_length(bytes);
      return p.cpu.socket->transport_dbg(payload);
    };
    p.load(to_text(hosted_machine().program));
    p.write_inputs(0, 1);
    p.start(1);
    p.cpu.wait_for_interrupt();
    const std::vector<float> outputs = p.read_outputs(1);
    const sc_core::sc_time before = p.cpu.local_time();
    std::uint32_t word = 0;
    CHECK(debug(TLM_READ_COMMAND, map::status, &word, 4) == 4);
    CHECK(word == (map::loaded | map::done));
    CHECK(debug(TLM_READ_COMMAND, map::control, &word, 4) == 0);
    std::vector<float> seen(outputs.size());
    CHECK(debug(TLM_READ_COMMAND, map::outputs, seen.data(), 80) == 80);
    CHECK(seen == outputs);
    CHECK(debug(TLM_READ_COMMAND, map::outputs, seen.data(), 84) == 0);  // of a pass that did not run
    char byte = 0;
    CHECK(debug(TLM_READ_COMMAND, map::program + 1, &byte, 1) == 1);
    CHECK(byte == 'r');
    CHECK(debug(TLM_READ_COMMAND, map::size, &word, 4) == 0);
    word = map::start;
    CHECK(debug(TLM_WRITE_COMMAND, map::control, &word, 4) == 0);
    CHECK(debug(TLM_WRITE_COMMAND, map::inputs, &word, 4) == 0);
    CHECK(p.get(map::status) == (map::loaded | map::done));
    CHECK(sc_core::sc_time_stamp() == before + ns());  // of that last register
    tlm::tlm_dmi dmi;
    payload.set_address(map::inputs);
    CHECK_FALSE(p.port.socket.get_base_export()->get_direct_mem_ptr(payload, dmi));
  });
}

TEST_CASE("another program of the same weights takes the place of the first, on a chip that has come to rest",
          "[host]") {
  // Every array and home on another tile.
  Program moved = hosted_machine().program;
  for (Task& task : moved.tasks)
    if (on_chip(task.kind)) task.tile = hosted_machine().chip.tiles() - 1 - task.tile;
  std::vector<float> outputs[2];
  std::uint32_t cycles[2] = {};
  const HostPlatform platform([&](HostPlatform& p) {
    for (const int which : {0, 1}) {
      p.load(to_text(which == 0 ? hosted_machine().program : moved));
      CHECK(p.get(map::status) == map::loaded);
      p.write_inputs(0, 2);
      p.start(2);
      p.cpu.wait_for_interrupt();
      p.set(map::interrupt, 1);
      outputs[which] = p.read_outputs(2);
      cycles[which] = p.get(map::cycles);
    }
    p.load("no program");  // leaves the one before
    p.write_inputs(0, 1);
    p.start(1);
    CHECK(p.get(map::status) == (map::loaded | map::busy));
  });
  CHECK(outputs[0] == outputs[1]);
  CHECK(cycles[0] == static_cast<std::uint32_t>(finish_cycle(2)));
  CHECK(cycles[0] != cycles[1]);
  CHECK(platform.port.chip().passes() == 3);
}
