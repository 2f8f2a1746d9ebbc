// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace mimosa {

/// SHA-256 of bytes that arrive in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void add(std::string_view bytes);
  /// 64 hexadecimal digits; the object takes no more bytes after it.
  [[nodiscard]] std::string hex();
  /// The same 32 bytes in base 64, as content policies of web pages want them.
  [[nodiscard]] std::string base64();

 private:
  [[nodiscard]] std::array<unsigned char, 32> digest();
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] std::string sha256_hex(std::string_view bytes);
[[nodiscard]] std::string sha256_base64(std::string_view bytes);
/// UserError where the file cannot be read.
[[nodiscard]] std::string sha256_hex_of_file(const std::string& path);

}  // namespace mimosa
