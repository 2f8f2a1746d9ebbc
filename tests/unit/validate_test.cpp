// SPDX-License-Identifier: Apache-2.0
#include "sim/validate/validate.hpp"

#include <algorithm>
#include <limits>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/experiment_reader.hpp"

namespace mimosa {
namespace {

ChipSpec chip_named(const std::string& name) {
  const std::vector<std::string> roots = config_roots("");
  return load_chip(find_config("chip", name, roots), roots);
}

std::vector<std::string> failures(const Checks& checks) {
  std::vector<std::string> names;
  for (const Check& c : checks)
    if (c.failed()) names.push_back(c.figure);
  return names;
}

}  // namespace

TEST_CASE("published figures of every machine come out", "[validate]") {
  for (const char* subject : {"isaac", "puma", "hermes", "neurram", "models"}) {
    INFO(subject);
    const Checks checks = validate({subject}, {});
    CHECK(checks.size() >= 8);
    CHECK(failures(checks).empty());
  }
}

TEST_CASE("a chip that is off is found", "[validate]") {
  ChipSpec isaac = chip_named("isaac");
  isaac.mvm.adc.conversion.energy_pj *= 1.01;
  CHECK(failures(isaac_checks(isaac)) ==
        std::vector<std::string>{"12 IMAs of a tile, power", "tile with its quarter of a router, power",
                                 "168 tiles, power", "chip, power", "share of converters in a tile's power",
                                 "peak throughput per watt", "power of all converters",
                                 "128 x 16 MVM of 16 bits: converters"});
  ChipSpec hermes = chip_named("hermes");
  hermes.mvm.interval_ns *= 0.99;
  CHECK(failures(hermes_checks(hermes, chip_named("hermes-4phase"))).size() >= 2);
}

TEST_CASE("what a check expects decides its verdict", "[validate]") {
  Check c{"x", "y", "1", 100.0, 101.0, 0.011, "z"};
  CHECK_FALSE(c.failed());
  CHECK(c.verdict() == "agrees");
  c.tolerance = 0.009;
  CHECK(c.failed());
  CHECK(c.verdict() == "OFF");
  c.expectation = Expectation::Differ;
  CHECK_FALSE(c.failed());
  c.tolerance = 0.011;
  CHECK(c.failed());
  c.expectation = Expectation::Contradict;
  CHECK_FALSE(c.failed());
  CHECK(c.verdict() == "contradiction");
  c.expectation = Expectation::Shape;
  CHECK_FALSE(c.failed());  // not below its bound
  c.at_most = true;
  CHECK(c.failed());
  for (const Expectation e : {Expectation::Agree, Expectation::Differ, Expectation::Shape}) {
    c.expectation = e;
    c.ours = std::numeric_limits<double>::quiet_NaN();
    CHECK(c.failed());
  }
}

TEST_CASE("subjects that there are not are refused", "[validate]") {
  CHECK_THROWS_WITH(validate({"isac"}, {}),
                    Catch::Contains("validate: \"isac\" is unknown") && Catch::Contains("isaac"));
}

}  // namespace mimosa
