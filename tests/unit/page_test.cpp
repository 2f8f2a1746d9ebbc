// SPDX-License-Identifier: Apache-2.0
#include "sim/report/page.hpp"

#include <nlohmann/json.hpp>
#include <regex>

#include <catch2/catch.hpp>

#include "models/data/hash.hpp"
#include "sim/report/report.hpp"
#include "tests/support/sample_result.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;
using Json = nlohmann::json;

/// What stands between the first `begin` at or behind `from` and the next `end`.
std::string between(const std::string& text, const std::string& begin, const std::string& end,
                    std::size_t from = 0) {
  const std::size_t start = text.find(begin, from);
  REQUIRE(start != std::string::npos);
  const std::size_t stop = text.find(end, start + begin.size());
  REQUIRE(stop != std::string::npos);
  return text.substr(start + begin.size(), stop - start - begin.size());
}

const std::string hostile = "</script><script>alert('x')</script><!--&\"";

}  // namespace

TEST_CASE("SHA-256 in base 64 is what content policies want", "[report]") {
  // FIPS 180-2, B.1, written in base 64 by `printf abc | openssl dgst -sha256 -binary | base64`
  CHECK(sha256_base64("abc") == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

TEST_CASE("names that users wrote stay text, in the page and in its data", "[report]") {
  const std::string page = page_html({hostile, hostile, Json{{"name", hostile}}.dump()});
  CHECK_THAT(page, Contains("<title>&lt;/script&gt;&lt;script&gt;alert(&#39;x&#39;)"));
  CHECK_THAT(page, !Contains("<script>alert") && !Contains("<!--&"));
  const std::string data = between(page, "id=\"data\">", "</script>");
  CHECK(Json::parse(data).at("name") == hostile);
}

TEST_CASE("the policy lets in nothing and runs the page's own scripts alone", "[report]") {
  const std::string page = page_html({"t", "", "{}"});
  const std::string policy = between(page, "Content-Security-Policy\" content=\"", "\"");
  CHECK_THAT(policy, Contains("default-src 'none'") && !Contains("unsafe") && !Contains("*"));
  const std::string style = between(page, "<style>", "</style>");
  CHECK_THAT(policy, Contains("style-src 'sha256-" + sha256_base64(style) + "'"));
  const std::string bundle = between(page, "<script>", "</script>");
  CHECK_THAT(policy, Contains("'sha256-" + sha256_base64(bundle) + "'"));
  const std::string scripts = between(page, "<script>", "</script>", page.find(bundle) + bundle.size());
  CHECK_THAT(policy, Contains("'sha256-" + sha256_base64(scripts) + "'"));
  CHECK(std::regex_search(scripts, std::regex("drawCharts")));
  CHECK_THAT(style + scripts, !Contains("url(") && !Contains("@import") && !Contains("fetch(") &&
                                  !Contains("innerHTML") && !Contains("eval("));
}

TEST_CASE("a run's page holds its whole report, its configuration and its summary", "[report]") {
  const RunResult r = sample_result();
  const std::string report = report_json({r}), config = "name: x\nseed: 7\n";
  const std::string page = report_html("x", report, config, summary_text({r}, "somewhere/report.json"));
  const Json data = Json::parse(between(page, "id=\"data\">", "</script>"));
  CHECK(data.at("report") == Json::parse(report));
  CHECK(data.at("config") == config);
  const std::string summary = between(page, "<pre>", "</pre>");
  CHECK_THAT(summary, Contains("float 91.23 %") && Contains("5,000 cycles/pass"));
  CHECK_THROWS_WITH(report_html("x", report.substr(9), config, ""),
                    "x: its report.json is no report of a run; run it again");
  CHECK_THROWS_WITH(report_html("x", "{}", config, ""),
                    "x: its report.json is no report of a run; run it again");
  CHECK_THAT(page, !Contains("somewhere/"));  // pages of equal runs are equal, wherever they were written
}

}  // namespace mimosa
