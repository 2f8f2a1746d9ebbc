// SPDX-License-Identifier: Apache-2.0
#include "hw/program/counts.hpp"

namespace mimosa {

Counts& Counts::operator+=(const Counts& o) {
  mvms += o.mvms;
  adds += o.adds;
  muls += o.muls;
  specials += o.specials;
  buffer_read_bytes += o.buffer_read_bytes;
  buffer_write_bytes += o.buffer_write_bytes;
  flit_hops += o.flit_hops;
  io_bytes += o.io_bytes;
  instructions += o.instructions;
  return *this;
}

Counts operator*(const Counts& c, std::int64_t n) {
  return {.mvms = c.mvms * n,
          .adds = c.adds * n,
          .muls = c.muls * n,
          .specials = c.specials * n,
          .buffer_read_bytes = c.buffer_read_bytes * n,
          .buffer_write_bytes = c.buffer_write_bytes * n,
          .flit_hops = c.flit_hops * n,
          .io_bytes = c.io_bytes * n,
          .instructions = c.instructions * n};
}

std::int64_t flits_of(int bytes, const NocSpec& noc) {
  return (bytes + noc.flit_bytes - 1) / noc.flit_bytes;
}

Counts counts_of(const Program& program, const Task& task, const Instruction& i, const ChipSpec& chip) {
  Counts counts{.instructions = 1};
  const bool on_chip = task.kind == TaskKind::Array || task.kind == TaskKind::Vector;
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
      if (on_chip)
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
      const VectorWork& work = program.work[static_cast<std::size_t>(task.stage)];
      counts.buffer_read_bytes = work.read_bytes;
      counts.buffer_write_bytes = work.write_bytes;
      break;
    }
    case Opcode::Sync:
      break;
  }
  return counts;
}

Counts mvm_counts(const Program& program, int stage) {
  return {.mvms = program.stages[static_cast<std::size_t>(stage)].mvms};
}

Counts vec_counts(const Program& program, int stage) {
  const VectorWork& work = program.work[static_cast<std::size_t>(stage)];
  return {.adds = work.adds, .muls = work.muls, .specials = work.specials};
}

Counts counts_per_pass(const Program& program, const ChipSpec& chip) {
  Counts total;
  for (const Task& task : program.tasks)
    for (const Instruction& i : task.code) {
      total += counts_of(program, task, i, chip);
      if (i.op == Opcode::Mvm) total += mvm_counts(program, task.stage);
      if (i.op == Opcode::Vec) total += vec_counts(program, task.stage);
    }
  return total;
}

std::map<std::string, double> energy_by_component(const Counts& c, const ChipSpec& chip) {
  const auto joules = [](std::int64_t events, double pj) { return static_cast<double>(events) * pj * 1e-12; };
  const VectorSpec& v = chip.vector;
  return {{"mvm", joules(c.mvms * reads_per_mvm(chip.analog), chip.mvm.energy_pj)},
          {"vector", joules(c.adds, v.add_pj) + joules(c.muls, v.mul_pj) + joules(c.specials, v.special_pj)},
          {"buffer", joules(c.buffer_read_bytes, chip.buffer.read_pj_per_byte) +
                         joules(c.buffer_write_bytes, chip.buffer.write_pj_per_byte)},
          {"noc", joules(c.flit_hops * chip.noc.flit_bytes * 8, chip.noc.energy_pj_per_bit_hop)},
          {"io", joules(c.io_bytes * 8, chip.io.energy_pj_per_bit)},
          {"control", joules(c.instructions, chip.instruction_pj)}};
}

std::map<std::string, std::int64_t> named(const Counts& c) {
  return {{"mvms", c.mvms},
          {"vector_adds", c.adds},
          {"vector_muls", c.muls},
          {"vector_specials", c.specials},
          {"buffer_read_bytes", c.buffer_read_bytes},
          {"buffer_write_bytes", c.buffer_write_bytes},
          {"noc_flit_hops", c.flit_hops},
          {"io_bytes", c.io_bytes},
          {"instructions", c.instructions}};
}

}  // namespace mimosa
