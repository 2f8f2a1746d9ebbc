// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <mutex>

#include "hw/program/pass_state.hpp"
#include "hw/program/program.hpp"

namespace mimosa {

/// FNV-1a over the bytes of every ADC code of every pass.
class CodeDigest {
 public:
  explicit CodeDigest(const Program& program) : program_(program) {}
  void add(const PassState& state) {
    for (int pass = 0; pass < state.passes(); ++pass) {
      std::uint64_t hash = 14695981039346656037ULL;
      for (std::size_t s = 0; s < program_.stages.size(); ++s)
        for (std::size_t b = 0; b < program_.stages[s].blocks.size(); ++b)
          for (int i = 0; i < program_.stages[s].iterations; ++i)
            hash = over(state.codes(static_cast<int>(s), static_cast<int>(b), pass, i),
                        static_cast<std::size_t>(program_.stages[s].mvms * program_.stages[s].blocks[b].cols),
                        hash);
      const std::lock_guard lock(mutex_);
      by_pass[state.first_pass() + static_cast<std::uint32_t>(pass)] = hash;
    }
  }
  std::map<std::uint32_t, std::uint64_t> by_pass;

 private:
  static std::uint64_t over(const float* values, std::size_t count, std::uint64_t hash) {
    for (std::size_t i = 0; i < count; ++i) {
      std::uint32_t bits = 0;
      std::memcpy(&bits, values + i, sizeof bits);
      hash = (hash ^ bits) * 1099511628211ULL;
    }
    return hash;
  }
  const Program& program_;
  std::mutex mutex_;
};

}  // namespace mimosa
