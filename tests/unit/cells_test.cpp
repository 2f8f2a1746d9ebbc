// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/cells.hpp"

#include <cmath>
#include <fstream>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/base/random.hpp"
#include "tests/support/devices.hpp"
#include "tests/support/moments.hpp"
#include "tests/support/pcm_reference.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mimosa {
namespace {

const ArraySite site{
    .seed = 3, .chip = 2, .layer = "conv1", .replica = 4, .row0 = 10, .col0 = 6, .layer_cols = 80};
constexpr std::size_t rows = 5, cols = 67;

/// 0 (idle) for every third cell, else up to g_max.
std::vector<double> targets(double g_max_us = 25.0) {
  std::vector<float> u(rows * cols);
  uniforms(1, 0, 0, 0, u);
  std::vector<double> g(u.begin(), u.end());
  for (std::size_t i = 0; i < g.size(); ++i) g[i] = i % 3 == 0 ? 0.0 : g_max_us * g[i];
  g[1] = g_max_us;
  return g;
}

double normal(Effect effect, std::uint32_t part, std::size_t row, std::size_t col) {
  float value = 0.0F;
  normals(random_key({3, 2, "conv1", 4, part}, effect), 0, 0,
          static_cast<std::uint32_t>((10 + row) * 80 + 6 + col), {&value, 1});
  return static_cast<double>(value);
}

/// All cells of a block at their targets.
struct Block {
  std::vector<double> programmed, now, variance;
};
Block program(const DeviceSpec& device, const std::vector<double>& g, std::uint32_t part = 0,
              const ArraySite& where = site) {
  const std::size_t height = g.size() / cols;
  CellProgrammer cells(device, where, height, cols, part);
  Block block;
  for (std::size_t r = 0; r < height; ++r) {
    const CellRow& row = cells.program(r, std::span(g).subspan(r * cols, cols));
    block.programmed.insert(block.programmed.end(), row.programmed_us.begin(), row.programmed_us.end());
    block.now.insert(block.now.end(), row.now_us.begin(), row.now_us.end());
    block.variance.insert(block.variance.end(), row.read_variance_us2.begin(), row.read_variance_us2.end());
    CHECK(row.pass_sigma_us.empty());
  }
  return block;
}

std::string npy(const std::string& shape, const std::string& data, const std::string& type = "|i1") {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
  header.resize(117, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + data;
}

}  // namespace

TEST_CASE("cells of pcm-joshi have the bytes of its formulas written out, for both polarities", "[cells]") {
  const DeviceSpec device = pcm_device();
  const std::vector<double> g = targets();
  for (const double time : {0.0, 1.0, 86400.0}) {
    DeviceSpec then = device;
    then.time_s = time;
    const PcmReference reference{time};
    for (const std::uint32_t part : {0U, 1U}) {
      const Block block = program(then, g, part);
      for (std::size_t i = 0; i < g.size(); ++i) {
        const auto xi = [&](Effect effect) { return normal(effect, part, i / cols, i % cols); };
        const double programmed = PcmReference::programmed(g[i], xi(Effect::Programming));
        REQUIRE(block.programmed[i] == programmed);
        REQUIRE(block.now[i] == reference.now(programmed,
                                              PcmReference::exponent(g[i], xi(Effect::DriftExponent)),
                                              xi(Effect::FrozenNoise)));
        REQUIRE(block.variance[i] == Approx(0.0175 * 0.0175 * 25.0 * block.now[i]).epsilon(1e-14));
      }
    }
  }
}

TEST_CASE("cells without a law hold their targets", "[cells]") {
  const Block block = program(DeviceSpec{}, targets());
  CHECK(block.programmed == targets());
  CHECK(block.now == targets());
  CHECK(block.variance.empty());
}

TEST_CASE("scales of zero leave the cells at their targets and silent", "[cells]") {
  DeviceSpec device = pcm_device();
  device.programming_noise = device.drift = device.noise_1f = device.read_noise = 0.0;
  const Block block = program(device, targets());
  CHECK(block.now == targets());
  CHECK(block.variance.empty());
}

TEST_CASE("a device keeps its errors, exponent and faults through time", "[cells]") {
  DeviceSpec device = pcm_device();
  device.noise_1f = 0.0;
  device.faults = {.law = FaultLaw::Shares, .stuck_on = 0.2, .stuck_off = 0.2};
  const std::vector<double> g = targets();
  const auto at = [&](double time) {
    device.time_s = time;
    return program(device, g);
  };
  const Block early = at(1e3), later = at(1e4), latest = at(1e6);
  CHECK(early.programmed == latest.programmed);
  std::size_t drifting = 0, stuck = 0;
  for (std::size_t i = 0; i < g.size(); ++i) {
    if (early.programmed[i] == 0.0 || early.now[i] == early.programmed[i]) {
      stuck += early.now[i] > 0.0 ? 1 : 0;
      CHECK(latest.now[i] == early.now[i]);
      continue;
    }
    ++drifting;
    const auto exponent = [&](const Block& block, double time) {
      return std::log(block.programmed[i] / block.now[i]) / std::log((time + 20.0) / 20.0);
    };
    CHECK(exponent(early, 1e3) == Approx(exponent(latest, 1e6)).epsilon(1e-9));
    CHECK(exponent(later, 1e4) == Approx(exponent(latest, 1e6)).epsilon(1e-9));
  }
  CHECK(drifting > 100);
  CHECK(stuck > 20);
}

TEST_CASE("targets are rounded to the levels of the cell", "[cells]") {
  DeviceSpec device;
  device.g_min_us = 1.0;
  device.g_max_us = 16.0;
  device.levels = 16;
  CHECK(quantised(device, 7.4) == Approx(7.0));
  CHECK(quantised(device, 7.6) == Approx(8.0));
  CHECK(quantised(device, 1.0) == 1.0);
  CHECK(quantised(device, 16.0) == 16.0);
  for (const double g : program(device, targets(16.0)).now) CHECK(std::nearbyint(g) == Approx(g));
}

TEST_CASE("stuck cells come in their shares, stay at the ends of the range and still read noisily",
          "[cells]") {
  DeviceSpec device = pcm_device();
  device.g_min_us = 0.25;
  device.faults = {.law = FaultLaw::Shares, .stuck_on = 0.0175, .stuck_off = 0.0904};
  const std::size_t height = 128;
  ArraySite layer{.layer = "faults", .layer_cols = 128};
  int on = 0, off = 0;
  for (std::uint32_t part = 0; part < 2; ++part) {
    CellProgrammer cells(device, layer, height, 128, part);
    const std::vector<double> middle(128, 12.0);
    for (std::size_t r = 0; r < height; ++r) {
      const CellRow& row = cells.program(r, middle);
      for (std::size_t c = 0; c < 128; ++c) {
        on += row.now_us[c] == 25.0 ? 1 : 0;
        off += row.now_us[c] == 0.25 ? 1 : 0;
        if (row.now_us[c] == 25.0) CHECK(row.read_variance_us2[c] == Approx(0.0175 * 0.0175 * 625.0));
      }
    }
  }
  // Two arrays of 128 x 128: 573.4 ± 23.7 stuck on, 2962.2 ± 51.9 stuck off; a false alarm in 1.7e6 at 5
  // sigma.
  CHECK(std::fabs(on - 573.44) < 5.0 * 23.74);
  CHECK(std::fabs(off - 2962.2) < 5.0 * 51.91);
}

TEST_CASE("unprogrammable cells stay off or anywhere", "[cells]") {
  const CellRange range{1.0, 9.0};
  FaultSpec faults{.law = FaultLaw::Shares, .stuck_on = 0.1, .stuck_off = 0.1, .yield = 0.5};
  CHECK(stuck_conductance(faults, range, 1.0, 0.05) == 9.0);
  CHECK(stuck_conductance(faults, range, 1.0, 0.15) == 1.0);
  CHECK(stuck_conductance(faults, range, 1.0, 0.59) == 1.0);
  CHECK(stuck_conductance(faults, range, 1.0, 0.61) < 0.0);
  faults.unprogrammed = UnprogrammedState::Random;
  CHECK(stuck_conductance(faults, range, 1.0, 0.40) == Approx(5.0));
  CHECK(stuck_conductance(faults, range, 0.0, 0.05) < 0.0);
}

TEST_CASE("a fault map is read by layer position, for one part or for all", "[cells]") {
  const TemporaryFolder folder;
  std::string states(12 * 80, '\0');
  states[11 * 80 + 7] = 1;  // block row 1, column 1
  states[11 * 80 + 8] = 2;
  DeviceSpec device;
  device.g_min_us = 0.5;
  device.faults = {.law = FaultLaw::Map, .map = folder.write("all.npy", npy("(12, 80)", states))};
  ArraySite layer = site;
  layer.layer_rows = 12;
  const std::vector<double> g(2 * cols, 3.0);
  const auto check = [&](std::uint32_t part, double at_7, double at_8) {
    const Block block = program(device, g, part, layer);
    CHECK(block.now[cols + 1] == at_7);
    CHECK(block.now[cols + 2] == at_8);
    CHECK(block.now[1] == 3.0);
  };
  check(0, 25.0, 0.5);
  check(1, 25.0, 0.5);
  device.faults.map = folder.write("two.npy", npy("(2, 12, 80)", std::string(12 * 80, '\0') + states));
  check(0, 3.0, 3.0);
  check(1, 25.0, 0.5);
  CHECK_THROWS_WITH(CellProgrammer(device, layer, 2, cols, 2),
                    "device.faults.map: " + device.faults.map + " has 2 parts; layer conv1 needs part 2");
  layer.layer_rows = 13;
  CHECK_THROWS_WITH(CellProgrammer(device, layer, 2, cols, 0),
                    "device.faults.map: " + device.faults.map + " is [12, 80]; layer conv1 is [13, 80]");
}

TEST_CASE("a file that is no fault map is refused with what is wrong", "[cells][error]") {
  const TemporaryFolder folder;
  const auto message = [&](const std::string& bytes) -> std::string {
    const std::string path = folder.write("map.npy", bytes);
    try {
      (void)read_fault_map(path);
    } catch (const UserError& e) {
      return std::string(e.what()).substr(path.size());
    }
    return "no error";
  };
  CHECK(message("abc") == ": not a .npy file of version 1");
  CHECK(message(npy("(2,)", "  ")) == ": its shape is [2]; allowed: [rows, cols] or [parts, rows, cols]");
  CHECK(message(npy("(1, 2)", "\x01\x03")) == ": value 3; allowed: 0 good, 1 stuck on, 2 stuck off");
  CHECK(message(npy("(1, 2)", "\x01")) == ": its shape needs 2 bytes of data, the file holds 1");
  CHECK(message(npy("(1, 2)", "\x01\x01", "<f4")) == ": its type is not '|i1'; allowed: int8");
  CHECK_THROWS_AS(read_fault_map(folder.path("none.npy")), UserError);
}

TEST_CASE("read disturb and temperature change every cell by their factors", "[cells]") {
  DeviceSpec device;
  device.read_disturb = {.law = ReadDisturbLaw::Power, .n_reads = 1e15, .v_read_v = 0.2, .t_read_ns = 100.0};
  const double disturb = read_disturb_factor(device.read_disturb, 300.0, 1.0);
  CHECK(disturb < 0.9);
  device.temperature.activation_ev = {0.1};
  const double at_300 = program(device, targets()).now[1];
  CHECK(at_300 == Approx(25.0 * disturb));
  device.temperature_k = 330.0;
  const double warm = read_disturb_factor(device.read_disturb, 330.0, 1.0) *
                      std::exp(-0.1 / 8.617333262e-5 * (1.0 / 330.0 - 1.0 / 300.0));
  CHECK(program(device, targets()).now[1] == Approx(25.0 * warm).epsilon(1e-9));
  device.temperature_scale = 2.0;
  const double cold = read_disturb_factor(device.read_disturb, 330.0, 1.0);
  CHECK(program(device, targets()).now[1] == Approx(25.0 * warm * warm / cold).epsilon(1e-9));
  device.temperature_scale = 0.0;
  CHECK(program(device, targets()).now[1] == Approx(25.0 * cold).epsilon(1e-9));
}

TEST_CASE("telegraph steps follow their scale", "[cells]") {
  DeviceSpec device;
  device.g_min_us = 2.5;
  device.telegraph.law = TelegraphLaw::TwoState;
  const auto drop = [&](double scale) {
    device.telegraph_scale = scale;
    CellProgrammer cells(device, site, 1, cols, 0);
    const CellRow& row = cells.program(0, std::vector<double>(cols, 25.0));
    return row.telegraph.empty() ? 0.0 : static_cast<double>(row.telegraph[3].drop_us);
  };
  CHECK(drop(1.0) == Approx(25.0 * 0.028 / 1.028).epsilon(1e-6));
  CHECK(drop(2.0) == Approx(25.0 * 0.056 / 1.056).epsilon(1e-6));
  CHECK(drop(0.0) == 0.0);
}

TEST_CASE("cells of a state law move along it and stay the same devices", "[cells]") {
  DeviceSpec device;
  device.g_max_us = 40.0;
  device.programming = {.law = ProgrammingLaw::TableInTime,
                        .reference_g_max_us = 40.0,
                        .times_s = {1.0, 100.0},
                        .rows_us = {0.1, 0.2}};
  const std::vector<double> g(cols, 20.0);
  device.time_s = 1.0;
  const Block first = program(device, g);
  CHECK(first.now == first.programmed);
  device.time_s = 10.0;  // half way in ln t
  const Block then = program(device, g);
  CHECK(then.programmed == first.programmed);
  for (std::size_t c = 0; c < cols; ++c) CHECK(then.now[c] - 20.0 == Approx(1.5 * (first.now[c] - 20.0)));
}

TEST_CASE("a layer with more cells than random numbers is refused", "[cells][error]") {
  const ArraySite huge{.layer = "huge", .row0 = 70000, .layer_cols = 70000};
  CHECK_THROWS_WITH(
      CellProgrammer(DeviceSpec{}, huge, 1, 4, 0),
      "layer huge: 70001 x 70000 weights are too many; at most 2^32 have random numbers of their own");
}

}  // namespace mimosa
