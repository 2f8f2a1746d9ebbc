// SPDX-License-Identifier: Apache-2.0
// The read noise of a column, drawn once from its summed variance, against one normal for every cell and
// read.
#include <algorithm>
#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/random.hpp"
#include "models/crossbar/array.hpp"
#include "tests/support/arrays.hpp"

using namespace mimosa;

namespace {

constexpr double read_sigma = 0.0175;  ///< pcm_device: of a weight of 1

constexpr std::size_t rows = 24, cols = 3, reads = 10000;
/// z of every check below: a two-sided false alarm in 1.7e6; about 40 checks, so one run in 40000 would fail
/// by chance if the seed were not fixed.
constexpr double limit = 5.0;

/// So many bits that the steps do not show.
ArraySpec fine_adc() {
  ArraySpec spec;
  spec.adc.bits = 24;
  return spec;
}

struct Sample {
  double mean = 0.0, variance = 0.0, skewness = 0.0, excess = 0.0;
};

Sample statistics(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  Sample s;
  for (const double v : values) s.mean += v / n;
  double m2 = 0.0, m3 = 0.0, m4 = 0.0;
  for (const double v : values) {
    const double d = v - s.mean;
    m2 += d * d / n, m3 += d * d * d / n, m4 += d * d * d * d / n;
  }
  s.variance = m2 * n / (n - 1.0);
  s.skewness = m3 / std::pow(m2, 1.5);
  s.excess = m4 / (m2 * m2) - 3.0;
  return s;
}

/// Conductances of the pair in units of g_max; an idle device's may come out as a rounding error below 0.
struct Pair {
  double positive, negative;
};
Pair pair_of(const Array<double>& array, std::size_t r, std::size_t c) {
  const double total = array.variance(r, c) / (read_sigma * read_sigma);
  const double w = array.weight(r, c);
  return {std::max(0.0, (total + w) / 2.0), std::max(0.0, (total - w) / 2.0)};
}

/// One device read with a normal of its own for each read pulse: by voltage one pulse of x; by pulse width
/// |code| slots of 1/levels of the time, in each of which the white noise is sqrt(levels) as strong as over
/// the whole time.
double read_device(double g, double sigma, double code, double levels, InputKind input, const float*& xi) {
  const double noise = sigma * std::sqrt(g);
  if (input == InputKind::Voltage) return code / levels * (g + noise * static_cast<double>(*xi++));
  double sum = 0.0;
  for (int slot = 0; slot < static_cast<int>(std::fabs(code)); ++slot) {
    sum += (g + noise * std::sqrt(levels) * static_cast<double>(*xi++)) / levels;
  }
  return std::copysign(sum, code);
}

/// [column][read]
std::vector<std::vector<double>> read_cell_by_cell(const Array<double>& array,
                                                   const std::vector<double>& codes,
                                                   const ArraySpec& converter) {
  const auto levels = converter.dac.full_code();
  std::vector<std::vector<double>> values(cols, std::vector<double>(reads));
  std::vector<float> normal(2 * rows * cols * 7);
  for (std::size_t i = 0; i < reads; ++i) {
    normals(99, 0, static_cast<std::uint32_t>(i), 0, normal);
    const float* xi = normal.data();
    for (std::size_t c = 0; c < cols; ++c) {
      for (std::size_t r = 0; r < rows; ++r) {
        const Pair g = pair_of(array, r, c);
        values[c][i] += read_device(g.positive, read_sigma, codes[r], levels, converter.dac.input, xi);
        values[c][i] -= read_device(g.negative, read_sigma, codes[r], levels, converter.dac.input, xi);
      }
    }
  }
  return values;
}

/// [column][read], by the ADC of so many bits that its steps do not show.
std::vector<std::vector<double>> read_by_array(const Array<float>& array, const std::vector<double>& codes) {
  std::vector<MvmId> ids(reads);
  for (std::size_t i = 0; i < reads; ++i) ids[i] = {3, static_cast<std::uint32_t>(i)};
  const std::vector<float> x(codes.begin(), codes.end());
  std::vector<float> y(reads * cols);
  const double full_scale = 8.0;
  array.mvm(x.data(), 0, ids, std::vector{full_scale}, y.data(), cols);
  std::vector<std::vector<double>> values(cols, std::vector<double>(reads));
  for (std::size_t i = 0; i < y.size(); ++i) {
    values[i % cols][i / cols] = static_cast<double>(y[i]) * array.output_unit(std::vector{full_scale});
  }
  return values;
}

/// Kolmogorov's distance to a normal law; exceeds `2.69 / sqrt(reads)` once in a million.
double distance_to_normal(std::vector<double> values, double mean, double variance) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double distance = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double p = 0.5 * std::erfc((mean - values[i]) / std::sqrt(2.0 * variance));
    distance = std::max({distance, p - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - p});
  }
  return distance;
}

void check_same_law(const std::vector<double>& fast, const std::vector<double>& slow, double mean,
                    double variance) {
  const auto n = static_cast<double>(reads);
  const Sample a = statistics(fast), b = statistics(slow);
  CHECK(std::fabs(a.mean - b.mean) < limit * std::sqrt((a.variance + b.variance) / n));
  CHECK(std::fabs(std::log(a.variance / b.variance)) < limit * std::sqrt(4.0 / n));
  CHECK(std::fabs(a.mean - mean) < limit * std::sqrt(variance / n));
  CHECK(std::fabs(std::log(a.variance / variance)) < limit * std::sqrt(2.0 / n));
  CHECK(std::fabs(a.skewness) < limit * std::sqrt(6.0 / n));
  CHECK(std::fabs(a.excess) < limit * std::sqrt(24.0 / n));
  CHECK(distance_to_normal(fast, mean, variance) < 2.69 / std::sqrt(n));
}

}  // namespace

TEST_CASE("the noise drawn for a column has the law of noise drawn for every cell", "[crossbar]") {
  const DeviceSpec device = pcm_device();
  std::vector<float> weights(rows * cols);
  uniforms(5, 0, 0, 0, weights);
  for (float& w : weights) w = 2.0F * w - 1.0F;
  std::vector<double> codes(rows);
  for (std::size_t r = 0; r < rows; ++r) codes[r] = static_cast<double>(r * 5 % 15) - 7.0;

  for (const InputKind input : {InputKind::Voltage, InputKind::PulseWidth}) {
    INFO((input == InputKind::Voltage ? "voltage" : "pulse width"));
    ArraySpec converter = fine_adc();
    converter.dac.bits = 4;
    converter.dac.input = input;
    const Array<double> cells(WeightBlock<double>{doubles(weights), rows, cols, cols}, device, converter,
                              {.layer = "noise"});
    const auto slow = read_cell_by_cell(cells, codes, converter);
    const auto fast = read_by_array(
        Array<float>(WeightBlock<float>{weights, rows, cols, cols}, device, converter, {.layer = "noise"}),
        codes);
    for (std::size_t c = 0; c < cols; ++c) {
      double mean = 0.0, variance = 0.0;
      for (std::size_t r = 0; r < rows; ++r) {
        const double x = codes[r] / 7.0;
        mean += x * cells.weight(r, c);
        variance += (input == InputKind::Voltage ? x * x : std::fabs(x)) * cells.variance(r, c);
      }
      check_same_law(fast[c], slow[c], mean, variance);
    }
    double correlation = 0.0;
    const Sample a = statistics(fast[0]), b = statistics(fast[1]);
    for (std::size_t i = 0; i < reads; ++i) correlation += (fast[0][i] - a.mean) * (fast[1][i] - b.mean);
    CHECK(std::fabs(correlation) / std::sqrt(a.variance * b.variance) <
          limit * std::sqrt(static_cast<double>(reads)));
  }
}

TEST_CASE("the read noise of two row blocks is independent", "[crossbar]") {
  const DeviceSpec device = pcm_device();
  const std::vector<float> weights(16, 0.5F), x(16, 127.0F);
  const ArraySpec converter = fine_adc();
  const Array<float> upper(WeightBlock<float>{weights, 16, 1, 1}, device, converter, {.layer = "a"});
  const Array<float> lower(WeightBlock<float>{weights, 16, 1, 1}, device, converter,
                           {.layer = "a", .row0 = 16});
  std::vector<MvmId> ids(reads);
  for (std::size_t i = 0; i < reads; ++i) ids[i].mvm = static_cast<std::uint32_t>(i);
  std::vector<float> a(reads), b(reads);
  upper.mvm(x.data(), 0, ids, std::vector{16.0}, a.data(), 1);
  lower.mvm(x.data(), 0, ids, std::vector{16.0}, b.data(), 1);
  const Sample sa = statistics({a.begin(), a.end()}), sb = statistics({b.begin(), b.end()});
  double covariance = 0.0;
  for (std::size_t i = 0; i < reads; ++i) {
    covariance += (static_cast<double>(a[i]) - sa.mean) * (static_cast<double>(b[i]) - sb.mean);
  }
  CHECK(std::fabs(covariance) / std::sqrt(sa.variance * sb.variance) <
        limit * std::sqrt(static_cast<double>(reads)));
  CHECK(sa.variance > 0.0);
}
