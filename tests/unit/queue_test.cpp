// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/queue.hpp"

#include <set>

#include <catch2/catch.hpp>

#include "sim/config/axis_values.hpp"
#include "tests/support/config_fixture.hpp"

namespace mimosa {
namespace {

Expansion expand(const std::string& path, const std::vector<std::pair<std::string, std::string>>& axes,
                 const std::vector<Setting>& settings = {}) {
  std::vector<Axis> all;
  for (const auto& [key, values] : axes) all.push_back(axis_of_text(key, values, "sweep: " + key));
  return Expansion(make_plan(path, settings, all));
}

std::vector<std::size_t> all_of(const Expansion& points) {
  std::vector<std::size_t> all(points.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return all;
}

constexpr const char* text = "network: net_a\nchip: small\ndevice: noisy\n";

}  // namespace

TEST_CASE("a process stays in its group, takes a fresh one, then helps where most is left", "[sweep]") {
  const ConfigFixture configs;
  const Expansion points =
      expand(configs.experiment(text), {{"device.time_s", "1,2,3"}, {"network", "net_a,net_b"}});
  PointQueue queue(points, all_of(points));  // numbers: time · 2 + network
  std::optional<std::size_t> one, other, third;
  CHECK(queue.next(one) == 0U);
  CHECK(queue.next(other) == 1U);
  CHECK(queue.next(one) == 2U);
  CHECK(queue.next(one) == 4U);
  CHECK(queue.next(one) == 3U);  // of the other's, of which two are left
  CHECK(queue.next(third) == 5U);
  CHECK_FALSE(queue.next(other).has_value());
  CHECK_FALSE(queue.next(one).has_value());
}

TEST_CASE("within a group those of one converter range follow one another", "[sweep]") {
  const ConfigFixture configs;
  const Expansion points =
      expand(configs.experiment(text), {{"device.time_s", "1,2"}, {"chip.adc.bits", "4,6"}, {"seed", "1,2"}});
  PointQueue queue(points, all_of(points));
  std::optional<std::size_t> group;
  std::string order;
  while (const auto point = queue.next(group)) order += points.axes(*point)[1].second;
  CHECK(order == "44446666");
}

TEST_CASE("every point is handed out once, drawn ones too", "[sweep]") {
  const ConfigFixture configs;
  const std::string file =
      configs.experiment(std::string(text) +
                         "axes:\n  chip.adc.noise_lsb: {range: [0, 1]}\n  network: [net_a, net_b]\n"
                         "  device.time_s: {range: [1, 100]}\n"
                         "sweep: {method: random, points: 40, repeats: 2}\n");
  const Expansion points = expand(file, {});
  std::vector<std::size_t> some = all_of(points);
  some.erase(some.begin() + 3);
  PointQueue queue(points, some);
  std::set<std::size_t> seen;
  std::optional<std::size_t> group;
  for (std::size_t i = 0; i < some.size(); ++i) CHECK(seen.insert(queue.next(group).value()).second);
  CHECK_FALSE(queue.next(group).has_value());
  CHECK(seen == std::set<std::size_t>(some.begin(), some.end()));
}

}  // namespace mimosa
