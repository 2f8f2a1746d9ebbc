// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/study/gnuplot.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mimosa {

TEST_CASE("gnuplot draws the curves as SVG and PDF, whole or not at all", "[study]") {
  using Catch::Matchers::Contains;
  const TemporaryFolder home;
  CurveSet set{.x = "device.read_noise", .y = "accuracy", .series = "net", .numeric = true, .curves = {}};
  set.curves = {{"n'1_<", {{"0", 0.0, 0.9, 0.88, 0.92}, {"2", 2.0, 0.7, 0.65, 0.75}}},
                {"n2", {{"0", 0.0, 0.8, 0.8, 0.8}, {"2", 2.0, 0.6, 0.6, 0.6}}}};
  draw(set, home.path("a.svg"));
  CHECK_THAT(read_file(home.path("a.svg")), Contains("<svg") && Contains("n'1_&lt;") &&
                                                Contains("device.read_noise") && Contains("accuracy (%)"));
  draw(set, home.path("a.pdf"));
  CHECK(read_file(home.path("a.pdf")).starts_with("%PDF"));
  set.x = "energy_j";
  draw(set, home.path("a.svg"));
  CHECK_THAT(read_file(home.path("a.svg")), Contains("energy_j") && Contains(" J"));
  set.curves[0].points[0].x = 1.00e-6;
  set.curves[0].points[1].x = 1.15e-6;
  set.curves[1].points = {set.curves[0].points[1]};
  draw(set, home.path("a.svg"));
  CHECK_THAT(read_file(home.path("a.svg")), Contains("1.02 uJ"));
  set.numeric = false;
  set.curves[0].points[0].label = "first";
  draw(set, home.path("b.svg"));
  CHECK_THAT(read_file(home.path("b.svg")), Contains("first"));
  CHECK_THROWS_WITH(draw(set, home.path("missing/b.svg")),
                    Contains("b.svg: cannot be written: No such file"));
  set.curves.clear();
  CHECK_THROWS_WITH(draw(set, home.path("c.svg")), Contains("no point has it"));
  const auto files = std::filesystem::directory_iterator(home.path());
  CHECK(std::distance(begin(files), end(files)) == 3);
}

}  // namespace mimosa
