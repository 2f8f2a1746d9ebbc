// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/where.hpp"

#include <catch2/catch.hpp>

#include "models/base/error.hpp"

using Catch::Matchers::Contains;

namespace mimosa {
namespace {

bool holds(const std::string& text) {
  return Where(text).holds([](const std::string& name) -> WhereValue {
    if (name == "a.b") return 3.0;
    if (name == "nothing") return 0.0;
    if (name == "one") return 1.0;
    if (name == "no") return false;
    if (name == "android") return 7.0;
    return std::string("hermes");
  });
}

}  // namespace

TEST_CASE("conditions bind as they do in arithmetic", "[sweep]") {
  CHECK(holds("1 + 2 * 3 == 7"));
  CHECK(holds("(1 + 2) * 3 == 9"));
  CHECK(holds("10 - 4 - 3 == 3"));
  CHECK(holds("12 / 2 / 3 == 2"));
  CHECK(holds("-2 * -3 == 6"));
  CHECK(holds("1 < 2 or 1 / nothing < 0 and no"));  // the right side is not looked at
  CHECK(holds("not no and a.b >= 3"));
  CHECK(holds("no == false and no != true"));
  CHECK_FALSE(holds("not (a.b == 3)"));
  CHECK(holds("not a.b == 4"));
  CHECK(holds("1e3 == 1000 and .5 < 0.6"));
  CHECK(holds("chip == 'hermes' and chip != \"isaac\""));
  CHECK(holds("android == 7"));
  CHECK(holds("true and not false"));
}

TEST_CASE("a condition that makes no sense is told with its place", "[sweep][error]") {
  CHECK_THROWS_WITH(holds("a.b <"),
                    "sweep.where: \"a.b <\", character 6: expected a key, a number or a 'text'");
  CHECK_THROWS_WITH(holds("(1"), Contains("expected \")\""));
  CHECK_THROWS_WITH(holds("1 2"), Contains("character 3: expected an operator"));
  CHECK_THROWS_WITH(holds("'a"), Contains("a quote that is not closed"));
  CHECK_THROWS_WITH(holds("chip < 3"),
                    "sweep.where: \"chip < 3\": 'hermes' is text and 3 is a number: not to be compared by <");
  CHECK_THROWS_WITH(holds("chip + 1"), Contains("'hermes' is text where a number is due"));
  CHECK_THROWS_WITH(holds(std::string(100000, '(')), Contains("too many levels"));
  CHECK_THROWS_WITH(holds("a.b / nothing > 3"), Contains("divides by zero"));
  CHECK_THROWS_WITH(holds("a.b"), Contains("3 is a number where true or false is due; compare it"));
  CHECK_THROWS_WITH(holds("not android"), Contains("7 is a number where true or false is due"));
  CHECK_THROWS_WITH(holds("1 == 1 and chip"), Contains("'hermes' is text where true or false is due"));
  CHECK_THROWS_WITH(holds("one"), Contains("1 is a number where true or false is due"));
  CHECK_THROWS_WITH(holds("a.b - 2"), Contains("1 is a number where true or false is due"));
  CHECK_THROWS_WITH(holds("nothing"), Contains("0 is a number where true or false is due"));
  CHECK_THROWS_WITH(holds("(a.b > 2) + 1 > 1"), Contains("true is a condition where a number is due"));
  CHECK_THROWS_WITH(holds("no == 0"), Contains("false is a condition and 0 is a number"));
  CHECK_THROWS_WITH(holds("a = 3"), Contains("expected an operator; equal is =="));
}

}  // namespace mimosa
