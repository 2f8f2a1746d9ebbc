// SPDX-License-Identifier: Apache-2.0
// Controls on a trained network of two slots: what must be chance is, what must not be is not.
#include <cmath>

#include <catch2/catch.hpp>

#include "sim/config/experiment_reader.hpp"
#include "sim/run/classifier.hpp"
#include "sim/run/run.hpp"

namespace mimosa {
namespace {

constexpr const char* quickstart = MIMOSA_SOURCE "/configs/experiment/quickstart.yaml";

Experiment experiment(std::vector<Setting> settings) {
  const std::vector<Setting> small = {{"device", "ideal"},
                                      {"chips", "1"},
                                      {"inputs", "200"},
                                      {"calibration.inputs", "32"},
                                      {"engine", "functional"}};
  settings.insert(settings.begin(), small.begin(), small.end());
  return load_experiment(quickstart, settings).experiment;
}

AccuracyResult accuracy(const std::vector<Setting>& settings) {
  return *run(experiment(settings), {}).front().accuracy;
}

/// Of a share p of 200 independent inputs, 4.5 standard deviations: 7 of a million draws lie outside.
bool is_chance(double mean, double chance) {
  return std::abs(mean - chance) < 4.5 * std::sqrt(chance * (1.0 - chance) / 200.0);
}

}  // namespace

TEST_CASE("another slot's key finds an image by chance, its own nearly always", "[controls]") {
  const AccuracyResult a = accuracy({});
  CHECK(a.analog_interval.mean > 0.85);
  CHECK(is_chance(a.wrong_key->analog.mean, a.wrong_key->chance));
  CHECK(a.wrong_key->chance == Approx(0.1).margin(0.02));
  REQUIRE(a.slots.size() == 2);
  CHECK(a.slots[0].inputs == 100);
  CHECK((a.slots[0].analog.mean + a.slots[1].analog.mean) / 2.0 == Approx(a.analog_interval.mean));
  // Where every slot holds the image, the control fails, as it must.
  const AccuracyResult same = accuracy({{"workload.partners", "same"}});
  CHECK(same.analog_interval.mean > 0.85);
  CHECK_FALSE(is_chance(same.wrong_key->analog.mean, same.wrong_key->chance));
}

TEST_CASE("without its keys a network of two slots guesses, float and on the chip", "[controls]") {
  const std::string keys = GENERATE("none", "foreign");
  const AccuracyResult a = accuracy({{"workload.keys", keys}});
  INFO(keys << ' ' << *a.float_reference);
  CHECK(is_chance(*a.float_reference, 0.1));
  CHECK(is_chance(a.analog_interval.mean, 0.1));
}

TEST_CASE("images stand where the workload puts them, black beside those that count", "[controls]") {
  const Experiment e = experiment({{"workload.partners", "blank"}, {"workload.order", "3"}});
  Network network;
  network.name = "two";
  network.slots = network.inputs_per_pass = 2;
  network.input_mean = 0.25;
  network.input_std = 0.5;
  network.graph.nodes = {{.name = "input", .op = OpKind::Input, .shape = {1, 1, 3}, .slots = 2}};
  const Dataset data{.inputs = {0, 51, 255, 102, 153, 204, 51, 51, 51}, .labels = {4, 5, 6}, .input_size = 3};
  const ArrangedImages arranged = arranged_images(network, data, 3, e);
  const std::vector<float> images = normalised(data, 0, 3, 0.25, 0.5);
  REQUIRE(arranged.images.size() == 3 * 2 * 3);
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t pixel = 0; pixel < 3; ++pixel) {
      const std::size_t row = arranged.arrangement.rows[i];
      CHECK(arranged.images[3 * row + pixel] == images[3 * i + pixel]);
      CHECK(arranged.images[3 * (row ^ 1U) + pixel] == -0.5F);  // (0 − ¼) / ½
    }
  CHECK(arranged.labels == std::vector<std::uint8_t>{4, 5, 6});
  CHECK(arranged.passes == arranged.images);  // one channel: the same layout
}

TEST_CASE("chip samples do not depend on how many are drawn, and networks of a run are paired",
          "[controls]") {
  const std::vector<Setting> noisy = {{"device", "pcm-joshi"}, {"inputs", "64"}, {"chips", "2"}};
  auto until = noisy;
  until.insert(until.end(), {{"half_width", "0.0001"}, {"chips_most", "3"}});
  const AccuracyResult two = accuracy(noisy), three = accuracy(until);
  REQUIRE(two.analog.size() == 2);
  REQUIRE(three.analog.size() == 3);
  CHECK(std::vector<double>(three.analog.begin(), three.analog.begin() + 2) == two.analog);
  until.push_back({"half_width", "0.5"});
  CHECK(accuracy(until).analog == two.analog);
  auto both = noisy;
  both.push_back({"network", "[mimoconv_fmnist_n2, mimoconv_fmnist_n4]"});
  const std::vector<RunResult> runs = run(experiment(both), {});
  CHECK_FALSE(runs[0].paired);
  REQUIRE(runs[1].paired);
  CHECK(runs[1].paired->difference.mean ==
        Approx(runs[1].accuracy->analog_interval.mean - two.analog_interval.mean));
}

}  // namespace mimosa
