// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include <catch2/catch.hpp>

#include "sim/report/analyses.hpp"
#include "sim/report/report.hpp"
#include "tests/support/sample_result.hpp"

using Catch::Matchers::Contains;
using Json = nlohmann::json;

namespace mimosa {
namespace {

RunResult analysed() {
  RunResult r = sample_result();
  DiagnosisResult d{
      .inputs = 64, .first_image = 512, .shared_with_calibration = false, .layers = {}, .crosstalk = {}};
  const CodeUse use{.values = 100,
                    .clip_rate = 0.01,
                    .limit_share = 0.02,
                    .codes_used = 51,
                    .codes_available = 255,
                    .entropy_bits = 4.5,
                    .quantiles = {-1.0, -0.5, 0.0, 0.25, 1.0}};
  d.layers.push_back(
      {.layer = "stem",
       .superposed = false,
       .dac = use,
       .adc = use,
       .slots = {{.slot = 0, .signal_power = 2.0, .causes = {{"drift", 0.02, 20.0}, {"all", 0.0, {}}}}}});
  d.crosstalk.push_back({.slot = 0,
                         .input = 0,
                         .signal_power = 10.0,
                         .own_error_power = 1.0,
                         .partners = {{1, 0.1, 0.01}},
                         .layers = {{"stem", 0.001, {0.0001}}}});
  r.diagnosis = d;
  ErrorBudgetResult b;
  b.inputs = 200;
  b.chips = 3;
  b.runs = 42;
  b.planned_chips = 7;
  b.planned_inputs = 1234;
  b.total = {{0.05, 0.01}, 0.02};
  b.rows = {{"drift", "all", {{0.03, 0.01}, 0.02}, {{0.01, 0.0}, 0.0}},
            {"drift", "stem", {{0.0125, 0.01}, 0.02}, {{-0.0025, 0.0}, 0.0}}};
  r.error_budget = b;
  return r;
}

}  // namespace

TEST_CASE("report.json holds a diagnosis under its documented keys", "[report]") {
  const Json d = Json::parse(report_json({analysed()}))["diagnose"];
  CHECK(d["images"] == Json::parse(R"({"split": "held_out", "count": 64, "first": 512,
                                       "shared_with_calibration": false})"));
  CHECK(d["chip_sample"] == 0);
  CHECK(d["layers"][0]["layer"] == "stem");
  CHECK(d["layers"][0]["superposed"] == false);
  CHECK(d["layers"][0]["adc"] == Json::parse(R"({"values": 100, "clip_rate": 0.01, "limit_share": 0.02,
      "codes_used": 51, "codes_available": 255, "entropy_bits": 4.5, "quantiles": [-1.0, -0.5, 0.0, 0.25, 1.0]})"));
  CHECK(d["layers"][0]["slots"][0]["causes"] ==
        Json::parse(R"([{"cause": "drift", "noise_power": 0.02, "snr_db": 20.0},
                        {"cause": "all", "noise_power": 0.0, "snr_db": null}])"));
  CHECK(d["crosstalk"][0] ==
        Json::parse(R"({"slot": 0, "input": 0, "signal_power": 10.0, "own_error_power": 1.0,
            "partners": [{"input": 1, "float_power": 0.1, "chip_power": 0.01}],
            "layers": [{"layer": "stem", "error_power": 0.001, "partners": [{"input": 1, "power": 0.0001}]}]})"));
}

TEST_CASE("report.json holds an error budget under its documented keys", "[report]") {
  const Json b = Json::parse(report_json({analysed()}))["error_budget"];
  CHECK(b["chips"] == 3);
  CHECK(b["runs"] == 42);
  CHECK(b["planned_chips"] == 7);
  CHECK(b["planned_inputs"] == 1234);
  CHECK(b["total"] == Json::parse(R"({"mean": 0.05, "ci95": 0.01, "inputs_ci95": 0.02})"));
  CHECK(b["rows"][1]["layer"] == "stem");
  CHECK(b["rows"][1]["without"]["mean"] == -0.0025);
}

TEST_CASE("analyses that were not asked for are null and print nothing", "[report]") {
  const Json report = Json::parse(report_json({sample_result()}));
  CHECK(report.at("diagnose").is_null());
  CHECK(report.at("error_budget").is_null());
  CHECK(analyses_text(sample_result()).empty());
}

TEST_CASE("the tables of the analyses stand below the summary", "[report]") {
  const std::string text = summary_text({analysed()}, "report.json");
  const std::size_t path = text.find("report     report.json");
  REQUIRE(path != std::string::npos);
  CHECK(text.find("diagnosis  64 held-out images from 512 on, chip sample 0") > path);
  CHECK_THAT(text, Contains("layer  slot  drift  all\n  stem      0   20.0    -\n"));
  CHECK_THAT(text,
             Contains("stem         DAC      1 %        2 %        20 %            4.5  -0.50 0.00 0.25"));
  CHECK_THAT(text, Contains("partner in the float network               20.0"));
  CHECK_THAT(text, Contains("drift   3.00 ± 1.00  1.00 ± 0.00"));
  CHECK_THAT(text, Contains("stem    1.25"));
  CHECK_THAT(report_html("x", report_json({sample_result()}), "", text),
             Contains("budget     200") && !Contains("report     report.json"));
}

TEST_CASE("a diagnosis says where its images also calibrated the chip", "[report]") {
  RunResult result = analysed();
  result.diagnosis->shared_with_calibration = true;
  CHECK_THAT(analyses_text(result), Contains("from 512 on, shared with the calibration, chip sample 0"));
}

}  // namespace mimosa
