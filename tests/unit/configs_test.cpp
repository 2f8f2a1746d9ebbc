// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

#include "hw/spec/budget.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/experiment_reader.hpp"

namespace mimosa {
namespace {

const std::string configs = MIMOSA_CONFIGS;

/// Power of a node at 0.8 V after Stillmaker & Baas (2017), as Accelergy tabulates it: a V^2 + b V + c.
double power(double a, double b, double c) {
  return a * 0.8 * 0.8 + b * 0.8 + c;
}

}  // namespace

TEST_CASE("every chip, device and experiment in configs loads and says what it is", "[config][golden]") {
  for (const std::string kind : {"chip", "device", "experiment"}) {
    const std::vector<ConfigListing> files = list_configs(kind, {configs});
    CHECK(files.size() >= 2);
    CHECK(std::filesystem::exists(configs + '/' + kind + "/README.md"));
    for (const ConfigListing& file : files) {
      INFO(file.path);
      CHECK(!file.description.empty());
      if (kind == "chip") CHECK_NOTHROW(load_chip(file.path, {configs}));
      if (kind == "device") CHECK_NOTHROW(load_device(file.path, {configs}));
      if (kind == "experiment") CHECK_NOTHROW(load_experiment(file.path, {}));
    }
  }
}

TEST_CASE("every device stands in the table of its README", "[config]") {
  std::ifstream file(configs + "/device/README.md");
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  for (const ConfigListing& device : list_configs("device", {configs}))
    CHECK_THAT(readme, Catch::Matchers::Contains('`' + device.name + '`'));
}

TEST_CASE("hermes holds the published figures and the arithmetic it states", "[config]") {
  const ChipSpec hermes = load_chip(configs + "/chip/hermes.yaml", {configs});
  const double operations = 2.0 * 256 * 256;
  CHECK(hermes.arrays() == 64);
  CHECK(hermes.mvm.latency_ns == Approx(operations / (63.1e12 / 64) * 1e9).epsilon(1e-4));
  CHECK(hermes.mvm.energy_pj == Approx(operations / 9.76e12 * 1e12).epsilon(1e-4));
  CHECK(hermes.area.tile_mm2 == Approx(1.008 / 1.59).epsilon(1e-3));
  const double p45 = power(1.103, -0.362, 0.2767), p14 = power(0.2363, -0.09675, 0.02239);
  const double p32 = power(0.9559, -0.7823, 0.471), p20 = power(0.373, -0.1582, 0.04104);
  const double p28 = p20 + (28.0 - 20.0) / (32.0 - 20.0) * (p32 - p20);
  CHECK(hermes.vector.add_pj == Approx(0.4 * p14 / p45).epsilon(1e-5));
  CHECK(hermes.vector.mul_pj == Approx(1.1 * p14 / p45).epsilon(1e-5));
  CHECK(hermes.buffer.read_pj_per_byte == Approx(8 * 0.0347 * p14 / p28).epsilon(1e-5));
  CHECK(hermes.buffer.write_pj_per_byte == Approx(8 * 0.0486 * p14 / p28).epsilon(1e-5));
}

TEST_CASE("published designs have the wires of their technology, at level ideal", "[config]") {
  for (const auto& [name, node] : {std::pair{"isaac", 32}, {"puma", 32}, {"neurram", 130}}) {
    const WireSpec wires = load_chip(configs + "/chip/" + name + ".yaml", {configs}).analog.wires;
    const double ohm = wire_ohm_per_cell(node, 4.0, WireBarrier::Ignored);
    CHECK(wires.level == WireLevel::Ideal);
    CHECK(wires.word_ohm == Approx(ohm).epsilon(1e-3));
    CHECK(wires.bit_ohm == wires.word_ohm);
  }
}

TEST_CASE("the parts of every chip take its whole area", "[config]") {
  for (const ConfigListing& file : list_configs("chip", {configs})) {
    INFO(file.path);
    const ChipSpec chip = load_chip(file.path, {configs});
    double sum = 0.0;
    for (const auto& [part, area] : area_by_part(chip)) sum += area;
    CHECK(sum == Approx(total(chip_budget(chip)).area_mm2));
  }
}

TEST_CASE("the ideal chip differs from hermes in converters and number format alone", "[config]") {
  const ChipSpec hermes = load_chip(configs + "/chip/hermes.yaml", {configs});
  const ChipSpec ideal = load_chip(configs + "/chip/ideal.yaml", {configs});
  CHECK(ideal.analog.dac.bits == 16);
  CHECK(ideal.analog.adc.bits == 24);
  CHECK(ideal.vector.format == NumberFormat::Fp32);
  CHECK(ideal.mvm.energy_pj == hermes.mvm.energy_pj);
  CHECK(ideal.mesh.rows == hermes.mesh.rows);
}

TEST_CASE("the sweep of accuracy against noise varies network and programming noise", "[config]") {
  const ExperimentFile file = load_experiment(configs + "/experiment/accuracy_vs_noise.yaml", {});
  REQUIRE(file.axes.size() == 2);
  CHECK(file.axes[0].name == "network");
  CHECK(file.axes[1].name == "device.programming_noise");
}

}  // namespace mimosa
