// SPDX-License-Identifier: Apache-2.0
// What the host port answers to transactions and commands that make no sense.
#include <catch2/catch.hpp>

#include "hw/chip/host_port.hpp"
#include "sim/compiler/compile.hpp"
#include "tests/support/host_platform.hpp"

using namespace mimosa;
using Catch::Matchers::Contains;
using tlm::TLM_READ_COMMAND;
using tlm::TLM_WRITE_COMMAND;
namespace map = host_map;

TEST_CASE("transactions the port cannot serve say why", "[host][error]") {
  const HostPlatform platform([](HostPlatform& p) {
    unsigned char data[64] = {};
    const auto answer = [&](tlm::tlm_command command, std::uint64_t address, unsigned bytes,
                            unsigned streaming, unsigned char* enables = nullptr) {
      tlm::tlm_generic_payload payload;
      payload.set_command(command);
      payload.set_address(host_base + address);
      payload.set_data_ptr(data);
      payload.set_data_length(bytes);
      payload.set_streaming_width(streaming);
      payload.set_byte_enable_ptr(enables);
      payload.set_byte_enable_length(enables == nullptr ? 0 : bytes);
      return p.cpu.transport(payload);
    };
    const auto read = [&](std::uint64_t address, unsigned bytes) {
      return answer(TLM_READ_COMMAND, address, bytes, bytes);
    };
    const auto write = [&](std::uint64_t address, unsigned bytes) {
      return answer(TLM_WRITE_COMMAND, address, bytes, bytes);
    };
    const std::uint64_t input_bytes = host_pass_limit * hosted_machine().values_per_pass() * sizeof(float);
    // No such place.
    for (const std::uint64_t address :
         {map::registers_end, map::message - 4, map::message + map::message_size,
          map::program + map::program_size, map::inputs + input_bytes, map::size}) {
      CAPTURE(address);
      CHECK(read(address, 4) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
      CHECK(write(address, 4) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
    // Sizes: registers are words, numbers are whole, nothing leaves its window, nothing streams.
    CHECK(read(map::status, 2) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(read(map::status, 8) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(read(map::status + 2, 4) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(write(map::inputs + 2, 4) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(write(map::inputs, 6) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(write(map::inputs, 0) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(write(map::inputs + input_bytes - 4, 8) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(answer(TLM_WRITE_COMMAND, map::inputs, 8, 4) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(write(map::program + 3, 5) == tlm::TLM_OK_RESPONSE);
    CHECK(write(map::inputs + input_bytes - 4, 4) == tlm::TLM_OK_RESPONSE);
    // Commands.
    CHECK(read(map::control, 4) == tlm::TLM_COMMAND_ERROR_RESPONSE);
    for (const std::uint64_t address : {map::id, map::status, map::cycles, map::message, map::outputs})
      CHECK(write(address, 4) == tlm::TLM_COMMAND_ERROR_RESPONSE);
    CHECK(answer(tlm::TLM_IGNORE_COMMAND, map::control, 4, 4) == tlm::TLM_OK_RESPONSE);
    unsigned char enables[4] = {0xff, 0xff, 0xff, 0xff};
    CHECK(answer(TLM_WRITE_COMMAND, map::inputs, 4, 4, enables) == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    CHECK(read(map::outputs, 4) == tlm::TLM_GENERIC_ERROR_RESPONSE);  // nothing has been computed
    CHECK(p.get(map::status) == 0);                                   // and nothing happened to the chip
  });
}

TEST_CASE("a host that uses the chip wrongly finds a code in the status and the reason in words",
          "[host][error]") {
  const HostPlatform platform([](HostPlatform& p) {
    const auto refused = [&p](map::Error code, const std::string& text) {
      const std::uint32_t status = p.get(map::status);
      CHECK((status & map::error) != 0);
      CHECK(map::error_of(status) == code);
      CHECK_THAT(p.message(), Contains(text));
    };
    p.start(1);
    refused(map::Error::NoProgram, "start: no program is loaded");
    p.set(map::control, 7);
    refused(map::Error::BadValue, "control: no command 7");
    p.set(map::control, map::load);
    refused(map::Error::BadValue, "program_bytes: 0 is outside 1 ..");
    p.load("stage with words");
    refused(map::Error::BadProgram, "line 1: \"with\" is not key=value");
    Program other = hosted_machine().program;
    other.tasks[1].tile = 1000;
    p.load(to_text(other));
    refused(map::Error::ForeignProgram, "task 1 is on tile 1000, the chip has 64");
    p.load(to_text(compile(small_mimoconv(4, 4), hosted_machine().chip, {}).program));
    refused(map::Error::ForeignProgram, "is not what the arrays hold");

    p.load(to_text(hosted_machine().program));
    CHECK(p.get(map::status) == map::loaded);  // an accepted command clears the error
    CHECK(p.message().empty());
    p.start(0);
    refused(map::Error::BadValue, "passes: 0 is outside 1 .. 3");
    p.start(host_pass_limit + 1);
    refused(map::Error::BadValue, "passes: 4 is outside 1 .. 3");
    p.write_inputs(0, 1);
    p.start(2);
    const std::string count = std::to_string(hosted_machine().values_per_pass());
    refused(map::Error::MissingInputs, "inputs: " + count + " of the ");
    p.start(1);
    CHECK(p.get(map::status) == (map::loaded | map::busy));
    // While it works: no second start, no other program, no other inputs, no results yet.
    p.set(map::control, map::start);
    refused(map::Error::Busy, "0 of 1 passes are done; wait for the interrupt");
    float value = 0.0F;
    CHECK(p.write(map::inputs, &value, sizeof value) == tlm::TLM_COMMAND_ERROR_RESPONSE);
    CHECK(p.write(map::program, &value, sizeof value) == tlm::TLM_COMMAND_ERROR_RESPONSE);
    CHECK(p.cpu.access(TLM_READ_COMMAND, host_base + map::outputs, &value, sizeof value) ==
          tlm::TLM_GENERIC_ERROR_RESPONSE);
    p.cpu.wait_for_interrupt();
    CHECK(p.read_outputs(1).size() == 20);
    p.start(1);  // every start takes inputs of its own
    refused(map::Error::MissingInputs, "were not written since the last start");
  });
}

TEST_CASE("a port for no pass, or more than its windows hold, is not made", "[host][error]") {
  CHECK_THROWS_WITH(HostMemory(10, 1 << 20, 65), Contains("passes: 65 is outside 1 .. 64"));
  CHECK_THROWS_WITH(HostMemory(1 << 20, 10, 0), Contains("passes: 0 is outside 1 .. 64"));
  CHECK_NOTHROW(HostMemory(10, 1 << 20, 64));
}
