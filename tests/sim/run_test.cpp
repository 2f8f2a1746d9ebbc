// SPDX-License-Identifier: Apache-2.0
#include "sim/run/run.hpp"

#include <cstdlib>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "sim/config/experiment_reader.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;

const std::string configs = MIMOSA_SOURCE "/configs/";
const std::string trained = configs + "network/mimoformer_recall_2x2.yaml";

/// A run of the trained network and then another.
Experiment of_trained_and(const TemporaryFolder& folder, const std::string& other,
                          const std::string& setting) {
  const std::string file =
      folder.write("e.yaml", "network: [" + trained + ", " + other + "]\nchip: " + configs +
                                 "chip/hermes-attention.yaml\ndevice: " + configs +
                                 "device/pcm-joshi.yaml\nchips: 1\ninputs: 16\n"
                                 "calibration: {inputs: 4}\n");
  return load_experiment(file, {parse_setting(setting)}).experiment;
}

}  // namespace

TEST_CASE("a network that cannot run is refused before the one ahead of it is measured", "[run][error]") {
  const TemporaryFolder folder;
  std::string told;
  RunRequest request;
  request.progress = [&](const std::string& what, double) { told += what + '\n'; };
  const auto refused = [&](const std::string& other, const std::string& setting, const std::string& why) {
    CAPTURE(other, setting);
    told.clear();
    CHECK_THROWS_WITH(run(of_trained_and(folder, other, setting), request), Contains(why));
    CHECK_THAT(told, !Contains("chip 1") && !Contains("timing on"));
  };
  const std::string attention = configs + "network/lra_image_deep_att.yaml",
                    wide = configs + "network/wrn28_10.yaml";
  refused(attention, "engine=functional", "network lra_image_deep_att: has no weights");
  refused(wide, "engine=timing", "network wrn28_10: needs ");
  const char* folder_before = std::getenv("MIMOSA_FASHION_MNIST");
  const std::string before = folder_before == nullptr ? "" : folder_before;
  setenv("MIMOSA_FASHION_MNIST", folder.path().c_str(), 1);
  refused(configs + "network/mimoconv_fmnist_n4.yaml", "engine=functional",
          "no such file; Fashion-MNIST comes with");
  before.empty() ? unsetenv("MIMOSA_FASHION_MNIST") : setenv("MIMOSA_FASHION_MNIST", before.c_str(), 1);
  static_cast<void>(
      run(of_trained_and(folder, configs + "network/performer_recall.yaml", "engine=functional"), request));
  CHECK_THAT(told, Contains("chip 1"));  // what a run that goes on does tell
}

}  // namespace mimosa
