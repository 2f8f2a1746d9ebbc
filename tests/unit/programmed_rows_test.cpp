// SPDX-License-Identifier: Apache-2.0
#include "models/device/programmed_rows.hpp"

#include <catch2/catch.hpp>

#include "models/base/random.hpp"

namespace mimosa {
namespace {

constexpr std::size_t cells = 40;
const CellRange range{0.0, 25.0};

ProgrammingSpec spec_of(ProgrammingLaw law) {
  ProgrammingSpec spec;
  spec.law = law;
  return spec;
}

std::vector<double> targets(double scale = 1.0) {
  std::vector<float> u(cells);
  uniforms(1, 0, 0, 0, u);
  std::vector<double> g;
  for (const float value : u) g.push_back(20.0 * scale * static_cast<double>(value));
  return g;
}

struct Programmed {
  std::vector<double> us = std::vector<double>(cells);
  std::vector<std::uint32_t> pulses = {};
  friend bool operator==(const Programmed&, const Programmed&) = default;
};
Programmed by(ProgrammedRows& rows, Programming programming, const std::vector<double>& g,
              const ProgrammingDraws& draws) {
  Programmed out;
  rows.program(programming, g, draws, out.us, out.pulses);
  return out;
}
Programmed alone(Programming programming, const std::vector<double>& g, const ProgrammingDraws& draws) {
  Programmed out;
  programming.program(g, draws, out.us, out.pulses);
  return out;
}

}  // namespace

TEST_CASE("a row that is kept is the row that was programmed, and anything else is another row", "[device]") {
  for (const ProgrammingLaw law : {ProgrammingLaw::WriteVerify, ProgrammingLaw::Pulses}) {
    ProgrammedRows rows;
    const Programming plain(spec_of(law), range, 1.0, 1.0);
    ProgrammingSpec finer = spec_of(law);
    finer.write_verify.tolerance_us = 0.1;
    finer.pulses.dw = 0.001;
    struct Case {
      Programming programming;
      std::vector<double> targets;
      ProgrammingDraws draws;
    };
    const std::vector<Case> cases = {{plain, targets(), {7, 0}},
                                     {plain, targets(), {8, 0}},
                                     {plain, targets(), {7, 40}},
                                     {plain, targets(0.5), {7, 0}},
                                     {Programming(finer, range, 1.0, 1.0), targets(), {7, 0}},
                                     {Programming(spec_of(law), {0.0, 30.0}, 1.0, 1.0), targets(), {7, 0}},
                                     {Programming(spec_of(law), range, 2.0, 1.0), targets(), {7, 0}}};
    for (int round = 0; round < 2; ++round)
      for (const Case& c : cases) {
        const Programmed expected = alone(c.programming, c.targets, c.draws);
        CHECK(by(rows, c.programming, c.targets, c.draws) == expected);
        CHECK(expected.pulses.size() == cells);
      }
    CHECK(rows.made() == cases.size());
  }
}

TEST_CASE("rows of laws that draw one error are not kept", "[device]") {
  ProgrammedRows rows;
  const Programming programming(spec_of(ProgrammingLaw::Polynomial), range, 1.0, 1.0);
  for (int round = 0; round < 2; ++round)
    CHECK(by(rows, programming, targets(), {7, 0}) == alone(programming, targets(), {7, 0}));
  CHECK(rows.made() == 0);
}

TEST_CASE("memory for rows has a limit, and rows of other coefficients make room", "[device]") {
  ProgrammedRows rows;
  rows.keep_at_most(1500);  // two rows of 40 cells
  const Programming first(spec_of(ProgrammingLaw::Pulses), range, 1.0, 1.0),
      second(spec_of(ProgrammingLaw::WriteVerify), range, 1.0, 1.0);
  const auto take = [&](const Programming& programming, std::uint32_t row) {
    CHECK(by(rows, programming, targets(), {7, row}) == alone(programming, targets(), {7, row}));
    return rows.made();
  };
  take(first, 0);
  take(first, 40);
  CHECK(take(first, 80) == 3);
  CHECK(take(first, 0) == 3);
  CHECK(take(first, 80) == 4);  // had no room
  CHECK(take(second, 0) == 5);  // takes that of the first
  CHECK(take(second, 0) == 5);
  CHECK(take(first, 0) == 6);
  rows.keep_at_most(0);
  CHECK(take(second, 0) == 6);
}

}  // namespace mimosa
