// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mimosa {

/// What stands behind the windows of the host port, without time.
class HostMemory {
 public:
  enum class Window { None, Registers, Message, Program, Inputs, Outputs };
  /// A place: the window an address lies in, how far in, and the bytes from there to the window's end.
  struct Place {
    Window window = Window::None;
    std::uint64_t offset = 0, left = 0;
  };

  /// Values of one pass, and how many passes there is room for; UserError where the windows are too small.
  HostMemory(std::size_t input_values, std::size_t output_values, std::size_t passes);

  [[nodiscard]] Place find(std::uint64_t address) const;
  /// Of program or inputs, within the window.
  void write(const Place& place, std::span<const unsigned char> bytes);
  /// Of any window but the registers; `results`: what the output window shows. False where they have not been
  /// computed.
  [[nodiscard]] bool read(const Place& place, std::span<unsigned char> bytes,
                          std::span<const float> results) const;

  /// The first `bytes` of the program window; what was not written reads as zeros.
  [[nodiscard]] std::string program(std::size_t bytes) const;
  [[nodiscard]] std::span<const float> inputs() const { return inputs_; }
  /// Values among the first `count` that were not written since `forget_inputs`.
  [[nodiscard]] std::size_t missing_inputs(std::size_t count) const;
  void forget_inputs() { written_.assign(inputs_.size(), false); }
  void set_message(std::string_view text);

  [[nodiscard]] std::size_t input_values() const { return inputs_.size() / passes_; }
  [[nodiscard]] std::size_t output_values() const { return output_values_; }
  [[nodiscard]] std::size_t passes() const { return passes_; }

 private:
  std::size_t output_values_, passes_;
  std::string program_;  ///< as far as it was written
  std::vector<float> inputs_;
  std::vector<bool> written_;  ///< per input value
  std::string message_;
};

}  // namespace mimosa
