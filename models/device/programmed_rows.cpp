// SPDX-License-Identifier: Apache-2.0
#include "models/device/programmed_rows.hpp"

#include <algorithm>
#include <bit>

namespace mimosa {
namespace {

/// Of a node of the map and two vectors.
constexpr std::size_t overhead_bytes = 160;

std::uint64_t digest_of(std::span<const double> values) {
  std::uint64_t sum = values.size();
  for (const double value : values) {
    sum = (sum ^ std::bit_cast<std::uint64_t>(value)) * 0x9E3779B97F4A7C15U;
    sum ^= sum >> 32;
  }
  return sum;
}

}  // namespace

std::size_t ProgrammedRows::Row::bytes() const {
  return programmed_us.size() * (sizeof(double) + sizeof(std::uint32_t)) + overhead_bytes;
}

ProgrammedRows::Book& ProgrammedRows::book_of(const Programming& programming) {
  const auto known = std::find_if(books_.begin(), books_.end(),
                                  [&](const Book& book) { return book.programming.is_same(programming); });
  if (known != books_.end()) return *known;
  return books_.emplace_back(Book{programming});
}

void ProgrammedRows::make_room(const Book& keeper) {
  books_.remove_if([&](const Book& book) { return &book != &keeper; });
  bytes_ = 0;
  for (const auto& [key, row] : keeper.rows) bytes_ += row.bytes();
}

void ProgrammedRows::program(Programming& programming, std::span<const double> targets_us,
                             const ProgrammingDraws& draws, std::span<double> out_us,
                             std::vector<std::uint32_t>& pulses) {
  if (!programming.counts_pulses() || most_bytes_ == 0)
    return programming.program(targets_us, draws, out_us, pulses);
  Book& book = book_of(programming);
  const Key key{draws.key, digest_of(targets_us), draws.first};
  if (const auto known = book.rows.find(key); known != book.rows.end()) {
    std::copy(known->second.programmed_us.begin(), known->second.programmed_us.end(), out_us.begin());
    pulses = known->second.pulses;
    return;
  }
  programming.program(targets_us, draws, out_us, pulses);
  ++made_;
  Row row{{out_us.begin(), out_us.end()}, pulses};
  if (bytes_ + row.bytes() > most_bytes_ && books_.size() > 1) make_room(book);
  if (bytes_ + row.bytes() > most_bytes_) return;
  bytes_ += row.bytes();
  book.rows.emplace(key, std::move(row));
}

}  // namespace mimosa
