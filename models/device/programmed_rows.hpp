// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <span>
#include <vector>

#include "models/device/programming.hpp"

namespace mimosa {

/// Rows of cells as they were programmed, for laws that go pulse by pulse and take longer than all that comes
/// after them; rows of other laws are programmed each time. Twelve bytes a cell, up to a limit: further rows
/// are not kept, but for those of another law or other coefficients, which make room. Belongs to one thread.
class ProgrammedRows {
 public:
  /// What `programming.program` gives, the same numbers whether it is called or was before. Targets count by
  /// 64 bits of their own.
  void program(Programming& programming, std::span<const double> targets_us, const ProgrammingDraws& draws,
               std::span<double> out_us, std::vector<std::uint32_t>& pulses);
  void keep_at_most(std::size_t bytes) { most_bytes_ = bytes; }
  /// Rows that were programmed and may be kept.
  [[nodiscard]] std::size_t made() const { return made_; }

 private:
  struct Key {
    std::uint64_t draws = 0, targets = 0;
    std::uint32_t first = 0;
    auto operator<=>(const Key&) const = default;
  };
  struct Row {
    std::vector<double> programmed_us;
    std::vector<std::uint32_t> pulses;
    [[nodiscard]] std::size_t bytes() const;
  };
  struct Book {
    Programming programming;
    std::map<Key, Row> rows = {};
  };
  [[nodiscard]] Book& book_of(const Programming& programming);
  void make_room(const Book& keeper);

  std::list<Book> books_;
  std::size_t bytes_ = 0, most_bytes_ = std::size_t{512} << 20, made_ = 0;
};

}  // namespace mimosa
