// SPDX-License-Identifier: Apache-2.0
#include "sim/config/mvm_config.hpp"

#include <catch2/catch.hpp>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;

MvmConfig load(const std::vector<std::string>& sets) {
  std::vector<Setting> settings;
  for (const std::string& set : sets) settings.push_back(parse_setting(set));
  return load_mvm_config(settings);
}

}  // namespace

TEST_CASE("a product is on hermes with ideal cells unless told otherwise", "[config]") {
  const MvmConfig config = load({});
  CHECK(config.chip.name == "hermes");
  CHECK(config.device.name == "ideal");
  CHECK(config.options.seed == 1);
  CHECK_FALSE(config.options.split);
  CHECK(config.without_effect.empty());
}

TEST_CASE("keys change the parts named, wherever these stand", "[config]") {
  const MvmConfig config = load({"chip.adc.bits=5", "device.time_s=60", "chip=ideal", "device=pcm-joshi",
                                 "mvm.dac_range=2.5", "seed=9"});
  CHECK(config.chip.name == "ideal");
  CHECK(config.chip.analog.adc.bits == 5);
  CHECK(config.chip.analog.dac.bits == 16);
  CHECK(config.device.name == "pcm-joshi");
  CHECK(config.device.time_s == 60.0);
  CHECK(config.options.dac_range == 2.5);
  CHECK(config.options.seed == 9);
}

TEST_CASE("settings that change no product are named", "[config]") {
  CHECK(load({"chip.noc.flit_bytes=16", "chip.array.rows=8", "chip.adc.bits=6"}).without_effect ==
        std::vector<std::string>{"chip.array.rows", "chip.noc.flit_bytes"});
  CHECK(load({"chip.array.rows=8", "mvm.split=true"}).without_effect.empty());
}

TEST_CASE("the hash of a product's config holds what its results depend on", "[config]") {
  const std::string plain = config_sha256(load({}));
  CHECK(config_sha256(load({"chip.noc.flit_bytes=16"})) == plain);
  CHECK(config_sha256(load({"chip.array.rows=8"})) == plain);
  for (const char* set :
       {"chip.adc.bits=7", "device.g_max_us=30", "seed=2", "mvm.split=true", "mvm.dac_range=1"})
    CHECK(config_sha256(load({set})) != plain);
}

TEST_CASE("a range that is stated twice is refused", "[config][error]") {
  CHECK_THROWS_WITH(load({"chip.adc.range=full", "mvm.adc_range=3"}),
                    Contains("mvm.adc_range: has no effect, chip.adc.range states the range"));
  CHECK_THROWS_WITH(load({"mvm.adc_range=3", "mvm.adc_percentile=99"}),
                    Contains("mvm.adc_percentile: has no effect with mvm.adc_range"));
  CHECK_THROWS_WITH(load({"mvm.adc_rnge=3"}),
                    Contains("--set: mvm.adc_rnge: no such key; did you mean adc_range?"));
  CHECK_THROWS_WITH(load({"network=x"}),
                    Contains("--set: network: no such key; allowed: chip, device, mvm, seed"));
  CHECK_THROWS_WITH(load({"device.drift=2", "device.ageing.nu=1"}), Contains("device.ageing.nu"));
}

}  // namespace mimosa
