// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

/// What a driver must know of the host port: addresses in bytes from the port's base, bits and codes.
/// docs/host_port.md says what they mean.
namespace mimosa::host_map {

// Registers: 32 bits, in the byte order of the host.
constexpr std::uint64_t id = 0x00;             ///< read: id_value
constexpr std::uint64_t control = 0x04;        ///< write: a command
constexpr std::uint64_t status = 0x08;         ///< read: flags, error code in bits 8 to 15
constexpr std::uint64_t interrupt = 0x0c;      ///< read: 1 when pending; a write of 1 clears it
constexpr std::uint64_t program_bytes = 0x10;  ///< length of the text in the program window
constexpr std::uint64_t passes = 0x14;         ///< that the next start runs
constexpr std::uint64_t passes_done = 0x18;    ///< read: of the last start
constexpr std::uint64_t pass_limit = 0x1c;     ///< read: passes the windows hold
constexpr std::uint64_t input_values = 0x20;   ///< read: of one pass
constexpr std::uint64_t output_values = 0x24;  ///< read: of one pass
constexpr std::uint64_t cycles = 0x28;         ///< read: from the last start to its last result, low word
constexpr std::uint64_t cycles_high = 0x2c;    ///< read
constexpr std::uint64_t registers_end = 0x30;

// Windows.
constexpr std::uint64_t message = 0x0000'1000;  ///< read: what is wrong, as text that ends with a zero byte
constexpr std::uint64_t message_size = 1024;
constexpr std::uint64_t program = 0x1000'0000;  ///< text
constexpr std::uint64_t program_size = 0x0400'0000;
constexpr std::uint64_t inputs = 0x2000'0000;       ///< float32 [pass][input][y][x][channel]
constexpr std::uint64_t outputs = 0x3000'0000;      ///< read: float32 [pass][input][class]
constexpr std::uint64_t values_size = 0x1000'0000;  ///< of inputs, and of outputs, at most
constexpr std::uint64_t size = 0x4000'0000;

constexpr std::uint32_t id_value = 0x4f4d494d;  // "MIMO"

// Commands.
constexpr std::uint32_t load = 1, start = 2;

// Flags of the status.
constexpr std::uint32_t loaded = 1, busy = 2, done = 4, error = 8;

/// Why the last command was refused; an accepted one clears it.
enum class Error : std::uint32_t {
  None = 0,
  NoProgram = 1,       ///< start without a program
  BadProgram = 2,      ///< the text is no program
  ForeignProgram = 3,  ///< a program of another chip or of other weights, or one that would stop
  MissingInputs = 4,   ///< fewer inputs written than the passes need
  Busy = 5,            ///< a command before the last start is done
  BadValue = 6         ///< a register or command out of range
};
[[nodiscard]] constexpr Error error_of(std::uint32_t status_value) {
  return static_cast<Error>(status_value >> 8U & 0xffU);
}

}  // namespace mimosa::host_map
