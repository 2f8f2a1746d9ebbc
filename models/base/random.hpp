// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace mimosa {

/// What a random number is for; part of its address.
enum class Effect : std::uint32_t {
  Programming = 1,
  DriftExponent,
  FrozenNoise,
  ReadNoise,
  Weights,
  Inputs,
  Faults,
  AdcErrors = 32,
  PassNoise,
  Telegraph,
  WireSample,
  Sequences
};

/// Address of a family of random numbers: what they are, never where they are placed. `layer` is the logical
/// layer, `replica` the copy of it, `part` distinguishes what remains (polarity of a pair, row block of a
/// read).
struct RandomSite {
  std::uint64_t seed = 1;
  std::uint32_t chip = 0;  ///< chip sample
  std::string_view layer;
  std::uint32_t replica = 0;
  std::uint32_t part = 0;
};

/// 64-bit Philox key of one effect at one site: the FNV-1a hash of the layer's name through a SplitMix64
/// step, then key ← step(key + v) for v = seed, chip, effect, replica, part in turn.
[[nodiscard]] std::uint64_t random_key(const RandomSite& site, Effect effect);

/// Key number `number` of the family of `key`.
[[nodiscard]] std::uint64_t random_subkey(std::uint64_t key, std::uint64_t number);

/// Standard normals number first, first+1, … of the sequence (key, pass, mvm): Philox4x32-10 on the counter
/// {index/4, mvm, pass, 0} with the key's low word first, and Box-Muller on its four words. The same bytes on
/// every kernel path.
void normals(std::uint64_t key, std::uint32_t pass, std::uint32_t mvm, std::uint32_t first,
             std::span<float> out);

/// The four words of Philox4x32-10 on the counter {index, second, third, 0}; scalar.
[[nodiscard]] std::array<std::uint32_t, 4> random_block(std::uint64_t key, std::uint32_t index,
                                                        std::uint32_t second, std::uint32_t third);

/// Uniforms in (0, 1), addressed as `normals` (one word each). Scalar; for rare draws.
void uniforms(std::uint64_t key, std::uint32_t pass, std::uint32_t mvm, std::uint32_t first,
              std::span<float> out);

}  // namespace mimosa
