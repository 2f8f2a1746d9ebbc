// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

#include "hw/spec/mvm_cost.hpp"
#include "models/base/format.hpp"
#include "models/crossbar/array_spec.hpp"

namespace mimosa {

/// Routers in rows and columns, each with its tiles; tiles are numbered router by router, row by row.
struct MeshSpec {
  int rows = 8, cols = 8;
  int concentration = 1;  ///< tiles that share a router, each with a local port of its own
  int tile_count = 0;     ///< tiles that are there, the last places stay empty; 0: all

  [[nodiscard]] int routers() const { return rows * cols; }
  [[nodiscard]] int tiles() const { return tile_count > 0 ? tile_count : routers() * concentration; }
};
/// Links between the routers of two tiles: 0 for tiles of one router.
[[nodiscard]] int mesh_hops(int from, int to, const MeshSpec& mesh);

struct TileParts {
  int dpes = 1;  ///< dot-product engines per tile; each works on its own
  int arrays_per_dpe = 1;
};
struct ArrayShape {
  int rows = 256, cols = 256;
};
/// What a bundle of N slots is stored as where the vector unit computes in integers. Same: as every value, so
/// that it saturates N times earlier. Wider: with ⌈log2 N⌉ bits more. Requantise: with as many fraction bits
/// fewer, in the same width.
enum class BundleFormat { Same, Wider, Requantise };

struct VectorSpec {
  int lanes = 64;          ///< elements per cycle and operation
  int latency_cycles = 4;  ///< added once per instruction
  NumberFormat format = NumberFormat::Fp16;
  int fraction_bits = 8;  ///< int16 only
  BundleFormat bundle = BundleFormat::Same;
  double add_pj = 0.0555, mul_pj = 0.1527, special_pj = 0.5;
  double from_nm = 0.0;  ///< node of these energies, scaled to the chip's; 0: the chip's
  double area_mm2 = 0.0;
};
/// Products of two values that change with every pass (attention); weights are in arrays.
struct MatrixUnitSpec {
  int macs_per_cycle = 0;  ///< 0: the chip has none
  NumberFormat format = NumberFormat::Fp16;
  double mac_pj = 0.2083;  ///< multiply and add, operands included
  double from_nm = 0.0;    ///< node of this energy, scaled to the chip's; 0: the chip's
  double area_mm2 = 0.0;
};
struct BufferSpec {
  int bytes = 65536;  ///< per tile
  double read_pj_per_byte = 0.07, write_pj_per_byte = 0.10;
  double bus_pj_per_byte = 0.0;  ///< between the buffer and the DPEs, both ways
  double bytes_per_ns = 0.0;     ///< at peak power; transfers do not wait for it
  double from_nm = 0.0;          ///< node of these energies, scaled to the chip's; 0: the chip's
  double area_mm2 = 0.0;         ///< with its bus
};
struct NocSpec {
  int flit_bytes = 32;    ///< moved per cycle and link
  int hop_cycles = 2;     ///< router and link, from input buffer to input buffer
  int buffer_flits = 64;  ///< per router input
  int credit_cycles = 1;  ///< from a flit's departure to its place being usable upstream
  int packet_flits = 32;  ///< longest packet; it may be longer than a buffer (wormhole)
  double energy_pj_per_bit_hop = 0.0139;
  int ports = 5;  ///< of a router, all busy at peak power
  double router_static_mw = 0.0, router_area_mm2 = 0.0;
};
struct IoSpec {
  int bytes_per_cycle = 64;
  double energy_pj_per_bit = 3.9;
};
struct StaticSpec {
  double dpe_mw = 0.0, tile_mw = 1.0, chip_mw = 0.0;  ///< what no part names: leakage, clocks
};
struct AreaSpec {
  double dpe_mm2 = 0.0, tile_mm2 = 0.634, chip_mm2 = 0.0;  ///< what no part names
};

/// What a chip is: a mesh of tiles, each with DPEs, a vector unit and a buffer. Plain data.
struct ChipSpec {
  std::string name = "hermes";
  double clock_ghz = 1.0;
  double node_nm = 14.0;
  MeshSpec mesh;
  TileParts tile;
  ArrayShape array;
  ArraySpec analog;
  MvmCost mvm;
  VectorSpec vector;
  MatrixUnitSpec matrix;
  BufferSpec buffer;
  NocSpec noc;
  IoSpec io;
  double instruction_pj = 1.0;  ///< fetch and decode
  StaticSpec idle;
  AreaSpec area;

  [[nodiscard]] int tiles() const { return mesh.tiles(); }
  [[nodiscard]] int arrays_per_tile() const { return tile.dpes * tile.arrays_per_dpe; }
  [[nodiscard]] int arrays() const { return tiles() * arrays_per_tile(); }
};

/// The one place that names the keys, units, limits and meanings of a ChipSpec.
template <class Visitor>
void describe(Visitor& v, ChipSpec& s) {
  v.field("clock_ghz", s.clock_ghz, "GHz", "clock of the digital parts", 0.001, 10.0);
  v.field("node_nm", s.node_nm, "nm", "technology node", 7.0, 130.0);
  v.section("mesh", "tiles on the chip", [&](auto& m) {
    m.field("rows", s.mesh.rows, "routers", "rows of the mesh", 1, 256);
    m.field("cols", s.mesh.cols, "routers", "columns of the mesh", 1, 256);
    m.field("concentration", s.mesh.concentration, "tiles", "tiles that share a router", 1, 64);
    m.field("tiles", s.mesh.tile_count, "tiles", "tiles that are there, the last places empty; 0: all", 0,
            1 << 22);
  });
  v.section("tile", "what a tile holds", [&](auto& m) {
    m.field("dpes", s.tile.dpes, "1", "dot-product engines per tile, working in parallel", 1, 256);
    m.field("arrays_per_dpe", s.tile.arrays_per_dpe, "1", "arrays per engine, read in parallel", 1, 256);
  });
  v.section("array", "one analog array (differential pairs)", [&](auto& m) {
    m.field("rows", s.array.rows, "lines", "word lines", 1, 8192);
    m.field("cols", s.array.cols, "lines",
            "bit-line pairs; a pair scheme without slices holds one column in each", 1, 8192);
  });
  v.section("weights", "how weights become conductances", "models/crossbar/array_spec.hpp",
            [&](auto& m) { describe(m, s.analog.weights); });
  v.section("dac", "input converters", "models/converter/dac.hpp",
            [&](auto& m) { describe(m, s.analog.dac); });
  v.section("read", "how an array is read", "models/crossbar/array_spec.hpp",
            [&](auto& m) { describe(m, s.analog.read); });
  v.section("wires", "resistance of the lines", "models/crossbar/wires.hpp",
            [&](auto& m) { describe(m, s.analog.wires); });
  v.section("adc", "output converters", "models/converter/adc_spec.hpp",
            [&](auto& m) { describe(m, s.analog.adc); });
  v.section("mvm",
            "time, energy and area of reading one array; an MVM takes a read for each part of the inputs",
            [&](auto& m) { describe(m, s.mvm); });
  v.section("vector", "digital vector unit of a tile", [&](auto& m) {
    m.field("lanes", s.vector.lanes, "1", "elements per cycle", 1, 65536);
    m.field("latency_cycles", s.vector.latency_cycles, "cycles", "pipeline depth, once per instruction", 0,
            1000);
    m.choice("format", s.vector.format, "number format every result is rounded to",
             {{"fp32", NumberFormat::Fp32},
              {"bf16", NumberFormat::Bf16},
              {"fp16", NumberFormat::Fp16},
              {"int16", NumberFormat::Int16}});
    m.field("fraction_bits", s.vector.fraction_bits, "bits",
            "binary point of values in int16; sums of codes keep what fits", 0, 15);
    m.choice(
        "bundle", s.vector.bundle,
        "a bundle of N slots in int16: as every value, ceil(log2 N) bits wider, or with as many fraction "
        "bits fewer",
        {{"same", BundleFormat::Same},
         {"wider", BundleFormat::Wider},
         {"requantise", BundleFormat::Requantise}});
    m.field("add_pj", s.vector.add_pj, "pJ", "one addition or comparison", 0.0, 1e6);
    m.field("mul_pj", s.vector.mul_pj, "pJ", "one multiplication", 0.0, 1e6);
    m.field("special_pj", s.vector.special_pj, "pJ", "one look-up (sigmoid, tanh, exp, reciprocal, 1/root)",
            0.0, 1e6);
    m.field("from_nm", s.vector.from_nm, "nm", "node of these energies, scaled to node_nm; 0: not scaled",
            0.0, 130.0);
    m.field("area_mm2", s.vector.area_mm2, "mm2", "silicon", 0.0, 1e4);
  });
  v.section(
      "matrix", "digital matrix unit of a tile: products of two changing values (attention)", [&](auto& m) {
        m.field("macs_per_cycle", s.matrix.macs_per_cycle, "1", "multiply-adds per cycle; 0: no such unit", 0,
                1 << 20);
        m.choice("format", s.matrix.format,
                 "number format of its operands and results; sums are kept in fp32",
                 {{"fp32", NumberFormat::Fp32}, {"bf16", NumberFormat::Bf16}, {"fp16", NumberFormat::Fp16}});
        m.field("mac_pj", s.matrix.mac_pj, "pJ", "one multiply-add", 0.0, 1e6);
        m.field("from_nm", s.matrix.from_nm, "nm", "node of this energy, scaled to node_nm; 0: not scaled",
                0.0, 130.0);
        m.field("area_mm2", s.matrix.area_mm2, "mm2", "silicon", 0.0, 1e4);
      });
  v.section("buffer", "local memory of a tile", [&](auto& m) {
    m.field("bytes", s.buffer.bytes, "B", "size", 64, 1 << 30);
    m.field("read_pj_per_byte", s.buffer.read_pj_per_byte, "pJ/B", "energy of a read", 0.0, 1e6);
    m.field("write_pj_per_byte", s.buffer.write_pj_per_byte, "pJ/B", "energy of a write", 0.0, 1e6);
    m.field("bus_pj_per_byte", s.buffer.bus_pj_per_byte, "pJ/B", "bus to the DPEs, both ways", 0.0, 1e6);
    m.field("bytes_per_ns", s.buffer.bytes_per_ns, "B/ns",
            "moved at peak power; transfers do not wait for it", 0.0, 1e6);
    m.field("from_nm", s.buffer.from_nm, "nm", "node of these energies, scaled to node_nm; 0: not scaled",
            0.0, 130.0);
    m.field("area_mm2", s.buffer.area_mm2, "mm2", "silicon, bus included", 0.0, 1e4);
  });
  v.section("noc", "mesh network", [&](auto& m) {
    m.field("flit_bytes", s.noc.flit_bytes, "B", "moved per cycle and link", 1, 4096);
    m.field("hop_cycles", s.noc.hop_cycles, "cycles", "router and link, from buffer to buffer", 1, 1000);
    m.field("buffer_flits", s.noc.buffer_flits, "flits", "input buffer of a router port", 1, 1 << 20);
    m.field("credit_cycles", s.noc.credit_cycles, "cycles",
            "from a flit's departure to its place being usable upstream", 1, 1000);
    m.field("packet_flits", s.noc.packet_flits, "flits", "longest packet; it may exceed a buffer", 1,
            1 << 20);
    m.field("energy_pj_per_bit_hop", s.noc.energy_pj_per_bit_hop, "pJ/bit", "router and link", 0.0, 1e6);
    m.field("ports", s.noc.ports, "1", "ports of a router, all busy at peak power", 1, 64);
    m.field("router_static_mw", s.noc.router_static_mw, "mW", "one router, always", 0.0, 1e6);
    m.field("router_area_mm2", s.noc.router_area_mm2, "mm2", "one router", 0.0, 1e4);
  });
  v.section("io", "link to the host", [&](auto& m) {
    m.field("bytes_per_cycle", s.io.bytes_per_cycle, "B", "bandwidth", 1, 1 << 20);
    m.field("energy_pj_per_bit", s.io.energy_pj_per_bit, "pJ/bit", "off-chip transfer", 0.0, 1e6);
  });
  v.section("control", "tile controllers", [&](auto& m) {
    m.field("instruction_pj", s.instruction_pj, "pJ", "fetch and decode of one instruction", 0.0, 1e6);
  });
  v.section("static", "power while idle of what no part names", [&](auto& m) {
    m.field("dpe_mw", s.idle.dpe_mw, "mW", "per dot-product engine", 0.0, 1e6);
    m.field("tile_mw", s.idle.tile_mw, "mW", "per tile", 0.0, 1e6);
    m.field("chip_mw", s.idle.chip_mw, "mW", "outside the tiles", 0.0, 1e9);
  });
  v.section("area", "silicon of what no part names", [&](auto& m) {
    m.field("dpe_mm2", s.area.dpe_mm2, "mm2", "per dot-product engine", 0.0, 1e4);
    m.field("tile_mm2", s.area.tile_mm2, "mm2", "per tile", 0.0, 1e4);
    m.field("chip_mm2", s.area.chip_mm2, "mm2", "outside the tiles", 0.0, 1e5);
  });
}

/// Cross-field rules: times at least one clock cycle, a packet buffer that holds a flit, …; UserError.
void check(const ChipSpec& spec);

}  // namespace mimosa
