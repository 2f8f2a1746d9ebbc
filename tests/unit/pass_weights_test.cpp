// SPDX-License-Identifier: Apache-2.0
// How weights that change from pass to pass are made: the same on every path and thread.
#include <atomic>
#include <cmath>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/random.hpp"
#include "models/device/telegraph.hpp"
#include "tests/support/arrays.hpp"

using namespace mimosa;

TEST_CASE("a packed matrix gives back its rows, and takes them perturbed, on every path", "[noise]") {
  const std::size_t rows = 7, cols = 75, whole = 96;
  std::vector<float> base(rows * cols), sigma(rows * cols), normal(rows * whole);
  normals(1, 0, 0, 0, base);
  normals(2, 0, 0, 0, sigma);
  normals(3, 0, 0, 0, normal);
  const PackedMatrix packed(rows, cols, base.data(), cols), sigmas(rows, cols, sigma.data(), cols);
  std::vector<float> expected(rows * cols), given(rows * cols);
  for (std::size_t i = 0; i < expected.size(); ++i)
    expected[i] = std::fma(sigma[i], normal[i / cols * whole + i % cols], base[i]);
  packed.get_rows(0, rows, given.data(), cols);
  CHECK(same_bytes(given, base));
  for (const auto path : available_kernel_paths()) {
    const PathGuard guard;
    use_kernel_path(path);
    PackedMatrix out(rows, cols);
    for (std::size_t p = 0; p < 3; ++p) {
      out.set_perturbed(packed, sigmas, p, 0, 3, normal.data() + p * 32, whole);
      out.set_perturbed(packed, sigmas, p, 3, rows - 3, normal.data() + 3 * whole + p * 32, whole);
    }
    out.get_rows(0, rows, given.data(), cols);
    INFO(to_string(path));
    CHECK(same_bytes(given, expected));
  }
}

TEST_CASE("many switching cells are in the states that one by one they are in, on every kernel path",
          "[noise]") {
  // Shares from rare to frequent, rates from almost at rest to many events between looks.
  const std::size_t devices = 4999;
  std::vector<float> u(2 * devices), rates(devices);
  uniforms(31, 0, 0, 0, u);
  std::vector<std::uint32_t> index(devices), shares(devices), high(devices);
  for (std::size_t i = 0; i < devices; ++i) {
    index[i] = static_cast<std::uint32_t>(7 * i + 3);
    rates[i] = std::pow(10.0F, 10.0F * u[2 * i] - 4.0F);
    shares[i] = telegraph_share(static_cast<double>(u[2 * i + 1]));
  }
  for (const KernelPath path : available_kernel_paths()) {
    const PathGuard guard;
    use_kernel_path(path);
    for (const double time_s : {0.0, 1e-3, 0.4, 3600.0}) {
      telegraph_states(9, time_s, {index, rates, shares}, high);
      std::size_t different = 0;
      for (std::size_t i = 0; i < devices; ++i)
        different += (high[i] == 1) != telegraph_is_high(9, index[i], time_s * static_cast<double>(rates[i]),
                                                         static_cast<double>(u[2 * i + 1]));
      INFO(to_string(path) << ", " << time_s << " s");
      CHECK(different == 0);
    }
  }
}

TEST_CASE("threads that meet each other's passes find the same weights", "[noise]") {
  DeviceSpec noisy, switching;
  noisy.pass_s = switching.pass_s = 1e-4;
  noisy.low_frequency = {.law = LowFrequencyLaw::PowerQ};
  noisy.low_frequency.bands = NoiseBands::Three;
  switching.g_min_us = 2.5;
  switching.telegraph = {.law = TelegraphLaw::TwoState, .tau_min_s = 1e-6, .tau_max_s = 1e-3};
  for (const DeviceSpec& device : {noisy, switching}) {
    const std::size_t rows = 40, cols = 37;
    const std::vector<float> weights = some_weights(rows * cols);
    const Array<float> array({weights, rows, cols, cols}, device, {}, {.layer = "threads"});
    const std::vector<float> codes = some_codes<float>(rows, {});
    const auto result = [&](std::uint32_t pass) {
      std::vector<float> y(cols);
      array.mvm(codes.data(), rows, std::vector<MvmId>{{pass, 1}}, std::vector{3.0}, y.data(), cols);
      return y;
    };
    std::vector<std::vector<float>> expected;
    for (std::uint32_t pass = 0; pass < 5; ++pass) expected.push_back(result(pass));
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (std::uint32_t t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (std::uint32_t i = 0; i < 400; ++i) {
          const std::uint32_t pass = (i * (t + 1) / 3) % 5;
          if (!same_bytes(result(pass), expected[pass])) ++wrong;
        }
      });
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
    CHECK_FALSE(same_bytes(expected[0], expected[1]));
  }
}
