// SPDX-License-Identifier: Apache-2.0
#include "models/base/random.hpp"

#include <algorithm>

#include "models/base/kernel_table.hpp"
#include "models/base/normals_template.hpp"
#include "models/base/vector_portable.hpp"

namespace mimosa {

namespace {

/// FNV-1a, 64 bit.
std::uint64_t hash(std::string_view text) {
  std::uint64_t h = 0xCBF29CE484222325U;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return h;
}

/// One step of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): a bijection that spreads every bit.
std::uint64_t mix(std::uint64_t z) {
  z += 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

}  // namespace

std::uint64_t random_key(const RandomSite& site, Effect effect) {
  std::uint64_t key = mix(hash(site.layer));
  for (const std::uint64_t part : {site.seed, std::uint64_t{site.chip}, static_cast<std::uint64_t>(effect),
                                   std::uint64_t{site.replica}, std::uint64_t{site.part}}) {
    key = mix(key + part);
  }
  return key;
}

std::uint64_t random_subkey(std::uint64_t key, std::uint64_t number) {
  return mix(key + number);
}

std::array<std::uint32_t, 4> random_block(std::uint64_t key, std::uint32_t index, std::uint32_t second,
                                          std::uint32_t third) {
  std::uint32_t word[4];
  random_words<PortableVector>({key, third, second, 0, nullptr, 0}, index, word);
  return {word[0], word[1], word[2], word[3]};
}

void normals(std::uint64_t key, std::uint32_t pass, std::uint32_t mvm, std::uint32_t first,
             std::span<float> out) {
  kernels().normals({key, pass, mvm, first, out.data(), out.size()});
}

void uniforms(std::uint64_t key, std::uint32_t pass, std::uint32_t mvm, std::uint32_t first,
              std::span<float> out) {
  const NormalsArguments args{key, pass, mvm, first, out.data(), out.size()};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::uint64_t index = first + std::uint64_t{i};
    std::uint32_t word[4];
    random_words<PortableVector>(args, static_cast<std::uint32_t>(index / 4), word);
    // The last 192 words would round to 1.
    out[i] = std::min(unit_interval<PortableVector>(word[index % 4]), 0x1.FFFFFEp-1F);
  }
}

}  // namespace mimosa
