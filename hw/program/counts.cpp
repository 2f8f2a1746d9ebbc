// SPDX-License-Identifier: Apache-2.0
#include "hw/program/counts.hpp"

#include <array>

#include "hw/spec/event_costs.hpp"
#include "models/crossbar/mvm_events.hpp"

namespace mimosa {

namespace {

struct Event {
  const char* name;
  std::int64_t Counts::*count;
  bool of_data = false;
};
constexpr std::array<Event, 16> events = {{{"mvms", &Counts::mvms},
                                           {"word_line_drives", &Counts::drives},
                                           {"cell_reads", &Counts::cell_reads},
                                           {"adc_conversions", &Counts::conversions},
                                           {"mvm_results", &Counts::results},
                                           {"driven_conductance_ns", &Counts::driven_ns, true},
                                           {"driven_inputs_milli", &Counts::driven_milli, true},
                                           {"vector_adds", &Counts::adds},
                                           {"vector_muls", &Counts::muls},
                                           {"vector_specials", &Counts::specials},
                                           {"matrix_macs", &Counts::macs},
                                           {"buffer_read_bytes", &Counts::buffer_read_bytes},
                                           {"buffer_write_bytes", &Counts::buffer_write_bytes},
                                           {"noc_flit_hops", &Counts::flit_hops},
                                           {"io_bytes", &Counts::io_bytes},
                                           {"instructions", &Counts::instructions}}};

double joules(std::int64_t count, double pj) {
  return static_cast<double>(count) * pj * 1e-12;
}

void add_reads(std::map<std::string, double>& energy, const Counts& c, const EventCosts& costs,
               const ChipSpec& chip) {
  if (chip.mvm.model == MvmCostModel::Lump) {
    energy["mvm"] = joules(c.mvms * reads_per_mvm(chip.analog), costs.read);
    return;
  }
  energy["dac"] = joules(c.drives, costs.drive) + joules(c.driven_milli, costs.driven_milli);
  energy["cells"] = joules(c.cell_reads, costs.cell_read) + joules(c.driven_ns, costs.driven_ns);
  energy["sample_hold"] = joules(c.conversions, costs.sample_hold);
  energy["adc"] = joules(c.conversions, costs.conversion);
  energy["shift_add"] = joules(c.conversions, costs.shift_add);
  energy["registers"] = joules(c.drives, costs.input_register) + joules(c.results, costs.output_register);
}

}  // namespace

Counts& Counts::operator+=(const Counts& other) {
  for (const Event& e : events) this->*e.count += other.*e.count;
  return *this;
}

Counts operator*(const Counts& c, std::int64_t n) {
  Counts product;
  for (const Event& e : events) product.*e.count = c.*e.count * n;
  return product;
}

std::int64_t flits_of(int bytes, const NocSpec& noc) {
  return (bytes + noc.flit_bytes - 1) / noc.flit_bytes;
}

Counts counts_of(const Program& program, const Task& task, const Instruction& i, const ChipSpec& chip) {
  Counts counts{.instructions = 1};
  switch (i.op) {
    case Opcode::Load:
    case Opcode::Store:
      counts.io_bytes = i.count;
      break;
    case Opcode::Send: {
      const Channel& c = program.channels[static_cast<std::size_t>(i.channel)];
      const Task& to = program.tasks[static_cast<std::size_t>(c.to)];
      counts.flit_hops = flits_of(c.row_bytes, chip.noc) * mesh_hops(task.tile, to.tile, chip.mesh);
      break;
    }
    case Opcode::Recv:
      if (on_chip(task.kind) && i.reader == 0)
        counts.buffer_write_bytes = program.channels[static_cast<std::size_t>(i.channel)].row_bytes;
      break;
    case Opcode::Mvm: {
      const Stage& stage = program.stages[static_cast<std::size_t>(task.stage)];
      const Block& block = stage.blocks[static_cast<std::size_t>(task.block)];
      counts.buffer_read_bytes =
          static_cast<std::int64_t>(stage.mvms) * block.rows * ((chip.analog.dac.bits + 7) / 8);
      break;
    }
    case Opcode::Vec: {
      const VectorWork& work = vector_work(program, task, i.iteration);
      counts.buffer_read_bytes = work.read_bytes;
      counts.buffer_write_bytes = work.write_bytes;
      break;
    }
    case Opcode::Sync: {
      if (i.reader != 0) break;  // one message, when the last reader is done
      const Channel& c = program.channels[static_cast<std::size_t>(i.channel)];
      const Task& from = program.tasks[static_cast<std::size_t>(c.from)];
      counts.flit_hops = flits_of(credit_bytes, chip.noc) * mesh_hops(task.tile, from.tile, chip.mesh);
      break;
    }
  }
  return counts;
}

Counts mvm_counts(const Block& block, std::int64_t mvms, const ArraySpec& arrays) {
  const MvmEvents one = events_per_mvm(arrays, block.rows, block.cols);
  return {.mvms = mvms,
          .drives = mvms * one.drives,
          .cell_reads = mvms * one.cell_reads,
          .conversions = mvms * one.conversions,
          .results = mvms * one.results};
}

Counts mvm_counts(const Program& program, int stage, int block, const ArraySpec& arrays) {
  const Stage& s = program.stages[static_cast<std::size_t>(stage)];
  return mvm_counts(s.blocks[static_cast<std::size_t>(block)], s.mvms, arrays);
}

namespace {

Counts arithmetic(const VectorWork& work) {
  return {.adds = work.adds, .muls = work.muls, .specials = work.specials, .macs = work.macs};
}

}  // namespace

Counts vec_counts(const Program& program, int stage, int iteration) {
  return arithmetic(home_work(program, stage, iteration));
}

Counts sum_counts(const Program& program, int stage, int term) {
  const Stage& s = program.stages[static_cast<std::size_t>(stage)];
  return arithmetic(s.sums[static_cast<std::size_t>(term) - s.blocks.size()].work);
}

Counts executed(const Program& program, const Task& task, const Instruction& i, const ChipSpec& chip) {
  Counts counts = counts_of(program, task, i, chip);
  if (i.op == Opcode::Mvm) counts += mvm_counts(program, task.stage, task.block, chip.analog);
  if (i.op == Opcode::Vec)
    counts += task.kind == TaskKind::Sum ? sum_counts(program, task.stage, task.block)
                                         : vec_counts(program, task.stage, i.iteration);
  return counts;
}

Counts counts_of(const Program& program, const Task& task, const ChipSpec& chip) {
  Counts total, arithmetic;  // of one `mvm`, or `vec` of a sum, the same for all iterations
  if (task.kind == TaskKind::Array) arithmetic = mvm_counts(program, task.stage, task.block, chip.analog);
  if (task.kind == TaskKind::Sum) arithmetic = sum_counts(program, task.stage, task.block);
  for (const Instruction& i : task.code) {
    total += counts_of(program, task, i, chip);
    if (i.op != Opcode::Mvm && i.op != Opcode::Vec) continue;
    total += task.kind == TaskKind::Vector ? vec_counts(program, task.stage, i.iteration) : arithmetic;
  }
  return total;
}

Counts counts_per_pass(const Program& program, const ChipSpec& chip) {
  Counts total;
  for (const Task& task : program.tasks) total += counts_of(program, task, chip);
  return total;
}

std::map<std::string, double> energy_by_component(const Counts& c, const ChipSpec& chip) {
  const EventCosts costs = event_costs(chip);
  std::map<std::string, double> energy = {
      {"vector", joules(c.adds, costs.add) + joules(c.muls, costs.mul) + joules(c.specials, costs.special)},
      {"buffer",
       joules(c.buffer_read_bytes, costs.buffer_read) + joules(c.buffer_write_bytes, costs.buffer_write)},
      {"bus", joules(c.buffer_read_bytes + c.buffer_write_bytes, costs.bus)},
      {"noc", joules(c.flit_hops * chip.noc.flit_bytes * 8, costs.bit_hop)},
      {"io", joules(c.io_bytes * 8, costs.io_bit)},
      {"control", joules(c.instructions, costs.instruction)}};
  add_reads(energy, c, costs, chip);
  if (chip.matrix.macs_per_cycle > 0) energy["matrix"] = joules(c.macs, costs.mac);
  return energy;
}

double energy_j(const Counts& counts, const ChipSpec& chip) {
  double sum = 0.0;
  for (const auto& [component, energy] : energy_by_component(counts, chip)) sum += energy;
  return sum;
}

void add_activity(std::map<std::string, double>& by_component, const Counts& counts, std::int64_t passes,
                  const ChipSpec& chip) {
  const EventCosts costs = event_costs(chip);
  const auto count = static_cast<double>(passes);
  by_component["dac"] += joules(counts.driven_milli, costs.driven_milli) / count;
  by_component["cells"] += joules(counts.driven_ns, costs.driven_ns) / count;
}

EnergyBoundaries energy_boundaries(const std::map<std::string, double>& by_component) {
  EnergyBoundaries sums;
  for (const char* part : {"mvm", "dac", "cells", "sample_hold", "adc", "shift_add", "registers"})
    if (const auto found = by_component.find(part); found != by_component.end())
      sums.arrays_j += found->second;
  for (const auto& [part, energy] : by_component) sums.chip_and_io_j += energy;
  sums.chip_j = sums.chip_and_io_j - by_component.at("io");
  return sums;
}

std::map<std::string, std::int64_t> named(const Counts& c) {
  std::map<std::string, std::int64_t> by_name;
  for (const Event& e : events)
    if (!e.of_data || c.*e.count != 0) by_name[e.name] = c.*e.count;
  return by_name;
}

}  // namespace mimosa
