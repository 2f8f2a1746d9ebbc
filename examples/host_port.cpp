// SPDX-License-Identifier: Apache-2.0
// A chip in a virtual platform: a processor loads a program from memory through the chip's host port, gives
// it images, sleeps until the interrupt and reads the results. docs/host_port.md holds what is printed.
#include "hw/chip/host_port.hpp"

#include <cmath>
#include <cstdio>
#include <string>

#include "examples/host_platform.hpp"
#include "hw/kernel/kernel.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/engine/calibrate.hpp"
#include "sim/engine/functional.hpp"

namespace {

namespace map = mimosa::host_map;
using mimosa::OpKind;

constexpr std::uint64_t chip_base = 0x8000'0000, text_at = 0, images_at = 0x10'0000;
constexpr std::size_t memory_size = 0x20'0000;
constexpr int passes = 4;

/// 8 × 8 pixels → convolution → ReLU → average → 10 classes, with some weights.
mimosa::Network small_network() {
  mimosa::Network network;
  network.name = "small";
  network.modes = {1};
  network.graph.nodes = {
      {.name = "input"},
      {.name = "conv", .op = OpKind::Conv2d, .inputs = {0}, .kernel = 3, .padding = 1, .out_channels = 8},
      {.name = "act", .op = OpKind::Relu, .inputs = {1}},
      {.name = "pool", .op = OpKind::AvgPool, .inputs = {2}, .kernel = 0},
      {.name = "flat", .op = OpKind::Flatten, .inputs = {3}},
      {.name = "fc", .op = OpKind::Linear, .inputs = {4}, .out_channels = 10}};
  infer_shapes(network.graph, {1, 8, 8}, 1, 1);
  for (const mimosa::Node& node : network.graph.nodes)
    for (const auto& [parameter, shape] : parameters(network.graph, node)) {
      std::size_t size = 1;
      for (const std::int64_t d : shape) size *= static_cast<std::size_t>(d);
      mimosa::Tensor tensor{shape, std::vector<float>(size)};
      for (std::size_t i = 0; i < size; ++i)
        tensor.data[i] = static_cast<float>(std::sin(1.7 * static_cast<double>(i + 1)));
      network.tensors[node.name + "." + parameter] = tensor;
    }
  return network;
}

std::vector<float> images(std::size_t count) {
  std::vector<float> values(count * 64);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(std::cos(0.9 * static_cast<double>(i)));
  return values;
}

/// What a driver does; the chip does nothing that is not written here.
void software(example::Processor& cpu, std::size_t text_bytes, std::vector<float>& outputs) {
  const auto at = [](std::uint64_t address) { return chip_base + address; };
  if (cpu.get(at(map::id)) != map::id_value) return;
  cpu.copy(at(map::program), text_at, text_bytes);
  cpu.set(at(map::program_bytes), static_cast<std::uint32_t>(text_bytes));
  cpu.set(at(map::control), map::load);
  cpu.set(at(map::passes), passes);
  cpu.set(at(map::control), map::start);  // too early, to see what happens
  char message[map::message_size] = {};
  cpu.access(tlm::TLM_READ_COMMAND, at(map::message), message, sizeof message);
  std::printf("refused    error %u: %s\n", cpu.get(at(map::status)) >> 8U, message);

  const std::size_t image_bytes = passes * cpu.get(at(map::input_values)) * sizeof(float);
  cpu.copy(at(map::inputs), images_at, image_bytes);
  cpu.set(at(map::control), map::start);
  cpu.wait_for_interrupt();
  cpu.set(at(map::interrupt), 1);
  std::printf("done       %u passes in %u cycles, interrupt at %s\n", cpu.get(at(map::passes_done)),
              cpu.get(at(map::cycles)), sc_core::sc_time_stamp().to_string().c_str());
  outputs.resize(passes * cpu.get(at(map::output_values)));
  cpu.access(tlm::TLM_READ_COMMAND, at(map::outputs), outputs.data(), outputs.size() * sizeof(float));
}

/// Everything of the chip's that is no SystemC: the program, and arrays with the weights.
struct Compiled {
  mimosa::Network network = small_network();
  mimosa::ChipSpec spec;
  mimosa::Program program = compile(network, spec, {.replicate = false}).program;
  std::vector<mimosa::ConverterRange> ranges = calibrate(
      network, program, spec, [](const std::string&) { return mimosa::DeviceSpec(); },
      {.inputs = passes, .dac_percentile = 100.0, .adc_percentile = 100.0}, images(passes));
  mimosa::Datapath datapath{
      network, program, spec, ranges, {.device = [](const std::string&) { return mimosa::DeviceSpec(); }}};
};

}  // namespace

int sc_main(int, char**) {
  mimosa::install_report_policy();
  const Compiled compiled;
  const std::string text = to_text(compiled.program);
  const std::vector<float> inputs = images(passes);
  std::vector<float> outputs;

  tlm_utils::tlm_quantumkeeper::set_global_quantum(sc_core::sc_time(1.0, sc_core::SC_US));
  example::Processor cpu("cpu", [&](example::Processor& self) { software(self, text.size(), outputs); });
  example::Bus bus("bus", chip_base);
  example::Memory memory("memory", memory_size, sc_core::sc_time(10.0, sc_core::SC_NS));
  mimosa::HostPort chip("mimosa", compiled.spec, compiled.datapath, passes);
  sc_core::sc_signal<bool> interrupt("interrupt");
  cpu.socket.bind(bus.socket);
  bus.low.bind(memory.socket);
  bus.high.bind(chip.socket);
  cpu.interrupt.bind(interrupt);
  chip.interrupt.bind(interrupt);
  memory.put(text_at, text.data(), text.size());
  memory.put(images_at, inputs.data(), inputs.size() * sizeof(float));
  sc_core::sc_start();
  chip.stop();

  const bool same = outputs == run_functional(compiled.datapath, compiled.spec, inputs, {}).outputs;
  std::printf("outputs    %zu values, %s those of the functional engine\n", outputs.size(),
              same ? "equal to" : "not");
  return same ? 0 : 1;
}
