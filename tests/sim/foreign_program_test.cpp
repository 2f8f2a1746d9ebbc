// SPDX-License-Identifier: Apache-2.0
#include <cctype>
#include <random>
#include <string>

#include <catch2/catch.hpp>

#include "hw/program/fits.hpp"
#include "models/base/error.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/run/timed_engine.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using namespace mimosa;

namespace {

/// The text with one of its numbers changed.
std::string with_another_number(std::string text, std::mt19937_64& random) {
  std::size_t at = random() % text.size();
  while (std::isdigit(static_cast<unsigned char>(text[at])) == 0) at = (at + 1) % text.size();
  constexpr const char* values[] = {"0", "1", "2", "7", "63", "64", "-1", "100000", "99999999999999999999",
                                    "x"};
  return text.replace(at, 1, values[random() % std::size(values)]);
}

}  // namespace

TEST_CASE("a program with any number changed is refused in words, or runs to its end", "[chip][error]") {
  const ChipSpec chip = small_chip();
  const Program held = compile(small_mimoconv(1, 1), chip, {.replicate = false, .sum_fan_in = 2}).program;
  const std::string text = to_text(held);
  std::mt19937_64 random(1);
  int refused = 0, ran = 0;
  for (int trial = 0; trial < 400; ++trial) {
    const std::string changed = with_another_number(text, random);
    CAPTURE(trial);
    Program program;
    try {
      program = program_from_text(changed);
      check_program(program, held, chip);
    } catch (const UserError&) {
      ++refused;
      continue;
    }
    ++ran;
    CHECK(run_timed(program, chip, {.passes = 2, .stop_when_steady = false, .inputs = {}, .inspect = {}})
              .timing.passes_simulated == 2);
  }
  CHECK(refused > 200);
  CHECK(ran > 20);
}
