// SPDX-License-Identifier: Apache-2.0
#include "models/base/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/random.hpp"

using namespace mimosa;

TEST_CASE("Student's quantiles are the published ones", "[base]") {
  // NIST/SEMATECH e-Handbook, 1.3.6.7.2, column 0.975.
  const std::pair<int, double> table[] = {{1, 12.706}, {2, 4.303},  {3, 3.182},  {4, 2.776},
                                          {5, 2.571},  {9, 2.262},  {10, 2.228}, {19, 2.093},
                                          {30, 2.042}, {60, 2.000}, {99, 1.984}, {100, 1.984}};
  for (const auto& [nu, t] : table) {
    INFO(nu << " degrees of freedom");
    CHECK(std::fabs(student_t_975(nu) - t) <= 0.0005);
  }
  CHECK(student_t_975(1000000000) == Approx(1.959963984540054).epsilon(1e-8));
}

TEST_CASE("Student's quantiles of one and two degrees of freedom have their closed forms", "[base]") {
  CHECK(student_t_975(1) == Approx(std::tan(0.475 * M_PI)).epsilon(1e-12));
  CHECK(student_t_975(2) == Approx(0.95 * std::sqrt(2.0 / (1.0 - 0.95 * 0.95))).epsilon(1e-12));
}

TEST_CASE("Student's quantiles fall smoothly where the expansion takes over", "[base]") {
  const double before = student_t_975(199) - student_t_975(200),
               across = student_t_975(200) - student_t_975(201);
  const double after = student_t_975(201) - student_t_975(202);
  CHECK(across > after);
  CHECK(before > across);
}

TEST_CASE("a mean interval of few values is the textbook one", "[base]") {
  const auto m = mean_interval(std::vector{1.0, 2.0, 3.0, 4.0, 5.0});
  CHECK(m.mean == 3.0);
  CHECK(m.ci95 == Approx(2.776445 * std::sqrt(2.5 / 5.0)).epsilon(1e-6));
  CHECK(mean_interval(std::vector{7.0}).mean == 7.0);
  CHECK(mean_interval(std::vector{7.0}).ci95 == 0.0);
  CHECK(mean_interval({}).mean == 0.0);
}

TEST_CASE("a mean interval holds the mean in 95 % of normal samples", "[base]") {
  constexpr int samples = 20000;
  std::vector<float> draws(samples * 5);
  normals(random_key({.layer = "mean interval"}, Effect::Inputs), 0, 0, 0, draws);
  int held = 0;
  for (int s = 0; s < samples; ++s) {
    const std::vector<double> values(draws.begin() + 5 * s, draws.begin() + 5 * s + 5);
    const auto m = mean_interval(values);
    held += std::fabs(m.mean) <= m.ci95 ? 1 : 0;
  }
  // 5 standard errors of a share of 0.95: false alarm 6e-7.
  CHECK(std::fabs(held / static_cast<double>(samples) - 0.95) < 5.0 * std::sqrt(0.95 * 0.05 / samples));
}

TEST_CASE("a magnitude percentile is the value of the nearest rank", "[base]") {
  std::vector<float> values;
  for (int i = 1; i <= 100; ++i) values.push_back(static_cast<float>(i % 2 == 0 ? i : -i));
  std::reverse(values.begin(), values.end());
  for (int percent = 1; percent <= 100; ++percent) {
    CHECK(magnitude_percentile(values, percent / 100.0) == static_cast<float>(percent));
  }
  CHECK(magnitude_percentile(values, 0.0) == 1.0F);
  CHECK(magnitude_percentile(values, 0.071) == 8.0F);
  CHECK(magnitude_percentile(std::vector{-3.0F}, 0.5) == 3.0F);
  CHECK(magnitude_percentile({}, 0.5) == 0.0F);
}
