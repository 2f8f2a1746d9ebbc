// SPDX-License-Identifier: Apache-2.0
// The devices of configs/device against tables computed from their sources' formulas independently of this
// code: what is tested are the files and the laws together. Printed figures hold to the digits printed.
#include <array>
#include <cmath>
#include <numbers>

#include <catch2/catch.hpp>

#include "models/crossbar/cells.hpp"
#include "models/device/current_noise.hpp"
#include "sim/config/experiment_reader.hpp"

namespace mimosa {
namespace {

constexpr double day = 86400.0, year = 365.0 * day;

DeviceSpec load(const std::string& name) {
  const std::string configs = MIMOSA_CONFIGS;
  return load_device(configs + "/device/" + name + ".yaml", {configs});
}

/// Equal to a number printed with so many decimals.
void check_printed(double value, double printed, int decimals) {
  CHECK(value == Approx(printed).margin(0.5000001 * std::pow(10.0, -decimals)).epsilon(0));
}

double sigma(const DeviceSpec& device, double g_us) {
  return programming_sigma(device.programming, device.range(), g_us);
}

/// The state of one device at a time.
DeviceState state(const DeviceSpec& device, double target_us, double time_s) {
  const MeasuredTable none;
  return StateLaw(device.programming, none, device.range(), time_s).state(target_us);
}

/// Conductance of a device after ageing and, with a sample xi of it, 1/f noise.
double aged(const DeviceSpec& device, double g_us, double ageing_xi, double frozen_xi) {
  const auto a = static_cast<float>(ageing_xi), f = static_cast<float>(frozen_xi);
  double now = 0.0;
  Ageing(device.ageing, device.range(), device.time_s, 1.0).age({&g_us, 1}, {&g_us, 1}, {&a, 1}, {&now, 1});
  LowFrequency(device.low_frequency, device.range(), device.time_s, 0.0, 1.0)
      .add({&g_us, 1}, {&f, 1}, {&now, 1});
  return now;
}

}  // namespace

TEST_CASE("CrossSim's fit of the PCM chip has its tabulated sigmas", "[devices]") {
  const DeviceSpec device = load("pcm-joshi-crosssim");
  const std::array<std::array<double, 2>, 8> table = {{{0.25, 0.305239},
                                                       {1, 0.360456},
                                                       {5, 0.620980},
                                                       {10, 0.866191},
                                                       {15, 1.022019},
                                                       {20, 1.088463},
                                                       {25, 1.065523},
                                                       {21.217, 1.09111}}};
  for (std::size_t i = 0; i < table.size(); ++i)
    check_printed(sigma(device, table[i][0]), table[i][1], i == 7 ? 5 : 6);
}

TEST_CASE("the HERMES devices have their tabulated parameters and state after a day", "[devices]") {
  struct Row {
    int devices;
    double g, sigma, nu_mean, nu_std, q, drifted, sigma_1f;
  };
  const auto row =
      GENERATE(values<Row>({{1, 10.35, 1.007567, 0.017400, 0.005500, 0.016800, 9.31248, 0.784761},
                            {1, 5, 0.853529, 0.057338, 0.012153, 0.021835, 3.53020, 0.386646},
                            {1, 1, 0.362830, 0.071976, 0.025744, 0.022028, 0.64601, 0.071381},
                            {2, 20.7, 1.092699, 0.017400, 0.004800, 0.012300, 18.75645, 1.157253},
                            {2, 10, 0.994732, 0.057338, 0.009039, 0.016737, 7.22599, 0.606648},
                            {2, 5, 0.876932, 0.068013, 0.010922, 0.015860, 3.40093, 0.270570},
                            {2, 1, 0.374694, 0.099066, 0.029753, 0.028553, 0.57044, 0.081701}}));
  INFO(row.devices << " devices, g = " << row.g);
  DeviceSpec device = load("pcm-hermes-" + std::to_string(row.devices));
  const double r = row.g / device.g_max_us;
  check_printed(sigma(device, row.g), row.sigma, 6);
  check_printed(evaluate(device.ageing.nu_mean, r), row.nu_mean, 6);
  check_printed(evaluate(device.ageing.nu_std, r), row.nu_std, 6);
  check_printed(relative_strength(device.low_frequency, r), row.q, 6);
  check_printed(bandwidth_factor(device.low_frequency, day), row.devices == 1 ? 5.01606 : 5.01617, 5);
  check_printed(aged(device, row.g, 0.0, 0.0), row.drifted, 5);
  check_printed(aged(device, row.g, 0.0, 1.0) - aged(device, row.g, 0.0, 0.0), row.sigma_1f, 6);
}

TEST_CASE("both fits of the NeuRRAM chip have their tabulated errors", "[devices]") {
  const std::array<std::array<double, 5>, 7> table = {{{0, 0.348000, 0.701000, 0.782000, 1.053000},
                                                       {1, 0.722045, 1.222146, 1.262233, 1.278884},
                                                       {5, 1.751100, 2.756386, 2.705926, 1.967450},
                                                       {10, 2.258270, 3.720758, 3.663789, 2.413600},
                                                       {20, 2.022938, 3.909000, 3.929125, 2.361800},
                                                       {30, 1.532988, 3.366477, 3.374352, 1.819200},
                                                       {40, 1.103000, 2.651000, 2.677000, 1.707400}}};
  const DeviceSpec aihwkit = load("rram-wan"), crosssim = load("rram-wan-crosssim");
  for (const auto& row : table) {
    INFO("g = " << row[0]);
    check_printed(state(aihwkit, row[0], 1.0).sigma_us, row[1], 6);
    check_printed(state(aihwkit, row[0], day).sigma_us, row[2], 6);
    check_printed(state(aihwkit, row[0], 2.0 * day).sigma_us, row[3], 6);
    check_printed(sigma(crosssim, row[0]), row[4], 6);
    CHECK(state(aihwkit, row[0], day).mean_us == row[0]);
  }
  const double a_day = state(aihwkit, 10.0, day).sigma_us,
               between = state(aihwkit, 10.0, std::sqrt(day)).sigma_us;
  CHECK(between == Approx(0.5 * (state(aihwkit, 10.0, 1.0).sigma_us + a_day)));  // half way in ln t
}

TEST_CASE("Milo's cells have their tabulated sigmas and currents", "[devices]") {
  const DeviceSpec device = load("rram-milo");
  check_printed(sigma(device, 50.0), 4.326971, 6);
  check_printed(sigma(device, 100.0), 3.871621, 6);
  check_printed(sigma(device, 150.0), 3.416271, 6);
  check_printed(sigma(device, 225.0), 2.733246, 6);
  check_printed(cubic_iv(device.iv, 100.0, 1.0).current_a(0.5) * 1e6, 47.87500, 5);
  check_printed(cubic_iv(device.iv, 62.5, 1.0).current_a(0.5) * 1e6, 26.455228, 6);
  check_printed(cubic_iv(device.iv, 225.0, 1.0).current_a(0.5) * 1e6, 112.057537, 6);
  CHECK(cubic_iv(device.iv, 62.5, 0.0).current_a(0.5) * 1e6 == Approx(31.25));
  // Beyond the range of the fit the bend keeps its share of the current.
  for (const double end : {50.0, 225.0}) {
    const double share = cubic_iv(device.iv, end, 1.0).current_a(0.2) / end;
    for (const double g : {end, end == 50.0 ? 1e-3 : 1e4, -3.0})
      if (g > 0.0 || end == 50.0)
        CHECK(cell_iv(device.iv, device.range(), g, 1.0).current_a(0.2) == Approx(share * g).epsilon(1e-12));
  }
  CHECK(cell_iv(device.iv, device.range(), 62.5, 1.0).current_a(0.5) ==
        cubic_iv(device.iv, 62.5, 1.0).current_a(0.5));
  CHECK(cell_iv(device.iv, device.range(), 0.0, 1.0).current_a(0.5) == 0.0);
}

TEST_CASE("CMO cells relax and fluctuate as tabulated", "[devices]") {
  DeviceSpec device = load("rram-cmo");
  check_printed(sigma(device, 50.0), 0.054251, 6);
  check_printed(sigma(load("rram-cmo-2pct"), 50.0), 0.575732, 6);
  struct Row {
    double g, t, mean, relaxation, read;
  };
  for (const Row& row :
       {Row{50, day, 48.98834, 0.88937, 0.231938}, Row{50, year, 48.46323, 1.13723, 0.257656},
        Row{20, day, 18.98834, 0.88937, 0.175452}}) {
    device.time_s = row.t;
    const double mean = aged(device, row.g, 0.0, 0.0);
    check_printed(mean, row.mean, 5);
    check_printed(aged(device, row.g, 1.0, 0.0) - mean, row.relaxation, 5);
    check_printed(aged(device, row.g, 0.0, 1.0) - mean, row.read, 6);
  }
  CHECK(aged(device, 88.0, 5.0, 0.0) == 88.2);
  CHECK(aged(device, 9.1, -5.0, 0.0) == 9.0);
}

TEST_CASE("XB-Sim's read noise is as tabulated", "[devices]") {
  const DeviceSpec device = load("rram-xbsim");
  const auto at = [&](double g) { return white_sigma(device.white, device.range(), g); };
  check_printed(at(4.0), 0.961706, 6);
  check_printed(at(10.0), 1.282060, 6);
  check_printed(at(20.0), 1.719440, 6);
  check_printed(at(44.0), 2.276778, 6);
}

TEST_CASE("SONOS cells have the tabulated mean, spread and read noise to five days", "[devices]") {
  struct Row {
    double current, mean1, sigma1, mean3, sigma3, mean5, sigma5, sigma0, read;
  };
  const auto row = GENERATE(values<Row>(
      {{100, 101.7352, 10.74425, 103.6212, 12.60513, 104.1178, 13.65090, 8.60846, 4.67288},
       {400, 400.6155, 22.59209, 400.8198, 26.90511, 398.5321, 29.52014, 17.82947, 10.61667},
       {800, 796.1732, 25.22994, 790.6874, 30.46035, 784.8269, 33.79396, 19.67384, 12.27385},
       {1600, 1588.4678, 25.58582, 1573.0941, 31.03177, 1559.3016, 34.56035, 19.88437, 12.57290}}));
  const DeviceSpec device = load("sonos");
  const double na_per_us = 100.0, g = row.current / na_per_us;
  const auto check = [&](double days, double mean, double spread) {
    const DeviceState s = state(device, g, days * day);
    check_printed(s.mean_us * na_per_us, mean, 4);
    check_printed(s.sigma_us * na_per_us, spread, 5);
  };
  check(0, row.current, row.sigma0);
  check(1, row.mean1, row.sigma1);
  check(3, row.mean3, row.sigma3);
  check(5, row.mean5, row.sigma5);
  check_printed(white_sigma(device.white, device.range(), g) * na_per_us, row.read, 5);
  const double half = state(device, g, 0.5 * day).mean_us;
  CHECK(half == Approx(0.5 * (g + row.mean1 / na_per_us)).epsilon(1e-6));
}

TEST_CASE("telegraph noise has the closed mean, variance, correlation and corner", "[devices]") {
  TelegraphSpec spec;
  const CellRange range{1.0, 100.0};
  CHECK(telegraph_step(spec, range, 100.0) == Approx(0.028));
  CHECK(telegraph_step(spec, range, 1.0) == Approx(0.50));
  CHECK(telegraph_step(spec, range, 10.0) == Approx(0.5 * (0.028 + 0.50)));  // half way in ln R
  CHECK(telegraph_tau(spec, 0.5) == Approx(1e-3));
  // rms a/(2(1 + a)) at equal times in both states: 1.36 % and 16.7 % of G0.
  const TelegraphProcess low{1.0, 0.028, 0.01, 0.01}, high{1.0, 0.50, 0.01, 0.01};
  check_printed(std::sqrt(low.variance_us2()) * 100.0, 1.36, 2);
  check_printed(std::sqrt(high.variance_us2()) * 100.0, 16.7, 1);
  const TelegraphProcess uneven{10.0, 0.5, 0.03, 0.01};
  CHECK(uneven.high_share() == Approx(0.75));
  CHECK(uneven.mean_us() == Approx(0.75 * 10.0 + 0.25 * 10.0 / 1.5));
  const double fall = 10.0 - 10.0 / 1.5;
  CHECK(uneven.variance_us2() == Approx(fall * fall * 0.75 * 0.25));
  CHECK(uneven.autocorrelation(-0.0075) == Approx(std::exp(-1.0)));
  CHECK(uneven.corner_hz() == Approx((1.0 / 0.03 + 100.0) / (2.0 * std::numbers::pi)));
}

TEST_CASE("read disturb follows its power law after the transition time", "[devices]") {
  ReadDisturbSpec spec{.law = ReadDisturbLaw::Power, .v_read_v = 0.2, .t_read_ns = 100.0};
  const double p = 0.0068 * std::exp(0.11 * 0.2 / (8.617333262e-5 * 300.0));
  CHECK(read_disturb_exponent(spec, 300.0) == Approx(p));
  const double transition = 1.55e-8 * std::pow(1.43339, 1.0 / p);
  CHECK(read_disturb_time_s(spec, 300.0) == Approx(transition));
  spec.n_reads = 0.9 * transition / 1e-7;
  CHECK(read_disturb_factor(spec, 300.0, 1.0) == 1.0);
  spec.n_reads = 1e3 * transition / 1e-7;
  CHECK(read_disturb_factor(spec, 300.0, 1.0) == Approx(std::pow(1e3, -p)));
  CHECK(read_disturb_factor(spec, 300.0, 0.5) == Approx(std::pow(1e3, -0.5 * p)));
  CHECK(read_disturb_factor(spec, 300.0, 0.0) == 1.0);
  spec.n_cycles = 1e4;
  CHECK(read_disturb_time_s(spec, 300.0) ==
        Approx(1.55e-8 * std::pow(1.43339 * (1.0 - 0.003 * std::pow(1e4, 0.41)), 1.0 / p)));
  spec.n_cycles = 2e6;
  CHECK(read_disturb_time_s(spec, 300.0) == 0.0);
}

TEST_CASE("the noise floor of a 25 uS cell read for 128 ns at 0.2 V", "[devices]") {
  const double bandwidth = integration_bandwidth(128e-9);
  check_printed(bandwidth * 1e-6, 3.906, 3);
  check_printed(johnson_current(25e-6, bandwidth, 300.0) * 1e9, 1.272, 3);
  check_printed(shot_current(25e-6 * 0.2, bandwidth) * 1e9, 2.502, 3);
  const CurrentNoiseFactors f = current_noise_factors({.law = CurrentNoiseLaw::ThermalShot}, 25.0, 300.0, {});
  check_printed(std::sqrt(f.thermal) * 5e3, 1.272, 3);  // of 5 uA, in nA
  check_printed(std::sqrt(f.shot) * 5e3, 2.502, 3);
}

TEST_CASE("the electrochemical cells have the tabulated number of states", "[devices]") {
  const auto states = [](const std::string& name) {
    const PulseSpec pulses = load(name).programming.pulses;
    return (pulses.w_max - pulses.w_min) / pulses.dw;
  };
  CHECK(states("ecram-li") == Approx(1000.0));
  check_printed(states("ecram-mo"), 7089.0, 0);
}

TEST_CASE("every device programs cells", "[devices]") {
  const std::string name =
      GENERATE("ideal", "pcm-joshi", "pcm-hermes-1", "pcm-hermes-2", "pcm-joshi-crosssim", "rram-wan",
               "rram-wan-crosssim", "rram-milo", "rram-cmo", "rram-cmo-2pct", "rram-xbsim", "sonos",
               "ecram-li", "ecram-mo", "generic", "measured");
  INFO(name);
  const DeviceSpec device = load(name);
  const std::size_t size = 4096;
  std::vector<double> targets(size);
  for (std::size_t i = 0; i < size; ++i)
    targets[i] =
        device.g_min_us + (device.g_max_us - device.g_min_us) * static_cast<double>(i) / (size - 1.0);
  CellProgrammer programmer(device, {.layer = "any"}, 1, size, 0);
  const CellRow& row = programmer.program(0, targets);
  double error = 0.0, drift = 0.0;
  for (std::size_t i = 0; i < size; ++i) {
    REQUIRE(std::isfinite(row.now_us[i]));
    REQUIRE(row.now_us[i] >= 0.0);
    error += std::fabs(row.programmed_us[i] - targets[i]) / size;
    drift += (row.now_us[i] - row.programmed_us[i]) / size;
  }
  CHECK(error < 0.11 * device.g_max_us);
  CHECK(std::fabs(drift) < 0.4 * device.g_max_us);
  CHECK(row.pulses.empty() == (device.programming.law != ProgrammingLaw::Pulses));
}

}  // namespace mimosa
