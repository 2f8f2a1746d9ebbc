// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <random>

#include <catch2/catch.hpp>

#include "sim/config/effective.hpp"
#include "sim/config/experiment_keys.hpp"
#include "sim/config/names.hpp"
#include "tests/support/config_fixture.hpp"

namespace mimosa {
namespace {

/// Another value the key may have.
ConfigValue drawn(const ConfigKey& key, std::mt19937& random) {
  if (!key.choices.empty()) return key.choices[random() % key.choices.size()];
  if (std::holds_alternative<bool>(key.low)) return random() % 2 == 0;
  if (std::holds_alternative<std::int64_t>(key.low))
    return std::uniform_int_distribution(std::get<std::int64_t>(key.low),
                                         std::get<std::int64_t>(key.high))(random);
  const double low = std::get<double>(key.low), high = std::get<double>(key.high);
  return std::min(high, low + (high - low) * std::pow(std::uniform_real_distribution(0.0, 1.0)(random), 9.0));
}

bool obeys_rules(const Experiment& e) {
  try {
    check(e.chip);
    check(e.device);
  } catch (const std::exception&) {
    return false;
  }
  return true;
}

}  // namespace

TEST_CASE("the effective config reads back to the same experiment, number for number", "[config]") {
  const ConfigFixture configs;
  std::mt19937 random(20240607);
  Experiment base = configs.load("network: [net_a, net_b]\n").experiment;
  base.name = "odd name, \"quoted\"\\";
  base.overrides = {{"blocks.*", "device.read_noise", "0.1"}, {"st'em", "device.drift", "0"}};
  int tried = 0;
  while (tried < 20) {
    Experiment e = base;
    for (const ConfigKey& key : experiment_keys(e).keys) key.set(drawn(key, random));
    if (!obeys_rules(e)) continue;
    ++tried;
    const std::string text = effective_yaml(e);
    Experiment back = load_experiment(configs.experiment(text), {}).experiment;
    CHECK(effective_yaml(back) == text);
    const KeyTable before = experiment_keys(e), after = experiment_keys(back);
    for (std::size_t i = 0; i < before.keys.size(); ++i) {
      INFO(before.keys[i].path);
      CHECK(before.keys[i].get() == after.keys[i].get());
    }
    CHECK(back.networks == e.networks);
    CHECK(back.chip.name == e.chip.name);
    CHECK(back.overrides.size() == 2);
    CHECK(back.overrides[1].layers == "st'em");
    CHECK(back.name == e.name);
  }
}

TEST_CASE("the config's hash depends on every key but name, threads and batch", "[config]") {
  const ConfigFixture configs;
  std::mt19937 random(1);
  const Experiment base = configs.load(ConfigFixture::plain).experiment;
  const std::string hash = config_sha256(base);
  CHECK(hash.size() == 64);
  for (std::size_t i = 0;; ++i) {
    Experiment e = base;
    const KeyTable table = experiment_keys(e);
    if (i == table.keys.size()) break;
    const ConfigKey& key = table.keys[i];
    const ConfigValue old = key.get();
    while (key.get() == old) key.set(drawn(key, random));
    INFO(key.path);
    CHECK((config_sha256(e) == hash) == (key.path == "threads" || key.path == "batch"));
  }
  Experiment renamed = base;
  renamed.name = "another";
  CHECK(config_sha256(renamed) == hash);
  Experiment overridden = base;
  overridden.overrides = {{"*", "device.drift", "0"}};
  CHECK(config_sha256(overridden) != hash);
  Experiment other_network = base;
  other_network.networks = {"net_b"};
  CHECK(config_sha256(other_network) != hash);
}

TEST_CASE("equal values written differently give equal hashes", "[config]") {
  const ConfigFixture configs;
  const auto hash = [&](const std::string& text) { return config_sha256(configs.load(text).experiment); };
  CHECK(hash("network: net_a\ndevice: {read_noise: 0.5}\n") ==
        hash("network: [net_a]\ndevice: {read_noise: +5e-1}\n"));
  CHECK(hash("network: net_a\noverrides: [{layers: a, device.drift: 1}]\n") ==
        hash("network: net_a\noverrides: [{layers: a, device.drift: 1.00}]\n"));
}

TEST_CASE("edit distance counts insertions, deletions, replacements and swaps", "[config]") {
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("bist", "bits") == 1);
  CHECK(edit_distance("same", "same") == 0);
  CHECK(did_you_mean("bist", {"rows", "bits"}) == "; did you mean bits?");
  CHECK(did_you_mean("temperature", {"rows", "bits"}).empty());
}

TEST_CASE("a glob's star takes any run of characters and its question mark one", "[config]") {
  CHECK(matches_glob("*", ""));
  CHECK(matches_glob("blocks.*", "blocks.0.conv1"));
  CHECK(matches_glob("*conv?", "blocks.0.conv1"));
  CHECK(matches_glob("a*b*c", "aXbYbZc"));
  CHECK_FALSE(matches_glob("blocks.*", "block"));
  CHECK_FALSE(matches_glob("?", ""));
  CHECK_FALSE(matches_glob("a*b", "abc"));
}

}  // namespace mimosa
