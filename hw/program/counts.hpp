// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"

namespace mimosa {

/// Events that cost energy. Raw integers, so that sums do not depend on their order.
struct Counts {
  std::int64_t mvms = 0;
  std::int64_t drives = 0, cell_reads = 0, conversions = 0, results = 0;  ///< of MVMs, see MvmEvents
  std::int64_t driven_ns = 0, driven_milli = 0;                           ///< of MVMs with data, see Activity
  std::int64_t adds = 0, muls = 0, specials = 0;                          ///< vector unit
  std::int64_t macs = 0;                                                  ///< matrix unit
  std::int64_t buffer_read_bytes = 0, buffer_write_bytes = 0;
  std::int64_t flit_hops = 0;  ///< flits times links
  std::int64_t io_bytes = 0;
  std::int64_t instructions = 0;

  Counts& operator+=(const Counts& other);
  friend bool operator==(const Counts&, const Counts&) = default;
};
[[nodiscard]] Counts operator*(const Counts& counts, std::int64_t times);

/// Events of one instruction apart from its `mvm` and `vec` arithmetic, which the datapath counts where it
/// happens.
[[nodiscard]] Counts counts_of(const Program& program, const Task& task, const Instruction& instruction,
                               const ChipSpec& chip);
/// Events of `mvms` MVMs of one block.
[[nodiscard]] Counts mvm_counts(const Block& block, std::int64_t mvms, const ArraySpec& arrays);
/// Arithmetic events of one `mvm` and `vec` instruction.
[[nodiscard]] Counts mvm_counts(const Program& program, int stage, int block, const ArraySpec& arrays);
[[nodiscard]] Counts vec_counts(const Program& program, int stage, int iteration);
/// The same of a sum task; `term` is the sum's.
[[nodiscard]] Counts sum_counts(const Program& program, int stage, int term);
/// Everything an instruction does, its arithmetic included.
[[nodiscard]] Counts executed(const Program& program, const Task& task, const Instruction& instruction,
                              const ChipSpec& chip);
/// Everything a task does in one pass, and all tasks together.
[[nodiscard]] Counts counts_of(const Program& program, const Task& task, const ChipSpec& chip);
[[nodiscard]] Counts counts_per_pass(const Program& program, const ChipSpec& chip);

/// Joules by component: event counts times the chip's costs. The lump of an MVM stays a lump.
[[nodiscard]] std::map<std::string, double> energy_by_component(const Counts& counts, const ChipSpec& chip);
/// All components together.
[[nodiscard]] double energy_j(const Counts& counts, const ChipSpec& chip);

/// Adds the mean per pass of what depends on data, from the counts of `passes` passes.
void add_activity(std::map<std::string, double>& by_component, const Counts& counts, std::int64_t passes,
                  const ChipSpec& chip);

/// Joules within three boundaries, each with the one before: arrays with their converters, registers and
/// adders; the chip; the chip with its link to the host.
struct EnergyBoundaries {
  double arrays_j = 0.0, chip_j = 0.0, chip_and_io_j = 0.0;
};
[[nodiscard]] EnergyBoundaries energy_boundaries(const std::map<std::string, double>& by_component);
/// Counts by name, for reports; what only data give, where there is any.
[[nodiscard]] std::map<std::string, std::int64_t> named(const Counts& counts);

/// Bytes of the message by which a receiver gives places of a channel back: its number and how many.
constexpr int credit_bytes = 4;
/// Flits a row of `bytes` takes on the mesh, all its packets together.
[[nodiscard]] std::int64_t flits_of(int bytes, const NocSpec& noc);

}  // namespace mimosa
