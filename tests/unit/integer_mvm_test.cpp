// SPDX-License-Identifier: Apache-2.0
// Noise off and steps as fine as the smallest difference of two column sums: then any slicing of weights and
// inputs, any scheme and any cut into arrays is integer arithmetic (ISAAC's lossless law).
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/support/arrays.hpp"

using namespace mimosa;

namespace {

/// Uniform integers in 0 … below − 1, addressed by what they are for.
class Draws {
 public:
  explicit Draws(std::uint32_t number) : number_(number) {}
  int operator()(int below) {
    float u = 0.0F;
    uniforms(21, number_, 0, next_++, {&u, 1});
    return static_cast<int>(u * static_cast<float>(below));
  }
  template <class E>
  E one_of(std::initializer_list<E> options) {
    return *(options.begin() + (*this)(static_cast<int>(options.size())));
  }

 private:
  std::uint32_t number_, next_ = 0;
};

ArraySpec random_spec(Draws& draw) {
  ArraySpec spec;
  WeightSpec& w = spec.weights;
  w.scheme = draw.one_of({WeightScheme::Pair, WeightScheme::Offset});
  if (w.scheme == WeightScheme::Pair)
    w.sides = draw.one_of({PairSides::One, PairSides::Two});
  else
    w.offset = draw.one_of({OffsetRemoval::Digital, OffsetRemoval::UnitColumn});
  w.bits = 2 + draw(7);
  w.cell_bits = draw(w.bits);
  w.pairs = 1 + draw(2);
  spec.dac.bits = 2 + draw(7);
  spec.dac.slice_bits = draw(spec.dac.bits);
  if (spec.dac.slice_bits > 0)
    spec.dac.code = draw.one_of({InputCode::SignMagnitude, InputCode::TwosComplement});
  spec.read.repeats = draw.one_of({1, 2, 4});
  if (spec.dac.code == InputCode::SignMagnitude)
    spec.read.phases = w.scheme == WeightScheme::Pair ? draw.one_of({1, 2, 4}) : draw.one_of({1, 2});
  spec.adc.bits = 24;
  spec.adc.range = AdcRange::Granular;
  return spec;
}

}  // namespace

TEST_CASE("three bit planes of inputs give the published product", "[crossbar][lossless]") {
  ArraySpec spec;
  spec.weights.bits = 3;  // up to 3
  spec.dac.bits = 4;      // up to 7
  spec.dac.slice_bits = 1;
  spec.adc.range = AdcRange::Granular;
  const std::vector<double> codes{5.0, 3.0, 0.0, 7.0};
  std::vector<double> weights{1, 2, 3, 0, 2, 2, 1, 3}, out(2);
  for (double& w : weights) w /= 3.0;
  const Array<double> array(WeightBlock<double>{weights, 4, 2, 2}, DeviceSpec{}, spec, {});
  CHECK(array.parts().size() == 3);
  const std::vector<double> ranges = fixed_ranges(spec, 4, 0.0);
  array.mvm(codes.data(), 4, std::vector<MvmId>(1), ranges, out.data(), 2);
  const double unit = array.output_unit(ranges) * 3.0 * 7.0;
  CHECK(out[0] * unit == Approx(21.0).epsilon(1e-12));
  CHECK(out[1] * unit == Approx(31.0).epsilon(1e-12));
}

TEST_CASE("with lossless converters any slicing is integer arithmetic", "[crossbar][lossless]") {
  const auto trial = static_cast<std::uint32_t>(GENERATE(range(0, 200)));
  Draws draw(trial);
  const ArraySpec spec = random_spec(draw);
  check(spec);
  const auto rows = static_cast<std::size_t>(1 + draw(40)), cols = static_cast<std::size_t>(1 + draw(40)),
             vectors = std::size_t{3};
  const int full_weight = (1 << (spec.weights.bits - 1)) - 1,
            full_input = static_cast<int>(spec.dac.full_code());
  std::vector<int> w(rows * cols), x(vectors * rows);
  std::vector<double> weights(w.size());
  std::vector<double> codes(x.size());
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = draw(2 * full_weight + 1) - full_weight;
    weights[i] = static_cast<double>(w[i]) / full_weight;
  }
  for (std::size_t i = 0; i < x.size(); ++i) codes[i] = x[i] = draw(2 * full_input + 1) - full_input;
  INFO("scheme " << static_cast<int>(spec.weights.scheme) << " bits " << spec.weights.bits << '/'
                 << spec.weights.cell_bits << " inputs " << spec.dac.bits << '/' << spec.dac.slice_bits
                 << " phases " << spec.read.phases);

  // Cut anywhere, the parts are added by integers.
  const auto cut = static_cast<std::size_t>(draw(static_cast<int>(rows)));
  std::vector<std::int64_t> got(vectors * cols);
  const std::vector<MvmId> ids(vectors);
  for (const auto& [first, count] : {std::pair{std::size_t{0}, cut}, std::pair{cut, rows - cut}}) {
    if (count == 0) continue;
    const Array<double> array(
        WeightBlock<double>{std::span<const double>(weights).subspan(first * cols), count, cols, cols},
        DeviceSpec{}, spec, {});
    const std::vector<double> ranges = fixed_ranges(spec, static_cast<int>(count), 0.0);
    std::vector<double> out(got.size());
    array.mvm(codes.data() + first, rows, ids, ranges, out.data(), cols);
    // Whole numbers: results times their unit, in units of one step of an input times one of a weight.
    const double unit = array.output_unit(ranges) * full_weight * full_input;
    for (std::size_t i = 0; i < got.size(); ++i) {
      const double value = out[i] * unit;
      REQUIRE(std::fabs(value - std::nearbyint(value)) < 1e-6);
      got[i] += static_cast<std::int64_t>(std::nearbyint(value));
    }
  }
  std::size_t wrong = 0;
  for (std::size_t b = 0; b < vectors; ++b)
    for (std::size_t c = 0; c < cols; ++c) {
      std::int64_t sum = 0;
      for (std::size_t r = 0; r < rows; ++r) sum += std::int64_t{x[b * rows + r]} * w[r * cols + c];
      wrong += got[b * cols + c] != sum ? 1 : 0;
    }
  CHECK(wrong == 0);
}
