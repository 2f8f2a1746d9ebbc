// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "sim/sweep/estimate.hpp"
#include "sim/sweep/record.hpp"
#include "tests/support/sweep_fixture.hpp"

namespace mimosa {
namespace {

void finish(Store& store, const Expansion& points, std::size_t point, double wall_s) {
  store.append(
      finished_line({points.address(point), points.axes(point), 1, ""}, {sample_result()}, wall_s, {}));
}

}  // namespace

TEST_CASE("the time left rests on the sweep's own points, else on others of the store, else on none",
          "[sweep]") {
  const ConfigFixture configs;
  const std::string path = configs.experiment("network: net_a\n");
  const Expansion points = expanded(path, "seed", "1,2,3,4,5,6"), others = expanded(path, "seed", "7,8");
  Store store(configs.folder.path("runs/x"), Store::Access::Alone);
  const auto estimate = [&](int jobs) {
    const StoreContents contents = store.read({});
    return estimate_time(points, contents, todo_of(points, contents, {}, false, false), jobs);
  };
  CHECK_FALSE(estimate(1));

  finish(store, others, 0, 100.0);
  store.append(failed_line({points.address(5), points.axes(5), 1, ""}, "no room", 1000.0));
  REQUIRE(estimate(2));  // five points, two at a time: three rounds
  CHECK_FALSE(estimate(2)->own);
  CHECK(estimate(2)->measured == 1);
  CHECK(estimate(2)->seconds == Approx(300.0));

  finish(store, points, 0, 2.0);
  finish(store, points, 1, 4.0);
  REQUIRE(estimate(2));
  CHECK(estimate(2)->own);
  CHECK(estimate(2)->measured == 2);
  CHECK(estimate(2)->seconds == Approx(6.0));
  CHECK(estimate(100)->seconds == Approx(3.0));  // no point is shared between processes

  for (std::size_t i = 2; i < 5; ++i) finish(store, points, i, 1.0);
  CHECK_FALSE(estimate(1));  // nothing left but one that failed
}

TEST_CASE("before any point is done the time is guessed by multiply-accumulates", "[sweep]") {
  const ConfigFixture configs;
  configs.folder.write(
      "network/small_net.yaml",
      "name: small_net\ninput: {shape: [1, 4, 4]}\nnodes:\n"
      "  - {name: conv, op: conv2d, kernel: 3, out_channels: 4}\n  - {name: flat, op: flatten}\n");
  const auto guess = [&](const std::string& keys, const char* seeds) {
    Expansion points = expanded(configs.experiment("network: small_net\n" + keys), "seed", seeds);
    return guess_time(points, todo_of(points, {}, {}, false, false), 1000);
  };
  const double one = guess("inputs: 100\nchips: 8\ncalibration: {inputs: 50}\n", "1").value();
  // 100 inputs through float, ideal cells and 8 chips, 50 for calibration: 1,050.
  CHECK(guess("inputs: 200\nchips: 8\ncalibration: {inputs: 50}\n", "1").value() ==
        Approx(one * 2050 / 1050));
  CHECK(guess("inputs: 100\nchips: 8\nchips_most: 20\nhalf_width: 0.1\ncalibration: {inputs: 50}\n", "1")
            .value() == Approx(one * 1650 / 1050));
  CHECK(guess("inputs: 100\nchips: 8\ncalibration: {inputs: 50}\n", "linear(1,40)").value() ==
        Approx(one * 40));
  CHECK_FALSE(guess("engine: timing\n", "1"));
  Expansion unreadable = expanded(configs.experiment("network: net_a\n"), "seed", "1,2");
  CHECK_FALSE(guess_time(unreadable, todo_of(unreadable, {}, {}, false, false), 1));
}

}  // namespace mimosa
