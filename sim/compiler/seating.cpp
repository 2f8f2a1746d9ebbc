// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/seating.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "hw/program/geometry.hpp"
#include "hw/program/interval.hpp"
#include "sim/compiler/schedule.hpp"

namespace mimosa {
namespace {

constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

/// What a task asks of its tile in one pass, or what a tile gives. The rows that all arrays of a replica read
/// are asked for by its first array task.
struct Load {
  std::int64_t arrays = 0, cycles = 0, bytes = 0;
  Load& operator+=(const Load& other) {
    arrays += other.arrays, cycles += other.cycles, bytes += other.bytes;
    return *this;
  }
  Load& operator-=(const Load& other) {
    arrays -= other.arrays, cycles -= other.cycles, bytes -= other.bytes;
    return *this;
  }
  friend Load operator+(Load a, const Load& b) { return a += b; }
  [[nodiscard]] bool within(const Load& limit) const {
    return arrays <= limit.arrays && cycles <= limit.cycles && bytes <= limit.bytes;
  }
};

std::vector<Load> demands(const Mapping& m, const std::vector<Task>& tasks, const std::vector<Flow>& flows,
                          RunAhead ahead) {
  std::vector<Load> loads;
  for (const Task& task : tasks) {
    Load& load = loads.emplace_back();
    if (task.kind == TaskKind::Array) load.arrays = 1;
    if (task.kind != TaskKind::Sum && task.kind != TaskKind::Vector) continue;
    const Stage& stage = m.partition.stages[static_cast<std::size_t>(task.stage)];
    const int replicas = m.replication.replicas[static_cast<std::size_t>(task.stage)];
    const std::int64_t once =
        task.kind == TaskKind::Vector
            ? vector_work(m.graph, stage, m.chip).cycles
            : stage.sums[static_cast<std::size_t>(task.block) - stage.blocks.size()].work.cycles;
    load.cycles = once * ((stage.iterations - task.replica + replicas - 1) / replicas);
  }
  for (const Flow& flow : flows) {
    const Task& to = tasks[static_cast<std::size_t>(flow.channel.to)];
    const int at = flow.channel.to - (to.kind == TaskKind::Array ? to.block : 0);
    loads[static_cast<std::size_t>(at)].bytes +=
        static_cast<std::int64_t>(places(flow, ahead)) * flow.channel.row_bytes;
  }
  return loads;
}

/// Blocks below a term: the first and the one after the last (terms join neighbours).
std::pair<int, int> leaves(const Stage& stage, int term) {
  const int blocks = static_cast<int>(stage.blocks.size());
  if (term < blocks) return {term, term + 1};
  const std::vector<int>& terms = stage.sums[static_cast<std::size_t>(term - blocks)].terms;
  return {leaves(stage, terms.front()).first, leaves(stage, terms.back()).second};
}

/// Fills one seat after the other within a limit.
class Filling {
 public:
  Filling(const Mapping& m, const std::vector<Task>& tasks, std::vector<Load> demands, const Load& limit,
          bool keep_whole)
      : m_(m),
        tasks_(tasks),
        demands_(std::move(demands)),
        limit_(limit),
        keep_whole_(keep_whole),
        seat_(tasks.size(), 0),
        load_(1) {}

  /// None if more seats than `most` are needed.
  std::optional<std::vector<int>> run(int most) {
    for (std::size_t t = 0; t < tasks_.size(); ++t) {
      const Task& task = tasks_[t];
      if (task.kind == TaskKind::Array && task.block == 0) seat_blocks(t);
      if (task.kind == TaskKind::Sum) seat_[t] = least_used(leaves(stage_of(task), task.block), demands_[t]);
      if (task.kind == TaskKind::Vector) seat_[t] = home_ = seat_of_home(task, demands_[t]);
      if (static_cast<int>(load_.size()) > most) return std::nullopt;
    }
    return seat_;
  }

 private:
  [[nodiscard]] const Stage& stage_of(const Task& task) const {
    return m_.partition.stages[static_cast<std::size_t>(task.stage)];
  }

  /// Blocks of the replica whose first array task is `first`, with room kept for what adds up their results.
  void seat_blocks(std::size_t first) {
    const Stage& stage = stage_of(tasks_[first]);
    const std::size_t blocks = stage.blocks.size();
    Load adders;
    for (std::size_t b = 0; b < stage.sums.size(); ++b) adders += demands_[first + blocks + b];
    const Load& home = demands_[first + static_cast<std::size_t>(term_count(stage))];
    start(adders + home + Load{.arrays = static_cast<std::int64_t>(blocks), .bytes = demands_[first].bytes});
    if (home_comes_first())
      seat_home(home);
    else
      adders += home;
    const Load share{.cycles = adders.cycles / static_cast<std::int64_t>(blocks),
                     .bytes = adders.bytes / static_cast<std::int64_t>(blocks)};
    blocks_.assign(blocks, 0);
    int row0 = -1;
    std::int64_t rows_here = 0;  // bytes
    for (std::size_t b = 0; b < blocks; ++b) {
      const Block& block = stage.blocks[b];
      const auto rows = [&] { return row0 == block.row0 ? 0 : row_bytes(stage, block, first, rows_here); };
      Load more = share + Load{.arrays = 1, .bytes = rows()};
      if (load_.back().arrays > 0 && !(load_.back() + more).within(limit_)) {
        load_.emplace_back();
        rows_here = 0;
        row0 = -1;
        more = share + Load{.arrays = 1, .bytes = rows()};
      }
      load_.back() += more;
      rows_here += more.bytes - share.bytes;
      row0 = block.row0;
      seat_[first + b] = blocks_[b] = static_cast<int>(load_.size()) - 1;
    }
    for (const int seat : blocks_) load_[static_cast<std::size_t>(seat)] -= share;
    if (!home_comes_first()) home_ = blocks_.front();
  }

  /// A home is the longest task of a vector unit. On tiles of one array it takes what its blocks leave; on
  /// larger ones blocks take what it leaves.
  [[nodiscard]] bool home_comes_first() const { return m_.chip.arrays_per_tile() > 1; }
  void seat_home(const Load& home) {
    if (load_.back().arrays > 0 && !(load_.back() + home).within(limit_)) load_.emplace_back();
    load_.back() += home;
    home_ = static_cast<int>(load_.size()) - 1;
  }
  /// A replica that fits on a seat need not be split.
  void start(const Load& replica) {
    const bool fits_here = load_.back().arrays == 0 || (load_.back() + replica).within(limit_);
    if (!fits_here && replica.within(limit_) && keep_whole_) load_.emplace_back();
  }

  /// Of the rows that a block reads, where rows of `here` bytes of its replica are there: those of its word
  /// lines' channels, together at most whole rows.
  [[nodiscard]] std::int64_t row_bytes(const Stage& stage, const Block& block, std::size_t first,
                                       std::int64_t here) const {
    const std::int64_t all = demands_[first].bytes;
    const Node& input = m_.graph.nodes[static_cast<std::size_t>(array_input(m_.graph, stage))];
    const std::int64_t own = all * std::min(block.rows, input.shape.channels) / input.shape.channels;
    return std::min(own, std::max<std::int64_t>(0, all - here));
  }

  int seat_of_home(const Task& task, const Load& demand) {
    const Stage& stage = stage_of(task);
    if (!stage.blocks.empty() && home_comes_first()) return home_;
    const Load after = load_[static_cast<std::size_t>(home_)] + demand;
    const bool stays = stage.sums.empty() && after.within(limit_);
    if (!stays && !blocks_.empty()) return least_used({0, static_cast<int>(blocks_.size())}, demand);
    load_[static_cast<std::size_t>(home_)] += demand;
    return home_;
  }

  /// Of the seats of some blocks, outwards from their middle.
  int least_used(const std::pair<int, int>& range, const Load& demand) {
    const int middle = (range.first + range.second) / 2;
    std::vector<int> blocks(static_cast<std::size_t>(range.second - range.first));
    std::iota(blocks.begin(), blocks.end(), range.first);
    const auto rank = [&](int block) {
      const int away = block - middle;
      const Load& load = load_[static_cast<std::size_t>(blocks_[static_cast<std::size_t>(block)])];
      const bool overflows = (load + demand).bytes > limit_.bytes;
      return std::tuple(overflows, load.cycles, 2 * std::abs(away) + (away > 0 ? 1 : 0));
    };
    const int best =
        *std::min_element(blocks.begin(), blocks.end(), [&](int a, int b) { return rank(a) < rank(b); });
    const int seat = blocks_[static_cast<std::size_t>(best)];
    load_[static_cast<std::size_t>(seat)] += demand;
    return seat;
  }

  const Mapping& m_;
  const std::vector<Task>& tasks_;
  std::vector<Load> demands_;
  Load limit_;
  bool keep_whole_;
  std::vector<int> seat_;
  std::vector<Load> load_;   ///< per seat
  std::vector<int> blocks_;  ///< seats of the last replica's blocks
  int home_ = 0;
};

/// With every replica on a tile of its own, so that its arrays share what they read.
std::vector<Flow> flows_of_replicas(const Mapping& m, std::vector<Task> tasks) {
  int replica = 0;
  for (Task& task : tasks) {
    task.tile = replica;
    if (task.kind == TaskKind::Vector) ++replica;
  }
  return list_shared_flows(m, tasks);
}

}  // namespace

std::vector<int> seat_tasks(const Mapping& m, const std::vector<Task>& tasks) {
  const std::vector<Flow> flows = flows_of_replicas(m, tasks);
  std::int64_t interval = 1;
  for (std::size_t s = 0; s < m.partition.stages.size(); ++s)
    interval = std::max(
        interval, stage_cycles(m.partition.stages[s], vector_work(m.graph, m.partition.stages[s], m.chip),
                               m.replication.replicas[s], m.chip));
  const int arrays = m.chip.arrays_per_tile(), most = m.chip.tiles();
  for (const RunAhead ahead : {RunAhead::Wanted, RunAhead::LittleForSums, RunAhead::Little, RunAhead::None}) {
    const std::vector<Load> loads = demands(m, tasks, flows, ahead);
    std::int64_t longest = 0;  // of one task, which no limit splits
    for (const Load& load : loads) longest = std::max(longest, load.cycles);
    for (const int share : {8, 12, 16, 24, 32}) {  // sixteenths
      const std::int64_t cycles = std::max(longest, interval * share / 16);
      for (const bool keep_whole : {true, false})
        if (auto seats =
                Filling(m, tasks, loads, {arrays, cycles, m.chip.buffer.bytes}, keep_whole).run(most))
          return *seats;
    }
  }
  const Load arrays_alone{arrays, no_limit, no_limit};
  return *Filling(m, tasks, demands(m, tasks, flows, RunAhead::None), arrays_alone, false).run(most);
}

}  // namespace mimosa
