// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/address.hpp"

#include <charconv>
#include <fmt/format.h>
#include <sys/stat.h>

#include "models/base/error.hpp"
#include "models/data/dataset.hpp"
#include "models/data/hash.hpp"
#include "sim/config/effective.hpp"
#include "sim/config/network_reader.hpp"
#include "sim/run/version.hpp"

namespace mimosa {
namespace {

std::uint64_t word_of(const std::string& hex, std::size_t from) {
  std::uint64_t word = 0;
  std::from_chars(hex.data() + from, hex.data() + from + 16, word, 16);
  return word;
}

/// 53 bits: what the key `seed` may hold.
std::uint64_t seed_from(const std::string& text) {
  return word_of(sha256_hex(text), 0) >> 11;
}

}  // namespace

Digest& Digest::operator+=(const Digest& other) {
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint64_t sum = words[i] + carry;
    carry = sum < carry ? 1 : 0;
    words[i] = sum + other.words[i];
    carry += words[i] < sum ? 1 : 0;
  }
  return *this;
}

Digest& Digest::operator-=(const Digest& other) {
  Digest negative;
  for (std::size_t i = 0; i < words.size(); ++i) negative.words[i] = ~other.words[i];
  *this += negative;
  return *this += Digest{{1, 0, 0, 0}};
}

std::string Digest::hex() const {
  return fmt::format("{:016x}{:016x}{:016x}{:016x}", words[3], words[2], words[1], words[0]);
}

Digest digest_of(std::string_view key, std::string_view value) {
  std::string text(key);
  text += '\0';
  text += value;
  const std::string hex = sha256_hex(text);
  return {{word_of(hex, 48), word_of(hex, 32), word_of(hex, 16), word_of(hex, 0)}};
}

Digest digest_of(const Experiment& experiment) {
  Digest sum;
  for (const auto& [key, value] : hashed_values(experiment)) sum += digest_of(key, value);
  return sum;
}

Digest InputHashes::of(const Experiment& experiment) {
  std::string text = fmt::format("results_version {}", results_version);
  for (const std::string& name : experiment.networks)
    text += '\n' + network(experiment, name, experiment.engine != EngineChoice::Timing);
  return digest_of("inputs", text);
}

InputHashes::Stamp InputHashes::stamp_of(const std::string& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return {-1};
  return {status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
          static_cast<std::int64_t>(status.st_ino)};
}

std::string InputHashes::hash_of(const std::string& file) {
  stamps_.try_emplace(file, stamp_of(file));  // before it is read
  return sha256_hex_of_file(file);
}

void InputHashes::check_unchanged() const {
  for (const auto& [file, stamp] : stamps_)
    if (stamp_of(file) != stamp)
      throw UserError(fmt::format("{}: changed since the sweep began; start it again", file));
}

const std::string& InputHashes::network(const Experiment& experiment, const std::string& name,
                                        bool with_data) {
  const std::string file = network_file(experiment, name);
  const auto [entry, fresh] = known_.try_emplace({file, with_data});
  std::string& text = entry->second;
  if (!fresh) return text;
  text = hash_of(file);
  try {
    const Network read = read_network(file, 0, with_data);
    if (!read.weights_file.empty()) text += " weights " + hash_of(read.weights_file);
    if (with_data && !read.dataset.empty()) text += " data " + dataset_sha256(read);
    if (!read.baseline.empty() && read.baseline != read.name)
      text += " baseline " + hash_of(network_file(experiment, read.baseline));
  } catch (const UserError& e) {
    text += std::string(" unreadable ") + e.what();  // what runs it will say so
  }
  return text;
}

std::uint64_t shared_seed(std::uint64_t seed, int repeat) {
  return repeat == 0 ? seed : seed_from(fmt::format("repeat {} of seed {}", repeat, seed));
}

std::uint64_t own_seed(const Digest& config, int repeat) {
  return seed_from(fmt::format("repeat {} of {}", repeat, config.hex()));
}

}  // namespace mimosa
