// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <systemc>
#include <vector>

#include <catch2/catch.hpp>

#include "examples/host_platform.hpp"
#include "hw/chip/host_port.hpp"
#include "hw/kernel/kernel.hpp"
#include "models/nn/reference.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/engine/calibrate.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

namespace mimosa {

constexpr int host_pass_limit = 3;
constexpr std::uint64_t host_base = 0x8000'0000;

/// Two superposed inputs on noisy cells: passes differ by their numbers, too.
struct HostedMachine {
  Network network = small_mimoconv(2, 2);
  ChipSpec chip = small_chip();
  Program program = compile(network, chip, {.sum_fan_in = 2}).program;
  std::vector<float> inputs = pass_inputs(network, random_images(network, 10), 10);
  std::vector<ConverterRange> ranges = calibrate(
      network, program, chip, [](const std::string&) { return noisy_pcm(); },
      {.inputs = 8, .dac_percentile = 100.0, .adc_percentile = 100.0}, random_images(network, 8, 3));
  Datapath datapath{
      network, program, chip, ranges, {.device = [](const std::string&) { return noisy_pcm(); }}};

  [[nodiscard]] std::size_t values_per_pass() const { return inputs.size() / 5; }
};

inline const HostedMachine& hosted_machine() {
  static const HostedMachine made;
  return made;
}

/// A processor, a bus, a memory and the chip at `host_base`; the software runs to its end.
struct HostPlatform {
  ScopedKernel kernel;
  example::Processor cpu;
  example::Bus bus{"bus", host_base};
  example::Memory memory{"memory", 4096, sc_core::sc_time(10.0, sc_core::SC_NS)};
  HostPort port;
  sc_core::sc_signal<bool> interrupt{"interrupt"};

  explicit HostPlatform(const std::function<void(HostPlatform&)>& software,
                        const sc_core::sc_time& quantum = {1000.0, sc_core::SC_NS})
      : cpu("cpu", [this, software](example::Processor&) { software(*this); }),
        port("port", hosted_machine().chip, hosted_machine().datapath, host_pass_limit) {
    tlm_utils::tlm_quantumkeeper::set_global_quantum(quantum);
    cpu.socket.bind(bus.socket);
    bus.low.bind(memory.socket);
    bus.high.bind(port.socket);
    cpu.interrupt.bind(interrupt);
    port.interrupt.bind(interrupt);
    sc_core::sc_start();
    port.stop();
  }
  HostPlatform(const HostPlatform&) = delete;
  HostPlatform& operator=(const HostPlatform&) = delete;

  void set(std::uint64_t address, std::uint32_t value) { cpu.set(host_base + address, value); }
  [[nodiscard]] std::uint32_t get(std::uint64_t address) { return cpu.get(host_base + address); }
  tlm::tlm_response_status write(std::uint64_t address, const void* data, std::size_t bytes) {
    std::vector<unsigned char> copy(bytes);
    std::memcpy(copy.data(), data, bytes);
    return cpu.access(tlm::TLM_WRITE_COMMAND, host_base + address, copy.data(), bytes);
  }
  void load(const std::string& text) {
    CHECK(write(host_map::program, text.data(), text.size()) == tlm::TLM_OK_RESPONSE);
    set(host_map::program_bytes, static_cast<std::uint32_t>(text.size()));
    set(host_map::control, host_map::load);
  }
  void write_inputs(int first_pass, int passes) {
    const std::size_t size = hosted_machine().values_per_pass();
    const float* from = hosted_machine().inputs.data() + static_cast<std::size_t>(first_pass) * size;
    CHECK(write(host_map::inputs, from, static_cast<std::size_t>(passes) * size * sizeof(float)) ==
          tlm::TLM_OK_RESPONSE);
  }
  void start(int passes) {
    set(host_map::passes, static_cast<std::uint32_t>(passes));
    set(host_map::control, host_map::start);
  }
  std::vector<float> read_outputs(int passes) {
    std::vector<float> values(static_cast<std::size_t>(passes) * get(host_map::output_values));
    CHECK(cpu.access(tlm::TLM_READ_COMMAND, host_base + host_map::outputs, values.data(),
                     values.size() * sizeof(float)) == tlm::TLM_OK_RESPONSE);
    return values;
  }
  std::string message() {
    std::string text(host_map::message_size, '\0');
    CHECK(cpu.access(tlm::TLM_READ_COMMAND, host_base + host_map::message, text.data(), text.size()) ==
          tlm::TLM_OK_RESPONSE);
    return text.c_str();
  }
};

}  // namespace mimosa
