// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace mimosa {

/// Part of a layer's matrix that sits in one array: word lines [row0, row0 + rows), bit lines [col0, col0 +
/// cols).
struct Block {
  int row0 = 0, rows = 0, col0 = 0, cols = 0;
  friend bool operator==(const Block&, const Block&) = default;
};

/// Work of a vector unit in one iteration, and of the matrix unit beside it.
struct VectorWork {
  std::int64_t cycles = 0, adds = 0, muls = 0, specials = 0;
  std::int64_t macs = 0;  ///< of the matrix unit
  std::int64_t read_bytes = 0, write_bytes = 0;
  friend bool operator==(const VectorWork&, const VectorWork&) = default;
};

/// Partial sums of bit lines [col0, col0 + cols) that one vector unit adds up on their way home. The terms of
/// a stage are its blocks by number, then its sums by number: sum s is term blocks + s. Added in the order
/// given, each result rounded to the vector unit's format.
struct Sum {
  int col0 = 0, cols = 0;
  std::vector<int> terms;  ///< ascending, each added in one place only
  VectorWork work;
  friend bool operator==(const Sum&, const Sum&) = default;
};

/// Order of the iterations of a stage that keeps a state through a pass (linear attention). An iteration
/// either takes a position of keys and values into the state or makes the rows of a position from it: first
/// the `mutual` positions are taken and their rows made, then every later position in turn.
struct Recurrence {
  int positions = 0;  ///< 0: the stage keeps no state
  int mutual = 0;     ///< positions that see one another
  VectorWork absorb;  ///< of an iteration that takes a position
  friend bool operator==(const Recurrence&, const Recurrence&) = default;
};
/// What an iteration of such a stage does.
struct RecurrenceStep {
  bool absorbs = false;
  int position = 0;
};
[[nodiscard]] RecurrenceStep step_of(const Recurrence& recurrence, int iteration);
[[nodiscard]] int first_that_makes_rows(const Recurrence& recurrence);

/// A group of graph nodes that run together: at most one analog operation, then digital ones on its result.
/// It advances by iterations; one iteration makes `rows_per_iteration` rows (one row: all x and channels at
/// one slot and y; row index = slot · height + y) of every node in it: where several, all slots at one y.
struct Stage {
  std::string name;
  std::string analog;  ///< node whose matrix is in arrays (conv2d, linear, unbind; bundle: stacked
                       ///< circulants), or empty
  std::string result;  ///< node whose value the column affine gives: `analog`, the batch norm folded into it,
                       ///< or a sum over a grid where there are signed copies
  std::vector<std::string> digital;  ///< nodes computed by the vector unit, in order
  std::vector<std::string> exports;  ///< nodes whose rows leave the stage
  std::vector<Block> blocks;
  std::vector<Sum> sums;  ///< a tree over the blocks; what no sum takes is added at the stage's home
  int iterations = 0, rows_per_iteration = 1;
  int slots = 1;  ///< whose rows its iterations make one by one: iteration = slot · iterations / slots + y
  int mvms = 0;   ///< per iteration and block
  Recurrence recurrence = {};
  bool signed_copies =
      false;  ///< of the matrix of `analog`, one for every slot of a grid (signed_copies.hpp)
  /// Rows of its bind are spectra (models/digital/fft.hpp); its bundle adds them and turns the sum back.
  bool fft = false;
  friend bool operator==(const Stage&, const Stage&) = default;
};

/// Rows that flow from one task to another, in order, through `capacity` rows of buffer at the receiver.
struct Channel {
  int from = 0, to = 0;  ///< tasks
  std::string node;      ///< whose rows, or empty: partial sums of term `block`
  int block = -1;
  int rows = 0;  ///< per pass
  int row_bytes = 0;
  int capacity = 0;
  /// Other tasks on the tile of `to` that read the same rows when they need them: a row comes once, and its
  /// place is free when all are done with it.
  std::vector<int> also = {};
  [[nodiscard]] std::size_t readers() const { return 1 + also.size(); }
  [[nodiscard]] int reader(std::size_t index) const { return index == 0 ? to : also[index - 1]; }
  friend bool operator==(const Channel&, const Channel&) = default;
};

/// load: the host fetches a row from memory; recv: waits for the next row of a channel; mvm: the MVMs of an
/// iteration on one block; vec: the vector work of an iteration (of a sum task: its additions); send: next
/// row into a channel, waits for a free place; sync: gives `count` places of a channel back to its sender;
/// store: the host writes a result row.
enum class Opcode { Load, Recv, Mvm, Vec, Send, Sync, Store };

struct Instruction {
  Opcode op = Opcode::Load;
  int channel = -1;    ///< recv, send, sync
  int iteration = -1;  ///< mvm, vec
  int count = 1;       ///< sync: places; load, store: bytes
  int reader = 0;      ///< recv, sync: which of the channel's readers (0: `to`)
  friend bool operator==(const Instruction&, const Instruction&) = default;
};

enum class TaskKind { HostIn, Array, Sum, Vector, HostOut };

/// One in-order instruction stream, run once per pass. An array task drives one block, a sum task adds
/// partial sums, a vector task is the home of one replica of a stage. Tasks of one tile share its vector unit
/// and buffer.
struct Task {
  TaskKind kind = TaskKind::HostIn;
  int tile = 0;
  int stage = -1, replica = 0, block = -1;  ///< block: the term an array or sum task makes
  std::vector<Instruction> code;
  friend bool operator==(const Task&, const Task&) = default;
};

/// What the compiler gives and both engines execute. Replica r of a stage runs the iterations i with i mod
/// replicas = r.
struct Program {
  std::string network;
  int slots = 1, inputs_per_pass = 1;
  std::vector<Stage> stages;
  std::vector<int> replicas;     ///< per stage
  std::vector<VectorWork> work;  ///< per stage: of an iteration that makes rows
  std::vector<Channel> channels;
  std::vector<Task> tasks;
  friend bool operator==(const Program&, const Program&) = default;
};

/// Work of a `vec` instruction of a stage's home, and of one of a sum or vector task.
[[nodiscard]] const VectorWork& home_work(const Program& program, int stage, int iteration);
[[nodiscard]] const VectorWork& vector_work(const Program& program, const Task& task, int iteration);

/// False for the host's two.
[[nodiscard]] constexpr bool on_chip(TaskKind kind) {
  return kind != TaskKind::HostIn && kind != TaskKind::HostOut;
}
[[nodiscard]] const char* to_string(Opcode op);
[[nodiscard]] const char* to_string(TaskKind kind);

/// Text form, one record a line; `program_from_text` reads it back (UserError with the line).
[[nodiscard]] std::string to_text(const Program& program);
[[nodiscard]] Program program_from_text(const std::string& text);

}  // namespace mimosa
