// SPDX-License-Identifier: Apache-2.0
#include "models/data/hash.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <stdexcept>

#include "models/data/file.hpp"

namespace mimosa {
namespace {

void require(int result) {
  if (result != 1) throw std::runtime_error("SHA-256 is not available from OpenSSL");
}

}  // namespace

struct Sha256::State {
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  require(EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr));
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(std::string_view bytes) {
  require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()));
}

std::array<unsigned char, 32> Sha256::digest() {
  std::array<unsigned char, 32> bytes{};
  require(EVP_DigestFinal_ex(state_->context.get(), bytes.data(), nullptr));
  return bytes;
}

std::string Sha256::hex() {
  std::string text;
  for (const unsigned char byte : digest()) text += fmt::format("{:02x}", byte);
  return text;
}

std::string Sha256::base64() {
  const std::array<unsigned char, 32> bytes = digest();
  std::array<unsigned char, 45> text{};  // 44 letters and a zero
  const int letters = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
  return {text.begin(), text.begin() + letters};
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.hex();
}

std::string sha256_base64(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.base64();
}

std::string sha256_hex_of_file(const std::string& path) {
  return sha256_hex(read_file(path));
}

}  // namespace mimosa
