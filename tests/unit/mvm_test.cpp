// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/support/arrays.hpp"

using namespace mimosa;

namespace {

ArraySpec with(InputKind input, int adc_bits) {
  ArraySpec spec;
  spec.dac.input = input;
  spec.adc.bits = adc_bits;
  return spec;
}

}  // namespace

TEST_CASE("splitting the columns over arrays leaves every ADC code as it was", "[crossbar]") {
  const std::size_t rows = 30, cols = 40;
  const auto weights = some_weights(rows * cols);
  ArraySite site{.layer = "fc", .layer_cols = 40};
  const auto codes = some_codes<float>(10 * rows, {});
  const auto whole = run(Array<float>(WeightBlock<float>{weights, rows, cols, cols}, pcm_device(), {}, site),
                         codes, some_ids(10), 5.0);
  site.col0 = 33;
  const Array<float> right(WeightBlock<float>{std::span<const float>(weights).subspan(33), rows, 7, cols},
                           pcm_device(), {}, site);
  const auto part = run(right, codes, some_ids(10), 5.0);
  for (std::size_t i = 0; i < part.size(); ++i) REQUIRE(part[i] == whole[i / 7 * cols + 33 + i % 7]);
}

TEST_CASE("an MVM's codes depend on its input and its address alone", "[crossbar]") {
  const std::size_t rows = 70, cols = 45, batch = 230;
  const Array<float> array(WeightBlock<float>{some_weights(rows * cols), rows, cols, cols}, pcm_device(), {},
                           {.layer = "fc"});
  const auto codes = some_codes<float>(batch * rows, {});
  const auto ids = some_ids(batch);
  const auto whole = run(array, codes, ids, 8.0);
  for (const std::size_t count : {std::size_t{1}, std::size_t{7}, std::size_t{96}, std::size_t{97}}) {
    std::vector<float> out(whole.size());
    for (std::size_t b = 0; b < batch; b += count) {
      const auto some = std::span(ids).subspan(b, std::min(count, batch - b));
      array.mvm(codes.data() + b * rows, rows, some, std::vector{8.0}, out.data() + b * cols, cols);
    }
    CHECK(same_bytes(out, whole));
  }
  auto moved = ids;
  std::swap(moved[0], moved[1]);
  CHECK_FALSE(same_bytes(run(array, codes, moved, 8.0), whole));
}

TEST_CASE("every kernel path gives the same devices and the same codes", "[crossbar]") {
  const PathGuard guard;
  const std::size_t rows = 53, cols = 37;
  const auto weights = some_weights(rows * cols);
  for (const InputKind input : {InputKind::Voltage, InputKind::PulseWidth}) {
    const ArraySpec converter = with(input, 8);
    const auto codes = some_codes<float>(101 * rows, converter);
    std::vector<float> cells, out;
    for (const KernelPath path : available_kernel_paths()) {
      use_kernel_path(path);
      const Array<float> array(WeightBlock<float>{weights, rows, cols, cols}, pcm_device(), converter,
                               {.layer = "fc"});
      const auto these_cells = weights_and_variances(array), these = run(array, codes, some_ids(101), 6.0);
      if (path == KernelPath::Portable) cells = these_cells, out = these;
      CHECK(same_bytes(these_cells, cells));
      CHECK(same_bytes(these, out));
    }
  }
}

TEST_CASE("float and double codes differ only where rounding can reach a decision boundary", "[crossbar]") {
  const std::size_t rows = 128, cols = 40, batch = 100;
  const double full_scale = 11.0, gain = 1.0 / full_scale;  // 8-bit codes per unit of code · w
  const auto weights = some_weights(rows * cols);
  const ArraySite site{.layer = "fc"};
  for (const InputKind input : {InputKind::Voltage, InputKind::PulseWidth}) {
    ArraySpec converter = with(input, 8);
    const Array<float> single(WeightBlock<float>{weights, rows, cols, cols}, pcm_device(), converter, site);
    const auto codes = some_codes<double>(batch * rows, converter);
    const auto got = run(single, {codes.begin(), codes.end()}, some_ids(batch), full_scale);
    const auto want = run(
        Array<double>(WeightBlock<double>{doubles(weights), rows, cols, cols}, pcm_device(), converter, site),
        codes, some_ids(batch), full_scale);
    converter.adc.bits = 29;  // shows the value before the 8-bit decision to 1e-6 of its codes
    const Array<double> fine(WeightBlock<double>{doubles(weights), rows, cols, cols}, pcm_device(), converter,
                             site);
    const auto value = run(fine, codes, some_ids(batch), full_scale);
    std::size_t different = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
      REQUIRE(want[i] == std::clamp(std::nearbyint(value[i] * 127.0 / 0x1p28), -127.0, 127.0));
      if (static_cast<double>(got[i]) == want[i]) continue;
      ++different;
      // Every one of the `rows` fused steps, the stored weight and the gain round to 2^-24; so do the
      // variance and its root, and normals stay below 6.
      double magnitude = 0.0, variance = 0.0;
      for (std::size_t r = 0; r < rows; ++r) {
        const double code = std::fabs(codes[i / cols * rows + r]);
        magnitude += code * std::fabs(fine.weight(r, i % cols));
        variance += (input == InputKind::Voltage ? code * code : code * 127.0) * fine.variance(r, i % cols);
      }
      const double reach =
          gain * (static_cast<double>(rows) + 4.0) * 0x1p-24 * (magnitude + 6.0 * std::sqrt(variance));
      const double at = value[i] * 127.0 / 0x1p28;
      REQUIRE(std::fabs(std::fabs(at - std::nearbyint(at)) - 0.5) < reach + 2e-6);
    }
    CHECK(different < got.size() / 100);
  }
}

TEMPLATE_TEST_CASE("ideal cells with enough ADC bits compute exact integer products", "[crossbar]", float,
                   double) {
  const std::size_t rows = 128, cols = 37, batch = 19;
  const auto weights = some_weights(rows * cols);  // k / 64
  const ArraySpec converter = with(InputKind::PulseWidth, 22);
  const Array<TestType> array(WeightBlock<TestType>{as<TestType>(weights), rows, cols, cols}, DeviceSpec{},
                              converter, {});
  const auto codes = some_codes<TestType>(batch * rows, converter);
  const double full_scale = converter.adc.half_steps() / (127.0 * 64.0);  // one code is code · k
  const auto got = run(array, codes, some_ids(batch), full_scale);
  std::size_t wrong = 0;
  for (std::size_t b = 0; b < batch; ++b) {
    for (std::size_t c = 0; c < cols; ++c) {
      std::int64_t sum = 0;
      for (std::size_t r = 0; r < rows; ++r) {
        sum += static_cast<std::int64_t>(codes[b * rows + r]) *
               static_cast<std::int64_t>(64.0F * weights[r * cols + c]);
      }
      wrong += static_cast<std::int64_t>(got[b * cols + c]) != sum ? 1 : 0;
    }
  }
  CHECK(wrong == 0);
  CHECK(array.drift_factors()[0] == 1.0);
  CHECK(array.variance(3, 3) == 0);
}

TEST_CASE("without read noise an MVM is its analog value converted", "[crossbar]") {
  DeviceSpec spec = pcm_device();
  spec.read_noise = 0.0;
  const std::size_t rows = 20, cols = 11;
  const Array<double> array(WeightBlock<double>{doubles(some_weights(rows * cols)), rows, cols, cols}, spec,
                            {}, {});
  const auto codes = some_codes<double>(rows, {});
  const auto first = run(array, codes, {{0, 0}}, 2.0), again = run(array, codes, {{1, 5}}, 2.0);
  CHECK(first == again);
  std::vector<double> analog(cols);
  array.column_sums(codes.data(), rows, 1, 0, 0, analog.data(), cols);
  for (std::size_t c = 0; c < cols; ++c) {
    double sum = 0.0;
    for (std::size_t r = 0; r < rows; ++r) sum += codes[r] / 127.0 * array.weight(r, c);
    CHECK(analog[c] == Approx(sum).margin(1e-12));
    CHECK(first[c] == std::clamp(std::nearbyint(analog[c] * 127.0 / 2.0), -127.0, 127.0));
  }
}

TEST_CASE("a column beyond the full scale saturates", "[crossbar]") {
  const std::vector<float> weights(16, 1.0F);
  const Array<float> array(WeightBlock<float>{weights, 16, 1, 1}, DeviceSpec{}, {}, {});
  const std::vector<float> codes(16, 127.0F), opposite(16, -127.0F);
  CHECK(run(array, codes, {{}}, 8.0)[0] == 127.0F);
  CHECK(run(array, opposite, {{}}, 8.0)[0] == -127.0F);
  CHECK(run(array, codes, {{}}, 32.0)[0] == 64.0F);  // 63.5 to even
}
