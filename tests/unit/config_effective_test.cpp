// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <random>

#include <catch2/catch.hpp>

#include "sim/config/effective.hpp"
#include "sim/config/experiment_keys.hpp"
#include "sim/config/experiment_reader.hpp"
#include "sim/config/names.hpp"
#include "tests/support/config_fixture.hpp"

namespace mimosa {
namespace {

double drawn_number(double low, double high, std::mt19937& random) {
  return std::min(high, low + (high - low) * std::pow(std::uniform_real_distribution(0.0, 1.0)(random), 9.0));
}

/// Another value the key may have.
ConfigValue drawn(const ConfigKey& key, std::mt19937& random) {
  switch (key.kind) {
    case KeyKind::Choice:
      return key.choices[random() % key.choices.size()];
    case KeyKind::Switch:
      return random() % 2 == 0;
    case KeyKind::Text:
      return "/odd \"folder\"/" + std::to_string(random() % 100) + ".csv";
    case KeyKind::Integer:
      return std::uniform_int_distribution(std::get<std::int64_t>(key.low),
                                           std::get<std::int64_t>(key.high))(random);
    default:
      break;
  }
  const double low = std::get<double>(key.low), high = std::get<double>(key.high);
  if (key.kind == KeyKind::Number) return drawn_number(low, high, random);
  std::vector<double> list(1 + random() % key.most);
  for (double& v : list) v = drawn_number(low, high, random);
  return list;
}

bool obeys_rules(const Experiment& e) {
  try {
    check_rules(e);
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
  base.noise_layers = {"blocks.*", "*"};
  base.half_width = 0.01;  // a pair, of which no key is drawn without the other
  base.chips_most = 100;
  base.overrides = {{"blocks.*", "device.read_noise", "0.1"}, {"st'em", "device.drift", "0"}};
  for (int tried = 0; tried < 20; ++tried) {
    Experiment e = base;
    const KeyTable drawn_keys = experiment_keys(e);
    for (const ConfigKey& key : drawn_keys.keys) {
      const ConfigValue old = key.get();
      key.set(drawn(key, random));
      if (!obeys_rules(e)) key.set(old);
    }
    const std::string text = effective_yaml(e);
    Experiment back = load_experiment(configs.experiment(text), {}).experiment;
    CHECK(effective_yaml(back) == text);
    const KeyTable before = experiment_keys(e), after = experiment_keys(back);
    for (std::size_t i = 0; i < before.keys.size(); ++i) {
      INFO(before.keys[i].path);
      if (before.is_used(before.keys[i])) CHECK(before.keys[i].get() == after.keys[i].get());
    }
    CHECK(back.networks == e.networks);
    CHECK(back.chip.name == e.chip.name);
    CHECK(back.noise_layers == e.noise_layers);
    CHECK(back.overrides.size() == 2);
    CHECK(back.overrides[1].layers == "st'em");
    CHECK(back.name == e.name);
  }
}

TEST_CASE("the config's hash depends on every key with an effect but name, threads and batch", "[config]") {
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
    const bool matters = key.path != "threads" && key.path != "batch" && table.is_used(key);
    const ConfigValue old = key.get();
    while (key.get() == old) key.set(drawn(key, random));
    INFO(key.path);
    CHECK((config_sha256(e) != hash) == matters);
  }
  Experiment renamed = base;
  renamed.name = "another";
  CHECK(config_sha256(renamed) == hash);
  Experiment overridden = base;
  overridden.overrides = {{"*", "device.drift", "0"}};
  CHECK(config_sha256(overridden) != hash);
  Experiment partly = base;
  partly.noise_layers = {"stem"};
  CHECK(config_sha256(partly) != hash);
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
