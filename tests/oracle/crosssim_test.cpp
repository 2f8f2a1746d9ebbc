// SPDX-License-Identifier: Apache-2.0
// What CrossSim 3.2.0 (numpy, float64) returns for W·X, without randomness: conductances 10 … 100 uS, 24
// outputs, 40 inputs, 6 vectors. Its conventions in our words: both converters have 2^bits levels unless said
// otherwise, `full` is ± the number of inputs, ranges are in units of Σ g·x with g over g_max.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "models/crossbar/array.hpp"
#include "models/data/npy.hpp"

using namespace mimosa;

namespace {

struct Case {
  std::vector<double> w, x,
      y;  ///< [inputs][outputs] over the largest |w|, [vectors][inputs], [vectors][outputs]
  double scale = 1.0, largest = 0.0;  ///< max |w|, max |y|
  std::size_t inputs = 0, outputs = 0, vectors = 0;
};

std::vector<double> transposed(const NpyArray& a) {
  std::vector<double> out(a.data.size());
  const auto rows = static_cast<std::size_t>(a.shape[0]), cols = static_cast<std::size_t>(a.shape[1]);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < cols; ++c) out[c * rows + r] = a.data[r * cols + c];
  return out;
}

Case load(const std::string& name) {
  const std::string folder = std::string(MIMOSA_TESTS) + "/oracle/crosssim/" + name;
  const NpyArray w = read_npy(folder + "/W.npy"), x = read_npy(folder + "/X.npy");
  Case c{transposed(w),
         transposed(x),
         transposed(read_npy(folder + "/Y.npy")),
         0.0,
         0.0,
         static_cast<std::size_t>(w.shape[1]),
         static_cast<std::size_t>(w.shape[0]),
         static_cast<std::size_t>(x.shape[1])};
  for (const double value : c.w) c.scale = std::max(c.scale, std::fabs(value));
  for (const double value : c.y) c.largest = std::max(c.largest, std::fabs(value));
  for (double& value : c.w) value /= c.scale;
  return c;
}

DeviceSpec cells() {
  DeviceSpec device;
  device.g_min_us = 10.0;
  device.g_max_us = 100.0;
  return device;
}

Array<double> array_of(const Case& c, const ArraySpec& spec) {
  return {WeightBlock<double>{c.w, c.inputs, c.outputs, c.outputs}, cells(), spec, {}};
}

std::vector<double> codes_of(const Case& c, const DacSpec& dac) {
  std::vector<double> codes(c.x.size());
  to_dac_codes(c.x, 1.0, dac, codes);
  return codes;
}

/// Relative to the largest result.
double largest_error(const Case& c, const ArraySpec& spec) {
  const Array<double> array = array_of(c, spec);
  const std::vector<double> ranges = fixed_ranges(spec, static_cast<int>(c.inputs), 0.1);
  std::vector<double> out(c.y.size());
  const std::vector<MvmId> ids(c.vectors);
  array.mvm(codes_of(c, spec.dac).data(), c.inputs, ids, ranges, out.data(), c.outputs);
  double error = 0.0;
  for (std::size_t i = 0; i < out.size(); ++i)
    error = std::max(error, std::fabs(out[i] * array.output_unit(ranges) * c.scale - c.y[i]));
  return error / c.largest;
}

/// Without converters: the column sums of the inputs themselves.
double largest_analog_error(const Case& c, const ArraySpec& spec) {
  const Array<double> array = array_of(c, spec);
  std::vector<double> codes = c.x, out(c.y.size());
  for (double& code : codes) code *= spec.dac.full_code();
  array.column_sums(codes.data(), c.inputs, c.vectors, 0, 0, out.data(), c.outputs);
  double error = 0.0;
  for (std::size_t i = 0; i < out.size(); ++i)
    error = std::max(error, std::fabs(out[i] / 0.9 * c.scale - c.y[i]));
  return error / c.largest;
}

ArraySpec even(int dac_bits, int adc_bits) {
  ArraySpec spec;
  spec.dac = {.bits = dac_bits, .levels = Levels::Even};
  spec.adc = {.bits = adc_bits, .levels = Levels::Even, .range = AdcRange::Fixed};
  return spec;
}

}  // namespace

TEST_CASE("a balanced array without converters is CrossSim's, which used float32", "[crosssim]") {
  CHECK(largest_analog_error(load("balanced_ideal"), {}) < 1e-6);
}

TEST_CASE("one-sided pairs with 8-bit converters are CrossSim's", "[crosssim]") {
  ArraySpec spec = even(8, 8);
  spec.adc.fixed_range = 4.0;
  CHECK(largest_error(load("balanced_dac8_adc8_calibrated"), spec) < 1e-12);
}

TEST_CASE("two-sided pairs with 6-bit converters are CrossSim's", "[crosssim]") {
  ArraySpec spec = even(6, 6);
  spec.weights.sides = PairSides::Two;
  spec.adc.fixed_range = 3.0;
  CHECK(largest_error(load("balanced_two_sided_adc6"), spec) < 1e-12);
}

TEST_CASE("an offset removed digitally is CrossSim's", "[crosssim]") {
  ArraySpec spec = even(8, 9);
  spec.weights.scheme = WeightScheme::Offset;
  spec.adc.range = AdcRange::Full;
  CHECK(largest_error(load("offset_digital_adc9"), spec) < 1e-12);
}

TEST_CASE("four 2-bit slices with serial inputs are CrossSim's", "[crosssim]") {
  ArraySpec spec = even(8, 8);
  spec.dac = {.bits = 8, .slice_bits = 1};
  spec.weights.bits = 8;
  spec.weights.cell_bits = 2;
  spec.adc.range = AdcRange::Full;
  CHECK(largest_error(load("sliced_balanced_4x2_serial8_adc8_max"), spec) < 1e-12);
}

TEST_CASE("wires of 1 ohm a segment are CrossSim's, to its solver's tolerance", "[crosssim]") {
  ArraySpec spec;
  spec.wires = {.level = WireLevel::Exact, .word_ohm = 1.0, .bit_ohm = 1.0};
  CHECK(largest_analog_error(load("balanced_wires_1ohm"), spec) < 1e-7);
}
