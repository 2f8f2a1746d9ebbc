// SPDX-License-Identifier: Apache-2.0
// What a run prints.
#include <catch2/catch.hpp>

#include "sim/report/figures.hpp"
#include "sim/report/markup.hpp"
#include "sim/report/report.hpp"
#include "tests/support/sample_result.hpp"

using Catch::Matchers::Contains;

namespace mimosa {

TEST_CASE("the summary reads as documented", "[report]") {
  CHECK(summary_text({sample_result()}, "runs/x/report.json") ==
        "net   N=2   chip hermes   device pcm-joshi, 1 day after programming\n"
        "network    1,234,567 weights, 1,500,000 MAC/input                       "
        "compiled to 20 of 64 arrays on 20 tiles, 75.5 % used\n"
        "accuracy   float 91.23 %   analog ideal 91.00 %   with noise 89.50 % ± 6.35 (2 chips × 10,000 "
        "inputs)\n"
        "timing     5,000 cycles/pass, 2,500 cycles/input → 400,000 inputs/s at 1 GHz   against N=1: 1.9×\n"
        "energy     10 nJ/input: MVM 75 %, vector unit 20 %, NoC 5 %             against N=1: 1.7×\n"
        "report     runs/x/report.json, report.html\n");
}

TEST_CASE("the summary says what was not asked for, not steady, or fewer inputs than slots", "[report]") {
  RunResult r = sample_result();
  r.network.inputs_per_pass = 1;
  r.accuracy.reset();
  r.timing->steady = false;
  r.baseline.reset();
  const std::string text = summary_text({r}, "");
  CHECK_THAT(text, Contains("N=2, 1 inputs/pass"));
  CHECK_THAT(text, Contains("accuracy   not asked for\n"));
  CHECK_THAT(text, Contains("not yet steady"));
  CHECK_THAT(text, !Contains("against") && !Contains("report"));
}

TEST_CASE("no control character of a file reaches a terminal", "[report]") {
  CHECK(printable("a µ\nb") == "a µ b");
  CHECK(printable("F\x1b[31m16\r\t\x7f") == "F\\x1b[31m16\\x0d\\x09\\x7f");
  const std::string c1 = printable("\xc2\x9b 2J \xc2\xa0");
  CHECK(c1.find("\xc2\x9b") == std::string::npos);
  CHECK_THAT(c1, Contains("\\x9b 2J \xc2\xa0"));
}

TEST_CASE("figures are grouped, prefixed and named as people write them", "[report]") {
  CHECK(grouped(std::int64_t{0}) == "0");
  CHECK(grouped(std::int64_t{999}) == "999");
  CHECK(grouped(std::int64_t{1000}) == "1,000");
  CHECK(grouped(std::int64_t{-1234567}) == "-1,234,567");
  CHECK(grouped(1234.56) == "1,234.6");
  CHECK(grouped(999.96) == "1,000");
  CHECK(grouped(12345.6) == "12,346");
  CHECK(with_prefix(1.2345e-8, "J") == "12.35 nJ");
  CHECK(with_prefix(1e9, "Hz") == "1 GHz");
  CHECK(with_prefix(0.0, "J") == "0 J");
  CHECK(with_prefix(2e-20, "J") == "2e-05 fJ");
  CHECK(duration(25.0) == "25 s");
  CHECK(duration(86400.0) == "1 day");
  CHECK(duration(31536000.0) == "1 year");
  CHECK(duration(2592000.0) == "30 days");
  CHECK(duration(3600.0) == "1 h");
  CHECK(percent(0.12345, 1) == "12.3 %");
}

TEST_CASE("the summary tells what fixed point cut off, and not a rounding here and there", "[report]") {
  RunResult r = sample_result();
  CHECK_THAT(summary_text({r}, ""), !Contains("cut off"));
  r.saturation.fraction_bits = 8;
  r.saturation.layers = {{"stem", true, {1000000, 999}, {1000, 0}}};
  CHECK_THAT(summary_text({r}, ""), !Contains("cut off"));
  r.saturation.layers.push_back({"conv1", true, {1000, 250}, {1000, 10}});
  CHECK_THAT(summary_text({r}, ""),
             Contains("\ncut off    25.0 % of the sums of codes in conv1: beyond 16 bits, in whole codes\n"));
  r.saturation.layers.push_back({"add", false, {}, {1000, 400}});
  CHECK_THAT(
      summary_text({r}, ""),
      Contains("40.0 % of the values in add, the worst of 2 layers: beyond ±128, all that int16 holds with "
               "chip.vector.fraction_bits 8\n"));
}

}  // namespace mimosa
