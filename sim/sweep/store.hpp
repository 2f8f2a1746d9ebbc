// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/sweep/address.hpp"
#include "sim/sweep/journal.hpp"

namespace mimosa {

struct LineSummary;

struct DigestHash {
  std::size_t operator()(const Digest& digest) const { return digest.words[0]; }
};

/// What the journals of a store say of the points of this results version.
struct StoreContents {
  struct Point {
    bool ok = false, holds_record = false;
    float wall_s = 0.0F;  ///< that it took where it is ok
  };
  std::unordered_map<Digest, Point, DigestHash> points;
  std::vector<Damage> damages;
  std::size_t other_versions = 0;  ///< lines of points of other results versions
  double wall_s = 0.0;             ///< of all finished points
  std::size_t finished = 0;

  /// One more line; `holds_record`: of what is to be recorded.
  void add(const LineSummary& line, bool holds_record);
};

/// The folder of a sweep's results: sweep.json (what it is), journals/ (the truth), lock, results.sqlite.
class Store {
 public:
  enum class Access {
    Alone,  ///< no other run may write
    Shared  ///< shards write side by side, and not beside a run alone
  };
  /// Makes the folder, or opens it. UserError where it holds something else, is of another format, or in use.
  Store(const std::string& folder, Access access);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  [[nodiscard]] StoreContents read(const std::vector<std::string>& record) const;
  void append(const std::string& line) { journal_.append(line); }
  [[nodiscard]] const std::string& folder() const { return folder_; }
  /// Called in a process forked off, which must not hold the lock when its parent is gone.
  void leave();

 private:
  void lock(Access access);
  std::string folder_;
  int lock_ = -1;
  Journal journal_;
};

/// UserError unless the folder is a store that this program reads.
void check_store(const std::string& folder);
[[nodiscard]] std::string journals_of(const std::string& folder);
/// What the journals say, for a reader that holds no lock.
[[nodiscard]] StoreContents read_store(const std::string& folder, const std::vector<std::string>& record);
/// The same, and nothing where there is no such folder yet.
[[nodiscard]] StoreContents read_store_if_there(const std::string& folder,
                                                const std::vector<std::string>& record);

}  // namespace mimosa
