// SPDX-License-Identifier: Apache-2.0
#include "sim/config/evidence.hpp"

#include <algorithm>
#include <fstream>

#include <catch2/catch.hpp>

#include "sim/config/config_files.hpp"
#include "sim/config/experiment_reader.hpp"
#include "sim/config/explain.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mimosa {

TEST_CASE("tags are the letters in brackets of a comment", "[evidence]") {
  CHECK(evidence_tags("8 pJ [N]; an estimate [E]") == "NE");
  CHECK(evidence_tags("[A/N] or [S, Noxim's table]") == "ANS");
  CHECK(evidence_tags("nothing [of the kind] (E)").empty());
}

TEST_CASE("the comment of a key's line is found", "[evidence]") {
  const TemporaryFolder folder;
  std::ofstream(folder.path("a.yaml")) << "x: 1\ny: 2  # why [D]\nz: \"#\"\n";
  CHECK(comment_at(folder.path("a.yaml") + ":2") == "why [D]");
  CHECK(comment_at(folder.path("a.yaml") + ":1").empty());
  CHECK(comment_at(folder.path("a.yaml") + ":9").empty());
  CHECK(comment_at("--set").empty());
  CHECK(estimated_keys({{"x", folder.path("a.yaml") + ":2"}, {"y", "--set"}}).empty());
}

TEST_CASE("every value of a chip's file says where it comes from", "[evidence]") {
  for (const ConfigListing& chip : list_configs("chip", config_roots(""))) {
    const ExperimentFile file = load_experiment("quickstart", {{"chip", chip.name}});
    std::vector<std::string> untold;
    std::size_t told = 0;
    for (const auto& [key, origin] : file.origins) {
      if (key.rfind("chip.", 0) != 0) continue;
      ++told;
      if (evidence_tags(comment_at(origin)).empty()) untold.push_back(key + " at " + origin);
    }
    INFO(chip.name);
    CHECK(told > 0);
    CHECK(untold == std::vector<std::string>{});
  }
}

TEST_CASE("an experiment knows the estimates it rests on, explain tells the source", "[evidence]") {
  const ExperimentFile file = load_experiment("quickstart", {{"chip", "isaac"}});
  const std::vector<std::string>& keys = file.experiment.estimates;
  CHECK(std::find(keys.begin(), keys.end(), "chip.noc.hop_cycles") != keys.end());
  CHECK(std::find(keys.begin(), keys.end(), "chip.mvm.adc.energy_pj") == keys.end());
  CHECK_THAT(explain("chip.mvm.adc.energy_pj", &file),
             Catch::Contains("  source   [D] 16 mW / 8 / 1.28 GS/s\n"));
}

}  // namespace mimosa
