// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>

#include <catch2/catch.hpp>

#include "sim/mvm/mimosa.h"

namespace {

using Catch::Matchers::Contains;

constexpr double weights[] = {1.0, -2.0, 0.5, 0.25, 0.0, 4.0};
constexpr double vectors[] = {1.0, 0.5, -1.0, 0.0, 0.5, 1.0};

struct Handle {
  mimosa_matrix* matrix;
  ~Handle() { mimosa_matrix_free(matrix); }
};

}  // namespace

TEST_CASE("the C interface multiplies and tells its shape, version and ranges", "[mvm]") {
  const char* const settings[] = {"seed=3", "chip.weights.bits=8", "chip.weights.cell_bits=4", nullptr};
  const Handle h{mimosa_matrix_new("ideal", nullptr, settings, weights, 2, 3)};
  REQUIRE(h.matrix != nullptr);
  CHECK(mimosa_api_version() == mimosa_api);
  CHECK(std::strlen(mimosa_version()) > 0);
  CHECK(mimosa_matrix_outputs(h.matrix) == 2);
  CHECK(mimosa_matrix_inputs(h.matrix) == 3);
  CHECK(mimosa_matrix_arrays(h.matrix) == 1);
  CHECK(mimosa_matrix_dac_range(h.matrix) == 0.0);
  REQUIRE(mimosa_matrix_fit(h.matrix, vectors, 2) == mimosa_ok);
  CHECK(mimosa_matrix_dac_range(h.matrix) == 1.0);
  CHECK(mimosa_matrix_adc_range(h.matrix, 1) > 0.0);
  CHECK(mimosa_matrix_adc_range(h.matrix, 2) == 0.0);
  double y[4] = {};
  REQUIRE(mimosa_matrix_multiply(h.matrix, vectors, 2, 0, 1, y) == mimosa_ok);
  const double exact[] = {3.25, 1.0, 2.25, 4.125};
  // 8-bit weights round 4 · |w| by at most half of 4/127, for each of three inputs of at most 1.
  for (int i = 0; i < 4; ++i) CHECK(y[i] == Approx(exact[i]).epsilon(0).margin(3 * 0.5 * 4 / 127));
}

TEST_CASE("what the C interface cannot do gives a status and one line", "[mvm][error]") {
  const auto refused = [](const mimosa_matrix* made, const std::string& what) {
    CHECK(made == nullptr);
    CHECK(mimosa_status() == mimosa_user_error);
    CHECK_THAT(mimosa_error(), Contains(what));
  };
  const char* const unknown[] = {"chip.adc.bitz=3", nullptr};
  const char* const no_value[] = {"chip.adc.bits", nullptr};
  refused(mimosa_matrix_new(nullptr, nullptr, unknown, weights, 2, 3),
          "settings: chip.adc.bitz: no such key");
  refused(mimosa_matrix_new(nullptr, nullptr, no_value, weights, 2, 3), "is not KEY=VALUE");
  refused(mimosa_matrix_new("hermse", nullptr, nullptr, weights, 2, 3), "no chip named");
  refused(mimosa_matrix_new(nullptr, nullptr, nullptr, nullptr, 2, 3), "matrix: is null");
  refused(mimosa_matrix_new(nullptr, nullptr, nullptr, weights, SIZE_MAX / 2, 4), "larger than memory");
  const Handle h{mimosa_matrix_new(nullptr, nullptr, nullptr, weights, 2, 3)};
  REQUIRE(h.matrix != nullptr);
  double y[4] = {};
  CHECK(mimosa_matrix_multiply(nullptr, vectors, 2, 0, 1, y) == mimosa_user_error);
  CHECK(mimosa_matrix_multiply(h.matrix, nullptr, 2, 0, 1, y) == mimosa_user_error);
  CHECK(mimosa_matrix_multiply(h.matrix, vectors, 2, 0, 1, nullptr) == mimosa_user_error);
  CHECK(mimosa_matrix_multiply(h.matrix, vectors, 2, UINT32_MAX, 2, y) == mimosa_user_error);
  CHECK_THAT(mimosa_error(), Contains("reads"));
  mimosa_matrix_free(nullptr);
}

TEST_CASE("every thread has the error of its own last call", "[mvm][error]") {
  CHECK(mimosa_matrix_new("hermse", nullptr, nullptr, weights, 2, 3) == nullptr);
  std::string elsewhere = "unset";
  std::thread([&] { elsewhere = mimosa_error(); }).join();
  CHECK(elsewhere.empty());
  CHECK_THAT(mimosa_error(), Contains("hermse"));
}
