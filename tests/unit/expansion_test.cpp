// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/expansion.hpp"

#include <set>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/config/axis_values.hpp"
#include "sim/config/effective.hpp"
#include "tests/support/config_fixture.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

namespace mimosa {
namespace {

Axis axis(const std::string& key, const std::string& text) {
  return axis_of_text(key, text, "sweep: " + key);
}

Expansion expand(const std::string& path, const std::vector<Axis>& axes,
                 const std::vector<Setting>& settings = {}) {
  return Expansion(make_plan(path, settings, axes));
}

std::set<std::uint64_t> seeds(Expansion& points) {
  std::set<std::uint64_t> seeds;
  for (std::size_t i = 0; i < points.size(); ++i) seeds.insert(points.experiment(i).seed);
  return seeds;
}

}  // namespace

TEST_CASE("a grid holds every combination, the last axis fastest", "[sweep]") {
  const ConfigFixture configs;
  Expansion grid = expand(configs.experiment("network: net_a\nchip: small\ndevice: noisy\n"
                                             "axes: {network: [net_a, net_b], chip.adc.bits: '4,8'}\n"),
                          {axis("device.drift", "0,0.5")});
  REQUIRE(grid.size() == 8);
  CHECK(to_text(grid.axes(0)) == "network=net_a chip.adc.bits=4 device.drift=0");
  CHECK(grid.experiment(1).device.drift == 0.5);
  CHECK(grid.experiment(2).chip.analog.adc.bits == 8);
  CHECK(grid.experiment(4).networks[0] == "net_b");
}

TEST_CASE("an axis of the command line takes the place of the file's", "[sweep]") {
  const ConfigFixture configs;
  Expansion grid = expand(configs.experiment("network: net_a\naxes: {chip.adc.bits: [4, 8]}\n"),
                          {axis("chip.adc.bits", "6")});
  REQUIRE(grid.size() == 1);
  CHECK(grid.experiment(0).chip.analog.adc.bits == 6);
}

TEST_CASE("settings hold for every point, also where an axis names the part they change", "[sweep]") {
  const ConfigFixture configs;
  Expansion grid =
      expand(configs.experiment("network: net_a\nchip: small\n"),
             {axis("chip.adc.bits", "7"), axis("chip", "small,small_fine")}, {{"chip.dac.bits", "5"}});
  REQUIRE(grid.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(grid.experiment(i).chip.analog.dac.bits == 5);
    CHECK(grid.experiment(i).chip.analog.adc.bits == 7);
  }
  CHECK(grid.experiment(1).chip.name == "small_fine");
}

TEST_CASE("exchanged hashes give the address of the whole config, whatever the axes", "[sweep]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment(
      "network: net_a\nchip: small\ndevice: noisy\naxes:\n"
      "  chip: [small, small_fine]\n"
      "  variants: {plain: {}, noisy: {device.read_noise: 0.5, chips: 3}, timed: {engine: timing}}\n"
      "  zip: {chip.array.rows: [64, 128], chip.array.cols: [64, 256]}\n"
      "  device.time_s: {range: [1, 1000], steps: 3, scale: log}\n");
  Expansion grid = expand(path, {});
  REQUIRE(grid.size() == 36);
  InputHashes inputs;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const Experiment e = grid.experiment(i);  // would throw, too, were they different
    Digest whole = digest_of(e);
    CHECK((whole += inputs.of(e)) == grid.address(i));
    CHECK((e.chips == 3) == (e.device.read_noise == 0.5));
  }
  // A point found by other axes is the same point.
  Expansion other = expand(configs.experiment("network: net_a\nchip: small_fine\ndevice: noisy\n"),
                           {axis("chip.array.rows", "128")},
                           {{"engine", "timing"}, {"chip.array.cols", "256"}, {"device.time_s", "1000"}});
  CHECK(other.address(0) == grid.address(35));
}

TEST_CASE("what no result depends on changes no address, what it does depend on does", "[sweep]") {
  const ConfigFixture configs;
  const auto address = [&](const std::string& text) {
    return expand(configs.experiment("network: net_a\n" + text), {axis("chips", "1")}).address(0).hex();
  };
  const std::string plain = address("");
  CHECK(plain.size() == 64);
  CHECK(address("name: other\nthreads: 3\nbatch: 7\ndescription: x\n") == plain);
  CHECK(address("seed: 2\n") != plain);
  configs.folder.write("network/net_a.yaml", "description: changed\n");
  CHECK(address("") != plain);
}

TEST_CASE("chip samples are those of the experiment's seed at every point, unless asked", "[sweep]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment("network: net_a\nseed: 5\n");
  const std::vector<Axis> bits = {axis("chip.adc.bits", "4,6,8")};
  Expansion plain = expand(path, bits);
  CHECK(seeds(plain) == std::set<std::uint64_t>{5});
  Expansion repeated = expand(path, bits, {{"sweep.repeats", "4"}});
  REQUIRE(repeated.size() == 12);
  CHECK(to_text(repeated.axes(5)) == "chip.adc.bits=6 repeat=1");
  CHECK(seeds(repeated).size() == 4);
  CHECK(repeated.experiment(0).seed == 5);
  CHECK(repeated.experiment(1).seed == repeated.experiment(5).seed);
  CHECK(repeated.address(4) == plain.address(1));
  Expansion own = expand(path, bits, {{"sweep.repeats", "4"}, {"sweep.seeds", "own"}});
  CHECK(seeds(own).size() == 12);
  // Of its config alone: other axes around it change nothing.
  Expansion alone =
      expand(path, {axis("chip.adc.bits", "6")}, {{"sweep.repeats", "2"}, {"sweep.seeds", "own"}});
  CHECK(alone.address(1) == own.address(5));
}

TEST_CASE("where leaves points out before they are checked", "[sweep]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment(
      "network: net_a\nchip: small\naxes: {chip.array.rows: [64, 128, 256], chip.array.cols: [64, 128, "
      "256]}\n"
      "sweep: {where: [chip.array.rows * chip.array.cols <= 16384, chip.array.rows >= chip.array.cols]}\n");
  Expansion points = expand(path, {});
  REQUIRE(points.size() == 4);
  CHECK(to_text(points.axes(1)) == "chip.array.rows=128 chip.array.cols=64");
  // A device without a law has no read noise to set.
  const std::string laws = "network: net_a\naxes: {device: [noisy, ideal], device.drift.nu_mean: [0.1]}\n";
  CHECK_THROWS_WITH(
      expand(configs.experiment("network: net_a\naxes: {chips: [1, 2]}\nsweep: {where: chips > 5}\n"), {}),
      "sweep.where: leaves no point");
  CHECK_THROWS_WITH(
      expand(configs.experiment("network: net_a\naxes: {chips: [1]}\nsweep: {where: chip.bits > 5}\n"), {}),
      "sweep.where: \"chip.bits > 5\": chip.bits: no such key");
  const auto where = [&](const std::string& condition) {
    return expand(
        configs.experiment("network: net_a\naxes: {chips: [1]}\nsweep: {where: " + condition + "}\n"), {});
  };
  CHECK_THROWS_WITH(where("chipz > 5"),
                    EndsWith("chipz: no such key; did you mean chips? as a text it is 'chipz'"));
  CHECK_THROWS_WITH(where("chip == hermes"), EndsWith("hermes: no such key; as a text it is 'hermes'"));
}

TEST_CASE("a mistake in any point is told before the first one runs", "[sweep][error]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment("network: net_a\n");
  CHECK_THROWS_WITH(expand(path, {axis("chip.adc.bits", "8,40")}),
                    StartsWith("axis: chip.adc.bits: 40 bits is outside"));
  CHECK_THROWS_WITH(expand(path, {axis("chip.adc.bitz", "8")}), Contains("did you mean bits?"));
  CHECK_THROWS_WITH(expand(path, {}), StartsWith("sweep: no axes"));
  const std::string in_file = configs.folder.write(
      "experiment/axes.yaml", "network: net_a\naxes:\n  chips: [1, 2]\n  chip.adc.bit: [4, 8]\n");
  CHECK_THROWS_WITH(expand(in_file, {}),
                    StartsWith(in_file + ":4: axis: chip.adc.bit: no such key; did you mean bits?"));
  CHECK_THROWS_WITH(expand(path, {axis("chips", "1,2")}, {{"chips", "3"}}),
                    "--set: chips is an axis of the sweep; give its values as chips=3");
  CHECK_THROWS_WITH(expand(path, {axis("threads", "1,2")}), "axis: threads: no result depends on it");
  CHECK_THROWS_WITH(expand(path, {axis("seed", "1,2")}, {{"sweep.repeats", "2"}}),
                    "sweep.repeats: seed: stands on two axes; allowed: one");
  CHECK_THROWS_WITH(
      expand(path, {axis("device.read_noise", "1,1.0")}),
      "sweep: two points are the same, device.read_noise=1 and device.read_noise=1.0; leave one out");
  CHECK_THROWS_WITH(expand(path, {axis("chips", "linear(1,10000)"), axis("inputs", "linear(1,10000)")}),
                    "sweep: more than 10000000 points; give fewer values");
  CHECK_THROWS_WITH(expand(path, {axis("device.read_noise", "linear(0,1)")}),
                    StartsWith("axis: device.read_noise: a range without steps"));
  CHECK_THROWS_WITH(expand(path, {axis("device.g_min_us", "1,30")}),
                    Contains("at device.g_min_us=30: device.g_min_us: 30"));
}

TEST_CASE("a config file that changes under a sweep is told, not mixed in", "[sweep][error]") {
  const ConfigFixture configs;
  Expansion points = expand(configs.experiment("network: net_a\nchip: small\n"), {axis("chips", "1,2")});
  CHECK(points.experiment(1).chips == 2);
  configs.folder.write("chip/small.yaml", "mesh: {rows: 2, cols: 2}\nadc:\n  bits: 5\n");
  CHECK_THROWS_WITH(points.experiment(1), Contains("a config file changed since the sweep began"));
}

TEST_CASE("a network that changes under a sweep is told, though its hash is known", "[sweep][error]") {
  const ConfigFixture configs;
  Expansion points = expand(configs.experiment("network: net_a\nchip: small\n"), {axis("chips", "1,2")});
  points.check_inputs();
  const std::string file = network_file(points.experiment(0), "net_a");
  const std::string text = read_file(file);
  configs.folder.write("network/net_a.yaml", text + "# longer\n");
  CHECK_THROWS_WITH(points.check_inputs(), file + ": changed since the sweep began; start it again");
}

TEST_CASE("samplers draw from ranges and steps, repeats behind each", "[sweep]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment(
      "network: net_a\ndevice: noisy\naxes:\n  device.read_noise: {range: [0, 2]}\n  chip: [small, "
      "small_fine]\n"
      "  chip.adc.bits: {range: [4, 8]}\n"
      "sweep: {method: sobol, points: 16, repeats: 2}\n");
  Expansion points = expand(path, {});
  REQUIRE(points.size() == 32);
  std::set<double> noises;
  std::size_t fine = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Experiment e = points.experiment(i);
    noises.insert(e.device.read_noise);
    fine += e.chip.name == "small_fine" ? 1 : 0;
  }
  CHECK(noises.size() == 16);
  CHECK(fine == 16);
  // Few whole numbers: each point is drawn once.
  Expansion few = expand(configs.experiment("network: net_a\naxes: {chips: {range: [1, 3]}}\n"
                                            "sweep: {method: random, points: 100}\n"),
                         {});
  CHECK(few.size() == 3);
}

}  // namespace mimosa
