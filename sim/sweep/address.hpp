// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "sim/config/experiment.hpp"

namespace mimosa {

/// A sum of SHA-256 hashes modulo 2^256, one of each thing a result depends on. A point of a sweep differs
/// from its neighbour in few keys, so the hashes of these are exchanged and the whole config is never hashed
/// again.
struct Digest {
  std::array<std::uint64_t, 4> words = {};  ///< least significant first

  Digest& operator+=(const Digest& other);
  Digest& operator-=(const Digest& other);
  [[nodiscard]] std::string hex() const;
  auto operator<=>(const Digest&) const = default;
};
/// Of one key and its value.
[[nodiscard]] Digest digest_of(std::string_view key, std::string_view value);
/// Of a config: what config_sha256 hashes.
[[nodiscard]] Digest digest_of(const Experiment& experiment);

/// Hashes of what an experiment reads besides its config: files of networks and of their baselines, weights
/// and data (where accuracy is asked for), and the results version. Each file is read once.
class InputHashes {
 public:
  [[nodiscard]] Digest of(const Experiment& experiment);
  /// UserError where a file that was read is another by now, by its size, time or place on the disk: what
  /// runs reads it anew, and its result would not be that of the hash.
  void check_unchanged() const;

 private:
  /// Size, time of the last change and inode, or that there is no such file.
  using Stamp = std::array<std::int64_t, 4>;
  static Stamp stamp_of(const std::string& file);
  std::string hash_of(const std::string& file);
  const std::string& network(const Experiment& experiment, const std::string& name, bool with_data);
  std::map<std::pair<std::string, bool>, std::string> known_;
  std::map<std::string, Stamp> stamps_;
};

/// Seed of a repeat that all points share: the experiment's own for the first.
[[nodiscard]] std::uint64_t shared_seed(std::uint64_t seed, int repeat);
/// Seed of a point of its own: `config` is the digest of its config with the experiment's seed.
[[nodiscard]] std::uint64_t own_seed(const Digest& config, int repeat);

}  // namespace mimosa
