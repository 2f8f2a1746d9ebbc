// SPDX-License-Identifier: Apache-2.0
#include "sim/report/report.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include <catch2/catch.hpp>

#include "tests/support/sample_result.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Json = nlohmann::json;

namespace mimosa {

TEST_CASE("report.json holds every figure under its documented key", "[report]") {
  const Json report = Json::parse(report_json({sample_result()}));
  CHECK(report["network"]["name"] == "net");
  CHECK(report["network"]["inputs_per_pass"] == 2);
  CHECK(report["network"]["weights"] == 1234567);
  CHECK(report["network"]["macs_per_pass"] == 3000000);
  CHECK(report["network"]["macs_per_input"] == 1500000.0);
  CHECK(report["accuracy"]["inputs"] == 10000);
  CHECK(report["accuracy"]["float"] == 0.9123);
  CHECK(report["accuracy"]["analog_ideal"] == 0.91);
  CHECK(report["accuracy"]["analog"] ==
        Json::parse(R"({"mean": 0.895, "ci95": 0.0635, "chips": 2, "values": [0.89, 0.9]})"));
  CHECK(report["accuracy"]["inputs_ci95"] == 0.006);
  CHECK(report["timing"]["clock_hz"] == 1e9);
  CHECK(report["timing"]["latency_cycles"] == 9000);
  CHECK(report["timing"]["cycles_per_pass"] == 5000.0);
  CHECK(report["timing"]["cycles_per_input"] == 2500.0);
  CHECK(report["timing"]["inputs_per_s"] == 400000.0);
  CHECK(report["timing"]["steady"] == true);
  CHECK(report["timing"]["bottleneck"] == "tile 3, 99 %");
  CHECK(report["timing"]["events_per_mvm"] == 5.0);
  CHECK(report["energy"]["per_pass_j"] == 2e-8);
  CHECK(report["energy"]["per_input_j"] == 1e-8);
  CHECK(report["energy"]["by_component"]["vector"] == 4e-9);
  CHECK(report["energy"]["static_per_pass_j"] == 3e-9);
  CHECK(report["area"]["total_mm2"] == 40.6);
  CHECK(report["utilisation"]["arrays_used"] == 20);
  CHECK(report["utilisation"]["cells"] == 0.755);
  CHECK(report["baseline"] == Json::parse(R"({"network": "net_n1", "speedup_cycles": 1.9, "speedup_macs": 1.8,
                                              "saving_energy": 1.7})"));
  CHECK(report["validity"] == Json::parse(R"([{"layer": "stem", "effect": "drift", "state": "applied"}])"));
  CHECK(report["calibration"] ==
        Json::parse(R"({"drift_readout": {"mvms": 512, "energy_j": 5e-6, "cycles": 66560},
                                                 "affine": null, "adabs": null})"));
  CHECK(report["programming"]["devices"] == 200);
  CHECK(report["programming"]["pulses"] == 500);
  CHECK(report["programming"]["mean_pulses"] == 2.5);
  CHECK(report["programming"]["time_s"] == 1e-3);
  CHECK(report["programming"]["energy_j"] == 6e-9);
  CHECK(report["wires"] ==
        Json::parse(R"({"level": "ideal", "word_ohm": 0.5, "bit_ohm": 0.25, "source_ohm": 0.0,
      "sense_ohm": 0.0, "gap_to_exact": {"images": {"split": "held_out", "count": 4, "first": 0}, "chip_sample": 0,
      "layers": [{"layer": "stem", "replica": 1, "array": {"row": 0, "col": 64, "rows": 9, "cols": 32}, "sums": 128,
                  "rms": 0.0125, "largest": 0.02, "rms_adc_steps": 0.5}]}, "not_compared": null})"));
  CHECK(report["provenance"] ==
        Json::parse(R"({"version": "0.1.0", "results_version": 1, "seed": 7, "config_sha256": "c",
                        "weights_sha256": "w", "dataset_sha256": "d"})"));
}

TEST_CASE("the validity table is printed for whom it interests", "[report]") {
  const std::string text = validity_text({sample_result()});
  CHECK(text.find("effects    " + sample_result().network.name) != std::string::npos);
  CHECK(text.find("drift") != std::string::npos);
  CHECK(text.find("applied") != std::string::npos);
  CHECK_THAT(text, Contains("level ideal against the exact solution: 0.5 ohm a word-line cell, 0.25 a bit"));
  CHECK_THAT(text, Contains("9 x 32        1.25 %           2 %             0.5"));
  RunResult unknown = sample_result();
  unknown.wires = WireGapResult{.wires = {}, .images = 4, .layers = {}, .why = "no resistance given"};
  CHECK_THAT(validity_text({unknown}), Contains("against the exact solution: no resistance given\n"));
  const Json wires = Json::parse(report_json({unknown}))["wires"];
  CHECK(wires["gap_to_exact"].is_null());
  CHECK(wires["not_compared"] == "no resistance given");
  RunResult timing_only = sample_result();
  timing_only.validity.clear();
  CHECK(validity_text({timing_only}).empty());
}

TEST_CASE("parts that were not asked for are null, never absent and never zero", "[report]") {
  RunResult r = sample_result();
  r.accuracy.reset();
  r.timing.reset();
  r.energy->static_per_pass_j.reset();
  r.provenance.weights_sha256.clear();
  Json report = Json::parse(report_json({r}));
  CHECK(report.at("accuracy").is_null());
  CHECK(report.at("timing").is_null());
  CHECK(report.at("energy").at("static_per_pass_j").is_null());
  CHECK(report.at("baseline").at("speedup_cycles").is_null());
  CHECK(report.at("provenance").at("weights_sha256").is_null());
  r.baseline.reset();
  r.energy.reset();
  r.programming.reset();
  report = Json::parse(report_json({r}));
  CHECK(report.at("baseline").is_null());
  CHECK(report.at("energy").is_null());
  CHECK(report.at("programming").is_null());
}

TEST_CASE("a chosen form of binding stands beside the others", "[report]") {
  RunResult r = sample_result();
  CHECK(Json::parse(report_json({r})).at("binding").is_null());
  r.binding = BindingChoice{.chosen = BindingPlace::Digital,
                            .forms = {{.place = BindingPlace::Crossbar,
                                       .refused = {},
                                       .cycles_per_pass = 5000,
                                       .energy_per_pass_j = 2e-8,
                                       .conversions_per_pass = 40,
                                       .arrays = 20},
                                      {.place = BindingPlace::Digital,
                                       .refused = {},
                                       .cycles_per_pass = 4000,
                                       .energy_per_pass_j = 3e-8,
                                       .conversions_per_pass = 30,
                                       .arrays = 19},
                                      {.place = BindingPlace::Fft, .refused = "not <48>"}}};
  CHECK(Json::parse(report_json({r})).at("binding") == Json::parse(R"({"chosen": "digital", "forms": [
    {"form": "crossbar", "cycles_per_pass": 5000, "energy_per_pass_j": 2e-8, "adc_conversions_per_pass": 40,
     "arrays": 20, "refused": null},
    {"form": "digital", "cycles_per_pass": 4000, "energy_per_pass_j": 3e-8, "adc_conversions_per_pass": 30,
     "arrays": 19, "refused": null},
    {"form": "fft", "cycles_per_pass": null, "energy_per_pass_j": null, "adc_conversions_per_pass": null,
     "arrays": null, "refused": "not <48>"}]})"));
  CHECK_THAT(summary_text({r}, ""),
             Contains("\nbinding    digital chosen: crossbar 5,000 cycles/pass, 20 nJ; digital "
                      "4,000 cycles/pass, 30 nJ; fft not possible\n"));
}

TEST_CASE("the work of attention stands in the report and in a line", "[report]") {
  RunResult r = sample_result();
  CHECK(Json::parse(report_json({r})).at("attention").is_null());
  CHECK_THAT(summary_text({r}, ""), !Contains("attention"));
  r.attention = AttentionResult{.grid_m = 2,
                                .grid_n = 2,
                                .signs = "digital",
                                .array_macs = 3e6,
                                .matrix_macs = 1e6,
                                .stationary_macs = 3e6,
                                .state_macs = 4e5,
                                .numerator_macs = 5e5,
                                .denominator_macs = 1e5,
                                .matrix_cycles = 6000.0,
                                .array_cycles = 3000.0,
                                .matrix_energy_j = 2e-7};
  CHECK(Json::parse(report_json({r})).at("attention") == Json::parse(R"({"grid": [2, 2], "signs": "digital",
    "stationary_share": 0.75, "macs_per_input": {"arrays": 3e6, "matrix_unit": 1e6, "closed_form":
      {"stationary": 3e6, "state": 4e5, "numerator": 5e5, "denominator": 1e5, "softmax": 0.0}},
    "cycles_per_input_of_busiest": {"arrays": 3000.0, "matrix_unit": 6000.0},
    "matrix_energy_per_input_j": 2e-7})"));
  CHECK_THAT(
      summary_text({r}, ""),
      Contains("\nattention  2 × 2 sequences at once; 75 % of the MACs in arrays, 25 % in matrix units") &&
          Contains("MACs against N=1: 1.8×"));
  r.attention->grid_m = r.attention->grid_n = 1;
  r.attention->signs.clear();
  CHECK(Json::parse(report_json({r})).at("attention").at("signs").is_null());
  CHECK_THAT(summary_text({r}, ""), Contains("\nattention  75 %"));
}

TEST_CASE("energies that hang on data of other networks are null", "[report]") {
  RunResult r = sample_result();
  r.baseline->saving_energy.reset();
  r.unshared = UnsharedResult{.stages = {"stem"}, .cycles_per_input = 10.0, .busiest = "stem"};
  r.calibration.drift_readout = CalibrationStep{512, std::nullopt};
  const Json report = Json::parse(report_json({r}));
  CHECK(report.at("baseline").at("saving_energy").is_null());
  CHECK(report.at("unshared").at("energy_share").is_null());
  CHECK(report.at("calibration").at("drift_readout").at("energy_j").is_null());
  const std::string text = summary_text({r}, "");
  CHECK_THAT(text, Contains("unshared   10 cycles/input in stem\n") && Contains("NoC 5 %\n"));
}

TEST_CASE("one chip, or one pass, has no interval: null, never zero and never printed", "[report]") {
  RunResult r = sample_result();
  CHECK(noisy_accuracy(*r.accuracy) == "89.50 % ± 6.35");
  r.accuracy->analog = {0.89};
  r.accuracy->analog_interval = mean_interval(r.accuracy->analog);
  r.accuracy->inputs_ci95.reset();
  const Json accuracy = Json::parse(report_json({r}))["accuracy"];
  CHECK(accuracy.at("analog").at("mean") == 0.89);
  CHECK(accuracy.at("analog").at("ci95").is_null());
  CHECK(accuracy.at("inputs_ci95").is_null());
  CHECK(noisy_accuracy(*r.accuracy) == "89.00 %");
  CHECK_THAT(summary_text({r}, ""), Contains("with noise 89.00 % (1 chip × 10,000 inputs)"));
}

TEST_CASE("the speed of the simulation is told, and stands in nothing that is stored", "[report]") {
  RunResult r = sample_result();
  CHECK(speed_text({r, r}) ==
        "\nspeed      net: 200 MVMs/s, 5.00 events an MVM, in the SystemC chip\n"
        "           net: 200 MVMs/s, 5.00 events an MVM, in the SystemC chip\n");
  const auto stored = [&] { return report_json({r}) + summary_text({r}, ""); };
  const std::string before = stored();
  r.timing->wall_s = 0.25;
  CHECK(stored() == before);
  r.timing.reset();
  CHECK(speed_text({r}).empty());
}

TEST_CASE("several networks stand under runs, in order", "[report]") {
  RunResult second = sample_result();
  second.network.name = "other";
  const Json report = Json::parse(report_json({sample_result(), second}));
  CHECK(report.size() == 1);
  REQUIRE(report["runs"].size() == 2);
  CHECK(report["runs"][1]["network"]["name"] == "other");
}

TEST_CASE("slots, the wrong key and differences to the first network are told", "[report]") {
  RunResult first = sample_result(), second = sample_result();
  Json report = Json::parse(report_json({first}));
  CHECK(report["accuracy"].at("slots").is_null());
  CHECK(report["accuracy"].at("wrong_key").is_null());
  CHECK(report.at("paired").is_null());
  second.network.name = "second_network";
  second.accuracy->slots = {{6000, {0.9, 0.01}}, {0, {}}};
  second.accuracy->wrong_key = WrongKeyResult{{0.11, 0.002}, 0.004, 0.1};
  second.paired = PairedResult{"net", {-0.0211, 0.006}, 2, 0.012};
  report = Json::parse(report_json({first, second}))["runs"][1];
  CHECK(report["accuracy"]["slots"] ==
        Json::parse(
            R"([{"inputs": 6000, "mean": 0.9, "ci95": 0.01}, {"inputs": 0, "mean": null, "ci95": null}])"));
  CHECK(report["accuracy"]["wrong_key"] ==
        Json::parse(R"({"mean": 0.11, "ci95": 0.002, "inputs_ci95": 0.004, "chance": 0.1})"));
  CHECK(
      report["paired"] ==
      Json::parse(R"({"network": "net", "mean": -0.0211, "ci95": 0.006, "chips": 2, "inputs_ci95": 0.012})"));
  CHECK_THAT(summary_text({first, second}, ""),
             EndsWith("points against net, on the same inputs\n"
                      "  second_network      -2.11 ± 0.60 over 2 chips ± 1.20 over inputs\n"));
  second.paired->chips = 1;
  second.paired->inputs_ci95.reset();
  CHECK_THAT(summary_text({first, second}, ""), EndsWith("  second_network      -2.11\n"));
}

TEST_CASE("accuracies of several networks stand side by side, with chance and what is published",
          "[report]") {
  RunResult first = sample_result(), second = sample_result();
  first.accuracy->chance = second.accuracy->chance = 0.2;
  second.network.name = "second_network";
  second.accuracy->published = {0.9652, "a paper"};
  second.accuracy->analog = {0.9};
  const std::string table =
      "\naccuracies\n"
      "  network             float  analog ideal        with noise    chance  published\n"
      "  net               91.23 %       91.00 %    89.50 % ± 6.35   20.00 %          -\n"
      "  second_network    91.23 %       91.00 %           89.50 %   20.00 %    96.52 %\n"
      "published\n"
      "  96.52 % of second_network: a paper\n";
  CHECK_THAT(summary_text({first, second}, ""), EndsWith(table));
  CHECK_THAT(summary_text({second}, ""), Contains("accuracies") && Contains("96.52 %"));
  CHECK_THAT(summary_text({first}, ""), !Contains("accuracies"));
  CHECK_THAT(summary_text({first, first}, ""), Contains("chance\n") && !Contains("published"));
  const Json runs = Json::parse(report_json({first, second}))["runs"];
  CHECK(runs[0]["accuracy"]["chance"] == 0.2);
  CHECK(runs[0]["accuracy"]["published"].is_null());
  CHECK(runs[1]["accuracy"]["published"] == Json::parse(R"({"accuracy": 0.9652, "source": "a paper"})"));
  first.accuracy.reset();
  CHECK_THAT(summary_text({first, first}, ""), !Contains("accuracies"));
}

TEST_CASE("numbers in the report read back bit for bit, and text that is no UTF-8 does not stop it",
          "[report]") {
  RunResult r = sample_result();
  r.energy->per_pass_j = 0.1 + 0.2;
  r.timing->cycles_per_pass = 1.0 / 3.0;
  r.area_mm2 = std::numeric_limits<double>::denorm_min();
  r.chip = "bad\xff";
  const Json report = Json::parse(report_json({r}, -1));
  CHECK(report["energy"]["per_pass_j"].get<double>() == 0.1 + 0.2);
  CHECK(report["timing"]["cycles_per_pass"].get<double>() == 1.0 / 3.0);
  CHECK(report["area"]["total_mm2"].get<double>() == std::numeric_limits<double>::denorm_min());
  CHECK(report_json({r}, -1).find('\n') == std::string::npos);
}

}  // namespace mimosa
