// SPDX-License-Identifier: Apache-2.0
#include "sim/mvm/analog_matrix.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/base/random.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;

/// W [outputs][inputs] and X [inputs][vectors] of normals.
struct Problem {
  std::vector<double> w, x;
  std::size_t outputs, inputs, vectors;

  [[nodiscard]] MatrixView weights() const { return {w, outputs, inputs}; }
  [[nodiscard]] MatrixView vectors_view() const { return {x, inputs, vectors}; }
  [[nodiscard]] std::vector<double> exact() const { return exact_product(weights(), vectors_view()); }
};

std::vector<double> some_normals(std::size_t count, std::uint64_t key) {
  std::vector<float> draws(count);
  normals(key, 0, 0, 0, draws);
  return {draws.begin(), draws.end()};
}

Problem some_problem(std::size_t outputs, std::size_t inputs, std::size_t vectors) {
  return {some_normals(outputs * inputs, 1), some_normals(inputs * vectors, 2), outputs, inputs, vectors};
}

/// Whole numbers within ±7 and ±127.
Problem whole_problem(std::size_t outputs, std::size_t inputs, std::size_t vectors) {
  Problem p = some_problem(outputs, inputs, vectors);
  for (double& w : p.w) w = std::clamp(std::nearbyint(4.0 * w), -7.0, 7.0);
  for (double& x : p.x) x = std::clamp(std::nearbyint(60.0 * x), -127.0, 127.0);
  p.w[0] = 7.0;
  p.x[0] = 127.0;
  return p;
}

MvmConfig config_of(const std::vector<std::string>& sets) {
  std::vector<Setting> settings;
  for (const std::string& set : sets) settings.push_back(parse_setting(set));
  return load_mvm_config(settings);
}

std::vector<double> product(const AnalogMatrix& matrix, const Problem& p, const MvmReads& reads = {}) {
  std::vector<double> y(reads.count * p.outputs * p.vectors);
  matrix.multiply(p.vectors_view(), matrix.fit_ranges(p.vectors_view()), reads, y);
  return y;
}

double error_of(const Problem& p, const std::vector<std::string>& sets) {
  return relative_rms_error(product(AnalogMatrix(config_of(sets), p.weights()), p), p.exact());
}

/// Least squares factor between results and the exact product.
double gain_of(const std::vector<double>& y, const std::vector<double>& exact) {
  double both = 0.0, size = 0.0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    both += y[i] * exact[i];
    size += exact[i] * exact[i];
  }
  return both / size;
}

}  // namespace

TEST_CASE("exact cells give the product to half a step of both converters", "[mvm]") {
  const Problem p = some_problem(20, 300, 130);
  const MvmConfig config = config_of({"chip=ideal"});
  const AnalogMatrix matrix(config, p.weights());
  const MvmRanges ranges = matrix.fit_ranges(p.vectors_view());
  const std::vector<double> y = product(matrix, p), exact = p.exact();
  double largest_w = 0.0;
  for (const double w : p.w) largest_w = std::max(largest_w, std::fabs(w));
  const double adc = 0.5 * ranges.adc[0] / config.chip.analog.adc.half_steps() * largest_w * ranges.dac;
  for (std::size_t o = 0; o < p.outputs; ++o) {
    double sum = 0.0;
    for (std::size_t i = 0; i < p.inputs; ++i) sum += std::fabs(p.w[o * p.inputs + i]);
    const double dac = 0.5 * ranges.dac / config.chip.analog.dac.full_code() * sum;
    for (std::size_t v = 0; v < p.vectors; ++v)
      REQUIRE(std::fabs(y[o * p.vectors + v] - exact[o * p.vectors + v]) < 1.001 * (adc + dac));
  }
}

TEST_CASE("whole numbers come back as they are where the ADC's step is the smallest difference", "[mvm]") {
  const Problem p = whole_problem(9, 300, 40);
  const auto scheme = GENERATE(
      std::vector<std::string>{"chip.weights.sides=one"}, std::vector<std::string>{"chip.weights.sides=two"},
      std::vector<std::string>{"chip.weights.cell_bits=1", "chip.dac.slice_bits=2"},
      std::vector<std::string>{"chip.read.phases=4"},
      std::vector<std::string>{"mvm.split=true", "chip.array.rows=64", "chip.array.cols=4"});
  std::vector<std::string> sets = {"chip.weights.bits=4", "chip.adc.bits=24", "chip.adc.range=granular",
                                   "mvm.dac_range=127", "device.g_min_us=2"};
  sets.insert(sets.end(), scheme.begin(), scheme.end());
  const std::vector<double> y = product(AnalogMatrix(config_of(sets), p.weights()), p), exact = p.exact();
  for (std::size_t i = 0; i < y.size(); ++i) REQUIRE(y[i] == Approx(exact[i]).epsilon(0).margin(1e-7));
}

TEST_CASE("slices, offsets and full scales per output keep the product with calibrated ranges", "[mvm]") {
  Problem p = some_problem(12, 100, 60);
  for (std::size_t i = 0; i < 600; ++i) p.w[i] *= 1e-6;  // half of the outputs are small
  CHECK(error_of(p, {"chip=ideal", "chip.weights.bits=16", "chip.weights.cell_bits=4"}) < 1e-3);
  CHECK(error_of(p, {"chip=ideal", "chip.weights.scheme=offset", "device.g_min_us=1"}) < 1e-3);
  CHECK(error_of(p, {"chip=ideal", "chip.weights.scheme=offset", "chip.weights.offset=unit_column"}) < 1e-3);
  // With 4-bit weights one full scale loses the small outputs, a full scale each does not.
  Problem small = p;
  small.outputs = 6;
  small.w.resize(600);
  const std::vector<std::string> coarse = {"chip=ideal", "chip.weights.bits=4"};
  const auto small_error = [&](const std::string& scale) {
    std::vector<double> y = product(
        AnalogMatrix(config_of({coarse[0], coarse[1], "chip.weights.scale=" + scale}), p.weights()), p);
    y.resize(6 * p.vectors);
    return relative_rms_error(y, small.exact());
  };
  CHECK(small_error("array") == Approx(1.0));
  CHECK(small_error("column") < 0.25);
}

TEST_CASE("arrays of the chip's shape hold the parts of a split matrix", "[mvm]") {
  const Problem p = some_problem(70, 600, 5);
  const AnalogMatrix whole(config_of({}), p.weights());
  CHECK(whole.arrays() == 1);
  CHECK(whole.array_rows() == 600);
  CHECK(whole.array_cols() == 70);
  const AnalogMatrix split(config_of({"mvm.split=true", "chip.array.cols=32"}), p.weights());
  CHECK(split.arrays() == 9);
  CHECK(split.array_rows() == 256);
  CHECK(split.array_cols() == 32);
  CHECK(AnalogMatrix(config_of({"mvm.split=true", "chip.weights.pairs=4"}), p.weights()).array_cols() == 64);
}

TEST_CASE("a product depends on its vector, its place and the number of the read alone", "[mvm]") {
  Problem p = some_problem(10, 50, 210);
  const AnalogMatrix matrix(config_of({"device=pcm-joshi", "mvm.dac_range=4", "mvm.adc_range=20"}),
                            p.weights());
  const std::vector<double> both = product(matrix, p, {.first = 3, .count = 2});
  const std::vector<double> second = product(matrix, p, {.first = 4, .count = 1});
  const std::size_t size = second.size();
  CHECK(std::equal(second.begin(), second.end(), both.begin() + static_cast<std::ptrdiff_t>(size)));
  CHECK_FALSE(std::equal(second.begin(), second.end(), both.begin()));
  CHECK(product(
            AnalogMatrix(config_of({"device=pcm-joshi", "mvm.dac_range=4", "mvm.adc_range=20"}), p.weights()),
            p, {.first = 4, .count = 1}) == second);
  for (std::size_t i = 0; i < p.inputs; ++i) p.x[i * p.vectors] = 0.0;  // another first vector
  const std::vector<double> other = product(matrix, p, {.first = 4, .count = 1});
  for (std::size_t i = 0; i < size; ++i)
    if (i % p.vectors != 0) REQUIRE(other[i] == second[i]);
  CHECK(product(AnalogMatrix(config_of({"device=pcm-joshi", "mvm.dac_range=4", "mvm.adc_range=20", "seed=2"}),
                             p.weights()),
                p, {.first = 4, .count = 1}) != other);
}

TEST_CASE("read noise of a result has the variance of its cells", "[mvm]") {
  // Every device has sigma m g_max at full input (additive law), a pair two of them, inputs by voltage.
  const double m = 0.02;
  const Problem p = some_problem(1, 40, 1);
  const MvmConfig config =
      config_of({"chip=ideal", "chip.dac.input=voltage", "device={white: {law: additive, magnitude: 0.02}}",
                 "mvm.adc_range=100"});
  const std::size_t reads = 4000;
  const std::vector<double> y = product(AnalogMatrix(config, p.weights()), p, {.first = 0, .count = reads});
  double mean = 0.0, squares = 0.0, drive = 0.0, largest = 0.0;
  for (const double value : y) mean += value / static_cast<double>(reads);
  for (const double value : y) squares += (value - mean) * (value - mean) / static_cast<double>(reads - 1);
  for (const double x : p.x) drive += x * x;
  for (const double w : p.w) largest = std::max(largest, std::fabs(w));
  // A sample variance has a relative spread of sqrt(2/N) = 2.2 %: five of them, false alarm 6e-7.
  CHECK(squares == Approx(2.0 * m * m * drive * largest * largest).epsilon(5 * std::sqrt(2.0 / reads)));
}

TEST_CASE("drift of every array is undone before partial sums are added", "[mvm]") {
  const Problem p = some_problem(40, 400, 50);
  const std::vector<double> exact = p.exact();
  const auto gain = [&](std::vector<std::string> sets) {
    sets.insert(sets.end(), {"chip=ideal", "device=pcm-joshi", "device.time_s=3e7"});
    return gain_of(product(AnalogMatrix(config_of(sets), p.weights()), p), exact);
  };
  // (3e7 s / 20 s)^-0.05 is 0.5; what is left after compensation is that of large weights against the mean.
  CHECK(gain({"device.drift_compensation=off"}) < 0.8);
  CHECK(gain({}) == Approx(1.0).margin(0.1));
  CHECK(gain({"mvm.split=true", "chip.array.rows=64", "chip.array.cols=16"}) == Approx(1.0).margin(0.1));
}

TEST_CASE("what lies beyond the ranges saturates and is counted", "[mvm]") {
  const Problem p = {{1.0, 1.0}, {4.0, 0.5, -1.0, 0.0, 0.5, 1.0}, 1, 2, 3};
  const AnalogMatrix inputs(config_of({"chip=ideal", "mvm.dac_range=1"}), p.weights());
  CHECK(inputs.clipping(p.vectors_view(), inputs.fit_ranges(p.vectors_view())).dac == Approx(1.0 / 6));
  CHECK(product(inputs, p)[0] == Approx(1.0).margin(1e-3));
  const AnalogMatrix sums(config_of({"chip.adc.range=fixed", "chip.adc.fixed_range=0.5"}), p.weights());
  const MvmClipping clipped = sums.clipping(p.vectors_view(), sums.fit_ranges(p.vectors_view()));
  CHECK(clipped.dac == 0.0);
  CHECK(clipped.adc == Approx(1.0 / 3));  // 4, 1, 0 over 4
  CHECK(product(sums, p)[0] == Approx(2.0));
  const AnalogMatrix calibrated(config_of({}), p.weights());
  CHECK(calibrated.clipping(p.vectors_view(), calibrated.fit_ranges(p.vectors_view())).adc == 0.0);
}

TEST_CASE("calibration knows exact cells, so that noise does not move the ranges", "[mvm]") {
  const Problem p = some_problem(10, 50, 30);
  const AnalogMatrix ideal(config_of({}), p.weights()), noisy(config_of({"device=pcm-joshi"}), p.weights());
  CHECK(ideal.fit_ranges(p.vectors_view()).adc == noisy.fit_ranges(p.vectors_view()).adc);
  const AnalogMatrix median(config_of({"mvm.adc_percentile=50"}), p.weights());
  CHECK(median.clipping(p.vectors_view(), median.fit_ranges(p.vectors_view())).adc ==
        Approx(0.5).margin(0.03));
}

TEST_CASE("zeros are multiplied too", "[mvm]") {
  const Problem p = {std::vector<double>(6, 0.0), std::vector<double>(9, 0.0), 2, 3, 3};
  CHECK(product(AnalogMatrix(config_of({}), p.weights()), p) == std::vector<double>(6, 0.0));
  CHECK(error_of(p, {}) == 0.0);
  const Problem none = {{1.0}, {}, 1, 1, 0};
  CHECK(product(AnalogMatrix(config_of({}), none.weights()), none).empty());
}

TEST_CASE("what cannot be multiplied is refused in one line", "[mvm][error]") {
  Problem p = some_problem(2, 3, 4);
  const AnalogMatrix matrix(config_of({}), p.weights());
  CHECK_THROWS_WITH(static_cast<void>(matrix.fit_ranges({p.x, 4, 3})),
                    Contains("vectors: their shape [4, 3] does not fit a matrix of 3 inputs"));
  p.x[5] = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH(static_cast<void>(matrix.fit_ranges(p.vectors_view())),
                    Contains("vectors: the value at [1, 1] is inf"));
  p.w[4] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(AnalogMatrix(config_of({}), p.weights()), Contains("matrix: the value at [1, 1] is nan"));
  CHECK_THROWS_WITH(AnalogMatrix(config_of({}), {{}, 0, 3}),
                    Contains("matrix: its shape [0, 3] holds no weights"));
}

}  // namespace mimosa
