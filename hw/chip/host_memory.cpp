// SPDX-License-Identifier: Apache-2.0
#include "hw/chip/host_memory.hpp"

#include <algorithm>
#include <cstring>

#include "hw/chip/host_map.hpp"
#include "models/base/error.hpp"

namespace mimosa {
namespace {

/// Bytes of `text` from `offset` on, zeros behind its end.
void copy_padded(std::string_view text, std::uint64_t offset, std::span<unsigned char> bytes) {
  std::fill(bytes.begin(), bytes.end(), static_cast<unsigned char>(0));
  if (offset >= text.size()) return;
  std::memcpy(bytes.data(), text.data() + offset, std::min<std::size_t>(bytes.size(), text.size() - offset));
}

std::size_t checked(std::size_t passes, std::size_t values) {
  const std::size_t most = host_map::values_size / (values * sizeof(float));
  if (passes < 1 || passes > most)
    throw UserError("host port: passes: " + std::to_string(passes) + " is outside 1 .. " +
                    std::to_string(most) + ", which its windows hold");
  return passes;
}

}  // namespace

HostMemory::HostMemory(std::size_t input_values, std::size_t output_values, std::size_t passes)
    : output_values_(output_values),
      passes_(checked(passes, std::max(input_values, output_values))),
      inputs_(input_values * passes),
      written_(input_values * passes, false) {
}

HostMemory::Place HostMemory::find(std::uint64_t address) const {
  struct Range {
    Window window;
    std::uint64_t begin, size;
  };
  namespace map = host_map;
  const Range ranges[] = {{Window::Registers, 0, map::registers_end},
                          {Window::Message, map::message, map::message_size},
                          {Window::Program, map::program, map::program_size},
                          {Window::Inputs, map::inputs, inputs_.size() * sizeof(float)},
                          {Window::Outputs, map::outputs, output_values_ * passes_ * sizeof(float)}};
  for (const Range& range : ranges)
    if (address >= range.begin && address - range.begin < range.size)
      return {range.window, address - range.begin, range.size - (address - range.begin)};
  return {};
}

void HostMemory::write(const Place& place, std::span<const unsigned char> bytes) {
  if (place.window == Window::Program) {
    program_.resize(std::max<std::size_t>(program_.size(), place.offset + bytes.size()), '\0');
    std::memcpy(program_.data() + place.offset, bytes.data(), bytes.size());
    return;
  }
  std::memcpy(inputs_.data() + place.offset / sizeof(float), bytes.data(), bytes.size());
  const auto first = written_.begin() + static_cast<std::ptrdiff_t>(place.offset / sizeof(float));
  std::fill_n(first, bytes.size() / sizeof(float), true);
}

bool HostMemory::read(const Place& place, std::span<unsigned char> bytes,
                      std::span<const float> results) const {
  switch (place.window) {
    case Window::Message:
      copy_padded(message_, place.offset, bytes);
      return true;
    case Window::Program:
      copy_padded(program_, place.offset, bytes);
      return true;
    case Window::Inputs:
      std::memcpy(bytes.data(), std::as_bytes(std::span(inputs_)).data() + place.offset, bytes.size());
      return true;
    case Window::Outputs:
      if (place.offset + bytes.size() > results.size_bytes()) return false;
      std::memcpy(bytes.data(), std::as_bytes(results).data() + place.offset, bytes.size());
      return true;
    default:
      return false;
  }
}

std::string HostMemory::program(std::size_t bytes) const {
  std::string text = program_.substr(0, bytes);
  text.resize(bytes, '\0');
  return text;
}

std::size_t HostMemory::missing_inputs(std::size_t count) const {
  return static_cast<std::size_t>(
      std::count(written_.begin(), written_.begin() + static_cast<std::ptrdiff_t>(count), false));
}

void HostMemory::set_message(std::string_view text) {
  message_ = text.substr(0, host_map::message_size - 1);
}

}  // namespace mimosa
