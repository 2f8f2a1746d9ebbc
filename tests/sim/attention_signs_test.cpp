// SPDX-License-Identifier: Apache-2.0
// Keys of a grid in arrays: signed copies of the projections of q, k and v, whose bit lines bundle.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "hw/program/geometry.hpp"
#include "hw/program/signed_copies.hpp"
#include "models/nn/sequence.hpp"
#include "sim/engine/correct.hpp"
#include "tests/support/former_graphs.hpp"

using namespace mimosa;

namespace {

constexpr int passes = 3;
constexpr CompilerOptions crossbar{.signs = SignPlace::Crossbar};

/// Those with keys on q, k and v.
std::map<std::string, Graph> signed_graphs() {
  std::map<std::string, Graph> all = former_graphs();
  std::erase_if(all, [](const auto& entry) {
    const int sum = entry.second.find("l0.q_bundle");
    return sum < 0 || !signed_copies(entry.second, sum);
  });
  return all;
}

float largest_of(const std::vector<float>& values) {
  float largest = 0.0F;
  for (const float v : values) largest = std::max(largest, std::abs(v));
  return largest;
}

float largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  float largest = 0.0F;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

/// Values of the first layer's bundles of queries in all passes.
std::vector<float> queries_of(const Machine& machine) {
  const int node = machine.network.graph.find("l0.q_bundle");
  std::vector<float> values;
  static_cast<void>(run_functional(machine.datapath(), machine.chip, machine.inputs,
                                   {.progress = {}, .inspect = [&](const PassState& s) {
                                      const float* first = s.row(node, 0, 0);
                                      values.assign(first, first + s.passes() * s.value_size(node));
                                    }}));
  return values;
}

std::vector<float> outputs_of(const Machine& machine, const Datapath& datapath) {
  return run_functional(datapath, machine.chip, machine.inputs, {.progress = {}, .inspect = {}}).outputs;
}

}  // namespace

TEST_CASE("signed copies: the engines agree bit for bit with all noise on", "[engine][numerics]") {
  REQUIRE(signed_graphs().size() == 5);
  for (const auto& [name, graph] : signed_graphs()) {
    INFO(name);
    const Machine machine = former_machine(graph, passes, noisy_pcm(), chip_with_matrix_unit(), crossbar);
    CHECK(std::count_if(machine.program.stages.begin(), machine.program.stages.end(),
                        [](const Stage& s) { return s.signed_copies; }) == 2 * 3);
    const FunctionalResult both = run_both(machine, machine.datapath());
    CHECK(both.counts == counts_per_pass(machine.program, machine.chip) * passes);
    for (const auto& [threads, batch] : {std::pair{1, 1}, std::pair{2, 2}})
      CHECK(same_bytes(both.outputs,
                       run_functional(machine.datapath(), machine.chip, machine.inputs,
                                      {.threads = threads, .batch = batch, .progress = {}, .inspect = {}})
                           .outputs));
    CHECK(program_from_text(to_text(machine.program)) == machine.program);
  }
}

TEST_CASE("replicas of signed copies: the engines agree", "[engine][numerics]") {
  // Slow arrays, fast digital units, and no stage with more MVMs than the copies: these are copied, too.
  ChipSpec chip = chip_with_matrix_unit();
  chip.mvm.latency_ns = chip.mvm.interval_ns = 200.0;
  chip.matrix.macs_per_cycle = chip.vector.lanes = 4096;
  FormerOptions options = small_former({4, 1});
  options.sharing = Sharing::AttentionAndMlp;
  options.map = FeatureMap::Dpfp;
  const Machine machine = former_machine(mimoformer(options), passes, noisy_pcm(), chip, crossbar);
  int most = 0;
  for (std::size_t s = 0; s < machine.program.stages.size(); ++s)
    if (machine.program.stages[s].signed_copies) most = std::max(most, machine.program.replicas[s]);
  CHECK(most > 1);
  static_cast<void>(run_both(machine, machine.datapath()));
}

TEST_CASE("signed copies give what signs in the vector unit give, when ideal; with noise they do not",
          "[engine][numerics]") {
  ChipSpec chip = chip_with_matrix_unit();
  chip.analog = fine_converters();
  chip.vector.format = chip.matrix.format = NumberFormat::Fp32;
  for (const auto& [name, graph] : signed_graphs()) {
    INFO(name);
    const auto machine = [&](const DeviceSpec& device, const CompilerOptions& options) {
      return former_machine(graph, passes, device, chip, options);
    };
    const Machine digital = machine(DeviceSpec{}, {}), copies = machine(DeviceSpec{}, crossbar);
    // The same 16-bit inputs; a result of 24 bits is off by 2^-24 of its range, and up to three of them and
    // sums in fp32 make a bundle.
    CHECK(largest_difference(queries_of(digital), queries_of(copies)) <
          1e-6F * largest_of(queries_of(digital)));
    // Later on such a difference tips an input code now and then, which is worth 2^-15 of its range.
    const std::vector<float> outputs = outputs_of(digital, digital.datapath());
    CHECK(largest_difference(outputs, outputs_of(copies, copies.datapath())) <
          1e-3F * std::max(1.0F, largest_of(outputs)));
    const Machine noisy = machine(noisy_pcm(), {}), noisy_copies = machine(noisy_pcm(), crossbar);
    CHECK(largest_difference(outputs_of(noisy, noisy.datapath()),
                             outputs_of(noisy_copies, noisy_copies.datapath())) >
          1e-3F * largest_of(outputs));
  }
}

TEST_CASE("every signed copy has device errors of its own", "[engine][numerics]") {
  DeviceSpec device;
  device.programming = noisy_pcm().programming;
  device.programming_noise = 1.0;
  FormerOptions options = small_former({2, 1});
  Machine machine = former_machine(mimoformer(options), 1, device, chip_with_matrix_unit(), crossbar);
  for (auto& [name, tensor] : machine.network.tensors)
    if (name.find(".keys") != std::string::npos) std::fill(tensor.data.begin(), tensor.data.end(), 1.0F);
  const auto stage = std::find_if(machine.program.stages.begin(), machine.program.stages.end(),
                                  [](const Stage& s) { return s.signed_copies; });
  REQUIRE(stage->analog == "l0.q");
  REQUIRE(stage->blocks.size() == 1);
  const auto sums = [&](const DeviceSpec& cells, std::size_t copy) {
    Machine programmed = machine;
    programmed.device = cells;
    const Datapath datapath = programmed.datapath();
    const Array<float>& array =
        datapath.array(static_cast<int>(stage - machine.program.stages.begin()), 0, 0);
    std::vector<float> inputs(array.rows(), 0.0F), out(array.plane_cols());
    for (std::size_t i = 0; i < 12; ++i) inputs[copy * 12 + i] = 100.0F - static_cast<float>(7 * i);
    array.column_sums(inputs.data(), array.rows(), 1, 0, 0, out.data(), out.size());
    return out;
  };
  CHECK(sums(DeviceSpec{}, 0) == sums(DeviceSpec{}, 1));
  CHECK(largest_of(sums(DeviceSpec{}, 0)) > 0.0F);
  CHECK(largest_difference(sums(device, 0), sums(device, 1)) > 1e-3F * largest_of(sums(device, 0)));
}

TEST_CASE(
    "signed copies take an MVM a bundle instead of one a sequence, and no vector work for signs and sums",
    "[compiler]") {
  const auto up = [](int a, int b) { return (a + b - 1) / b; };
  for (const Grid grid : {Grid{2, 2}, Grid{4, 4}, Grid{2, 3}}) {
    FormerOptions o = small_former(grid);
    o.channels = 40;  // two, three and four of them need more than one array of 64 word lines
    const Network network = random_network(mimoformer(o), "n");
    const ChipSpec chip = chip_with_matrix_unit();
    const Counts digital = counts_per_pass(compile(network, chip, {}).program, chip);
    const Program program = compile(network, chip, crossbar).program;
    const Counts copies = counts_per_pass(program, chip);
    const int m = grid.m, n = grid.n, g = m * n, lines = o.heads * o.head_channels;
    const std::int64_t layers = o.layers, positions = o.length;
    // q: N bundles of M copies; k and v: M bundles of N copies.
    const std::int64_t arrays = n * up(m * o.channels, 64) + 2 * m * up(n * o.channels, 64);
    CHECK(digital.mvms - copies.mvms == layers * positions * (3 * g * up(o.channels, 64) - arrays));
    CHECK(energy_by_component(copies, chip).at("mvm") ==
          Approx(static_cast<double>(copies.mvms) * chip.mvm.energy_pj * 1e-12).epsilon(1e-12));
    // Digital: scale, shift and sign of every sequence's element, then the sum and its factor. Copies: a
    // multiply-add for every partial sum beyond one, scale and shift of every bundle's element.
    const std::int64_t elements = layers * positions * lines, bundles = n + 2 * m;
    const auto steps = [&](int added) {
      const int terms = up(added * o.channels, 64);
      return terms == 1 ? 1 : terms + 1;
    };
    const std::int64_t after = n * steps(m) + 2 * m * steps(n);
    CHECK(digital.muls - copies.muls == elements * (3 * g + 3 * g + bundles - after));
    CHECK(digital.adds - copies.adds == elements * (3 * g + (m - 1) * n + 2 * (n - 1) * m - after));
    CHECK(digital.macs == copies.macs);
  }
}

TEST_CASE("an exact chip with signed copies needs no correction of its columns", "[engine][numerics]") {
  ChipSpec chip = chip_with_matrix_unit();
  chip.analog = fine_converters();
  chip.vector.format = chip.matrix.format = NumberFormat::Fp32;
  const Machine machine =
      former_machine(former_graphs().at("2x3 att.+MLP"), passes, DeviceSpec{}, chip, crossbar);
  const std::vector<float> before = outputs_of(machine, machine.datapath());
  Datapath corrected = machine.datapath();
  fit_columns(corrected, ReferencePasses(machine.network, machine.program, machine.images));
  CHECK(largest_difference(before, outputs_of(machine, corrected)) < 1e-3F * largest_of(before));
}

TEST_CASE("a projection that others read keeps its signs in the vector unit", "[compiler]") {
  Graph graph = former_graphs().at("2x2 att.");
  const int q = graph.find("l0.q_bundle"), k = graph.find("l0.k_bundle");
  CHECK(signed_copies(graph, q));
  CHECK(signed_copies(graph, k));
  CHECK_FALSE(signed_copies(graph, graph.find("l0.q")));
  graph.nodes[static_cast<std::size_t>(graph.find("l0.k_heads"))].inputs = {graph.find("l0.q")};
  CHECK_FALSE(signed_copies(graph, q));
  CHECK_FALSE(signed_copies(graph, k));
  CHECK(signed_copies(graph, graph.find("l0.v_bundle")));
  const Graph mux = former_graphs().at("DataMUX");
  CHECK_FALSE(signed_copies(mux, mux.find("mean")));
}

TEST_CASE("signs before the output projection are turned by its converters, other keys multiply",
          "[compiler]") {
  const auto counts = [](const FormerOptions& o, bool bipolar) {
    Network network = random_network(mimoformer(o), "n");
    for (Node& node : network.graph.nodes) node.sequence.bipolar = bipolar;
    const ChipSpec chip = chip_with_matrix_unit();
    return counts_per_pass(compile(network, chip, {}).program, chip);
  };
  FormerOptions o = small_former({2, 3});
  const Counts signs = counts(o, true), factors = counts(o, false);
  CHECK(factors.muls - signs.muls == std::int64_t{o.layers} * 6 * o.length * o.heads * o.head_channels);
  CHECK(factors.adds == signs.adds);
  CHECK(factors.mvms == signs.mvms);
  o.sharing = Sharing::AttentionAndMlp;  // a common output projection: what is unbound goes into a sum
  CHECK(counts(o, true).muls == counts(o, false).muls);
}

TEST_CASE("only keys of plus and minus one are signs", "[network]") {
  Network network = random_network(former_graphs().at("2x2 att."), "n");
  Tensor& keys = network.tensors.at("l0.q_bind.keys");
  for (std::size_t i = 0; i < keys.data.size(); ++i) keys.data[i] = i % 3 == 0 ? -1.0F : 1.0F;
  const auto bipolar = [&](const std::string& name) {
    note_signs(network);
    return network.graph.nodes[static_cast<std::size_t>(network.graph.find(name))].sequence.bipolar;
  };
  CHECK(bipolar("l0.q_bind"));
  CHECK(bipolar("l0.unbind"));  // has the keys of q
  keys.data.back() = 0.5F;
  CHECK_FALSE(bipolar("l0.q_bind"));
  CHECK_FALSE(bipolar("l0.unbind"));
}
