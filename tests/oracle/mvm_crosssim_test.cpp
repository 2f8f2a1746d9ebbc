// SPDX-License-Identifier: Apache-2.0
// `mimosa mvm` against what CrossSim 3.2.0 returns for W·X (crosssim_test.cpp tells how these were made).
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include <catch2/catch.hpp>

#include "models/data/npy.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace mimosa;

namespace {

/// Largest |error| of the program's results, in units of w·x.
double largest_error(const std::string& name, const std::string& settings) {
  const TemporaryFolder folder;
  const std::string vectors = std::string(MIMOSA_TESTS) + "/oracle/crosssim/" + name;
  const std::string out = folder.path("Y.npy");
  const std::string command = std::string("'") + MIMOSA_PROGRAM + "' mvm --quiet --matrix '" + vectors +
                              "/W.npy' --vectors '" + vectors + "/X.npy' --out '" + out +
                              "' --set device.g_min_us=10 --set device.g_max_us=100 --set mvm.dac_range=1 " +
                              settings;
  REQUIRE(std::system(command.c_str()) == 0);  // NOLINT: the program is what is tested
  const NpyArray ours = read_npy(out), theirs = read_npy(vectors + "/Y.npy");
  REQUIRE(ours.shape == theirs.shape);
  double error = 0.0;
  for (std::size_t i = 0; i < ours.data.size(); ++i)
    error = std::max(error, std::fabs(ours.data[i] - theirs.data[i]));
  return error;
}

}  // namespace

TEST_CASE("mimosa mvm is CrossSim with 8-bit converters", "[crosssim]") {
  CHECK(largest_error("balanced_dac8_adc8_calibrated",
                      "--set chip.dac.levels=even --set chip.adc.levels=even --set chip.adc.range=fixed "
                      "--set chip.adc.fixed_range=4") < 1e-12);
}

TEST_CASE("mimosa mvm is CrossSim with two-sided pairs", "[crosssim]") {
  CHECK(largest_error("balanced_two_sided_adc6",
                      "--set 'chip.dac={bits: 6, levels: even}' --set 'chip.adc={bits: 6, levels: even}' "
                      "--set chip.weights.sides=two --set mvm.adc_range=3") < 1e-12);
}

TEST_CASE("mimosa mvm is CrossSim with an offset removed digitally", "[crosssim]") {
  CHECK(largest_error("offset_digital_adc9",
                      "--set chip.dac.levels=even --set 'chip.adc={bits: 9, levels: even, range: full}' "
                      "--set chip.weights.scheme=offset") < 1e-12);
}

TEST_CASE("mimosa mvm is CrossSim with bit slices and serial inputs", "[crosssim]") {
  CHECK(largest_error("sliced_balanced_4x2_serial8_adc8_max",
                      "--set chip.dac.slice_bits=1 --set 'chip.adc={levels: even, range: full}' "
                      "--set 'chip.weights={bits: 8, cell_bits: 2}'") < 1e-12);
}

TEST_CASE("mimosa mvm is CrossSim without converters, to the steps of fine ones", "[crosssim]") {
  // 40 inputs of half a step of 16 bits times |w| < 0.7, half a step of 24 bits of a range of 40 over 0.9 of
  // g_max; CrossSim's cells are float32 here.
  const double bound = 40 * 0.7 * 0.5 / 32767 + 0.7 * 0.5 * 40 / 8388607 / 0.9 + 3e-6;
  CHECK(largest_error("balanced_ideal", "--chip ideal --set chip.adc.range=full") < bound);
}
