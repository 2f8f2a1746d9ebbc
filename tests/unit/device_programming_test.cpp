// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/device/programming.hpp"
#include "models/device/pulses.hpp"
#include "models/device/write_verify.hpp"
#include "tests/support/moments.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mimosa {
namespace {

constexpr CellRange range{1.0, 51.0};
constexpr std::size_t devices = 20000;

struct Programmed {
  std::vector<double> g;
  std::vector<std::uint32_t> pulses;
};
Programmed program(const ProgrammingSpec& spec, double target_us, double scale = 1.0,
                   const CellRange& cells = range) {
  Programmed out{std::vector<double>(devices), {}};
  Programming(spec, cells, scale, 1.0)
      .program(std::vector<double>(devices, target_us), {.key = 7, .first = 5}, out.g, out.pulses);
  return out;
}

/// Two-sided at 5 standard errors: a false alarm in 1.7e6 checks.
void check_moments(const std::vector<double>& values, double mean, double std) {
  const Moments m = moments(values);
  CHECK(std::fabs(m.mean - mean) < 5.0 * m.mean_error);
  CHECK(std::fabs(m.std - std) < 5.0 * m.std_error);
}

}  // namespace

TEST_CASE("generic errors have the stated spread, normal or uniform, in three dependences", "[device]") {
  for (const auto& [dependence, size] :
       {std::pair{Dependence::Independent, 0.02 * 51.0}, std::pair{Dependence::Proportional, 0.02 * 20.0},
        std::pair{Dependence::Inverse, 0.02 * 51.0 * 51.0 / 20.0}}) {
    ProgrammingSpec spec{.law = ProgrammingLaw::Generic, .dependence = dependence, .magnitude = 0.02};
    check_moments(program(spec, 20.0).g, 20.0, size);
    spec.distribution = Distribution::Uniform;
    const std::vector<double> uniform = program(spec, 20.0).g;
    check_moments(uniform, 20.0, size / std::sqrt(12.0));
    for (const double g : uniform) CHECK(std::fabs(g - 20.0) <= 0.5 * size);
  }
}

TEST_CASE("program-and-verify ends within the tolerance when reads are exact", "[device]") {
  ProgrammingSpec spec{.law = ProgrammingLaw::WriteVerify};
  spec.write_verify = {
      .tolerance_us = 0.5, .step_us = 4.0, .pulse_noise = 0.3, .verify_noise_us = 0.0, .max_iterations = 200};
  const Programmed cells = program(spec, 30.0);
  for (std::size_t i = 0; i < devices; ++i) {
    CHECK(std::fabs(cells.g[i] - 30.0) <= 0.5);
    CHECK(cells.pulses[i] >= 4);  // 29 uS in steps of 4 ± 30 %
  }
}

TEST_CASE("a verify read without pulses in between leaves the error of one normal step", "[device]") {
  // Aimed at once, accepted whatever comes: the residual is aim · noise · xi, a normal.
  ProgrammingSpec spec{.law = ProgrammingLaw::WriteVerify};
  spec.write_verify = {.tolerance_us = 0.0,
                       .step_us = 1000.0,
                       .pulse_noise = 0.02,
                       .verify_noise_us = 0.0,
                       .max_iterations = 1};
  const Programmed cells = program(spec, 26.0);
  check_moments(cells.g, 26.0, 25.0 * 0.02);
  CHECK(cells.pulses[17] == 1);
  check_moments(program(spec, 26.0, 0.5).g, 26.0, 0.5 * 25.0 * 0.02);
}

TEST_CASE("cells that cannot be verified stop at the most iterations", "[device]") {
  ProgrammingSpec spec{.law = ProgrammingLaw::WriteVerify};
  spec.write_verify = {
      .tolerance_us = 0.01, .step_us = 0.1, .pulse_noise = 0.0, .verify_noise_us = 0.0, .max_iterations = 7};
  const Programmed cells = program(spec, 30.0);
  CHECK(cells.g[0] == Approx(1.7));
  CHECK(cells.pulses[0] == 7);
}

TEST_CASE("a train of pulses is its pulses one after the other", "[device]") {
  const PulsedDevice device{0.01, -0.8, 1.2, 0.3, 0.6};
  for (const bool up : {true, false}) {
    double w = up ? -0.5 : 0.9;
    const double start = w;
    for (int k = 1; k <= 60; ++k) {
      const double u = up ? 1.0 - 0.3 * w / 1.2 : 1.0 + 0.6 * w / 0.8;
      w += (up ? 0.01 : -0.01) * u;
      CHECK(after_pulses(device, start, up, k, 0.0, 0.0) == Approx(w).epsilon(0).margin(1e-12));
      CHECK(pulses_to(device, start, w) == k);
    }
  }
  CHECK(after_pulses(device, 0.0, true, 1e6, 0.0, 0.0) == 1.2);
  CHECK(after_pulses(device, 0.0, false, 1e6, 0.0, 0.0) == -0.8);
}

TEST_CASE("a train's spread is that of its pulses, noise multiplied in each", "[device]") {
  const PulsedDevice device{0.01, -0.8, 1.2, 0.3, 0.6};
  const double one =
      after_pulses(device, 0.2, true, 1, 0.5, 1.0) - after_pulses(device, 0.2, true, 1, 0.5, 0.0);
  CHECK(one == Approx(0.01 * (1.0 - 0.3 * 0.2 / 1.2) * 0.5).epsilon(1e-9));
  // Exact second moment of a product of independent factors, against the recursion of mean and variance.
  double variance = 0.0, u = 1.0 - 0.3 * 0.2 / 1.2;
  const double a = 0.01 * 0.3 / 1.2;
  for (int k = 0; k < 40; ++k) {
    variance = variance * (1.0 - a) * (1.0 - a) + (variance + u * u) * a * a * 0.25;
    u *= 1.0 - a;
  }
  const double sigma =
      after_pulses(device, 0.2, true, 40, 0.5, 1.0) - after_pulses(device, 0.2, true, 40, 0.5, 0.0);
  CHECK(sigma == Approx(std::sqrt(variance) * 1.2 / 0.3).epsilon(1e-6));
}

TEST_CASE("pulses with reads in between reach the target to a step, alone they miss it", "[device]") {
  ProgrammingSpec spec{.law = ProgrammingLaw::Pulses};
  spec.pulses.cycle_noise = 0.0;
  const double step_us = 0.002 / 2.0 * 50.0;  // of the nominal device at w = 0
  const Programmed closed = program(spec, 20.0);
  for (std::size_t i = 0; i < devices; ++i) CHECK(std::fabs(closed.g[i] - 20.0) < 2.0 * step_us);
  spec.pulses.loop = PulseLoop::Open;
  CHECK(moments(program(spec, 20.0).g).std > 10.0 * step_us);
  spec.pulses.dw_spread = spec.pulses.bound_spread = spec.pulses.gamma_spread = 0.0;
  CHECK(program(spec, 20.0).g[3] == Approx(20.0).margin(step_us));
}

TEST_CASE("a device's bounds keep it from targets at the ends", "[device]") {
  ProgrammingSpec spec{.law = ProgrammingLaw::Pulses};
  const Programmed cells = program(spec, 51.0);
  std::size_t short_of_it = 0;
  for (const double g : cells.g) short_of_it += g < 50.5 ? 1 : 0;
  CHECK(short_of_it > devices / 4);
  CHECK(short_of_it < devices / 2 + 1000);
}

TEST_CASE("a measured table gives its numbers at the grid and straight lines between", "[device]") {
  const TemporaryFolder folder;
  ProgrammingSpec spec{.law = ProgrammingLaw::Csv};
  spec.file = folder.write("t.csv",
                           "# lab\ntarget_us,time_s,mean_us,sigma_us,nu\n0,10,1,0.5,0\n20,10,19,1.5,0.1\n"
                           "20,30,17,2.5,0.1\n0, 30,2,0.5,0\n");
  const MeasuredTable table = read_measured_table(spec.file);
  const auto at = [&](double target, double time) { return StateLaw(spec, table, {}, time).state(target); };
  CHECK(at(20.0, 10.0).mean_us == 19.0);
  CHECK(at(0.0, 30.0).mean_us == 2.0);
  CHECK(at(10.0, 20.0).mean_us == Approx((1.0 + 19.0 + 2.0 + 17.0) / 4.0));
  CHECK(at(10.0, 20.0).sigma_us == Approx(1.25));
  CHECK(StateLaw(spec, table, {}, 20.0).conductance(10.0, 2.0, 1.0) == Approx(9.75 + 2.5));
  CHECK(StateLaw(spec, table, {}, 20.0).conductance(10.0, 2.0, 0.0) == Approx(10.0 + 2.5));
  CHECK(StateLaw(spec, table, {}, 300.0).conductance(20.0, 0.0, 1.0) == Approx(17.0 * std::pow(10.0, -0.1)));
}

TEST_CASE("a table that is not full or not numeric is refused with its line", "[device][error]") {
  const TemporaryFolder folder;
  const std::string head = "target_us,time_s,mean_us,sigma_us\n";
  const auto message = [&](const std::string& text) -> std::string {
    const std::string path = folder.write("t.csv", text);
    try {
      (void)read_measured_table(path);
    } catch (const UserError& e) {
      return std::string(e.what()).substr(path.size());
    }
    return "no error";
  };
  CHECK(message("a,b\n") == ":1: header \"a,b\"; allowed: target_us,time_s,mean_us,sigma_us[,nu]");
  CHECK(message(head + "1,0,1,x\n") == ":2: \"x\" is no finite number");
  CHECK(message(head + "1,0,1,nan\n") == ":2: \"nan\" is no finite number");
  CHECK(message(head + "1,0,1\n") == ":2: 3 fields; allowed: 4");
  CHECK(message(head + "1,0,1,1,1\n") == ":2: more than 4 fields");
  CHECK(message(head + "1,0,1,-1\n") == ":2: sigma -1 uS; allowed: from 0");
  CHECK(message(head + "1,-5,1,1\n") == ":2: time -5 s; allowed: from 0");
  CHECK(message(head + "1,0,1,1\n1,0,2,1\n") == ":3: target 1 uS at 0 s stands twice; allowed: once");
  CHECK(message(head + "1,0,1,1\n2,0,2,1\n1,5,1,1\n") ==
        ": target 2 uS at 5 s is missing; every target needs a line for every time");
  CHECK(message(head + "1,0,1,1\n") == ": fewer than two targets; allowed: two or more");
  CHECK_THROWS_WITH(read_measured_table("no/such.csv"), "no/such.csv: cannot be read");
}

}  // namespace mimosa
