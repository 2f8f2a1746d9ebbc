// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/floor_plan.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>

#include "hw/program/counts.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/report/floor_plan_views.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using namespace mimosa;
using Catch::Matchers::Contains;

namespace {

struct Planned {
  ChipSpec chip;
  Program program;
  FloorPlan plan;
  explicit Planned(int dpes, int slots = 2) : chip(small_chip()) {
    chip.tile.dpes = dpes;
    program = compile(small_mimoconv(slots, slots), chip, {}).program;
    plan = floor_plan(program, chip);
  }
};

/// Elements that are opened and not closed, and the other way round; the drawing has no comments.
std::string unbalanced(const std::string& svg) {
  std::vector<std::string> open;
  for (std::size_t at = svg.find('<'); at != std::string::npos; at = svg.find('<', at + 1)) {
    const std::size_t end = svg.find('>', at);
    if (end == std::string::npos) return "an element that does not end";
    const std::string element = svg.substr(at + 1, end - at - 1);
    const std::string name = element.substr(0, element.find_first_of(" /", 1));
    if (std::count(element.begin(), element.end(), '"') % 2 != 0) return "a quote in " + element;
    if (element.back() == '/') continue;
    if (element.front() != '/') {
      open.push_back(name);
    } else {
      if (open.empty() || '/' + open.back() != name) return name;
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// Perceived lightness of "#rrggbb".
double lightness(const std::string& colour) {
  const auto part = [&](std::size_t at) { return std::stoi(colour.substr(at, 2), nullptr, 16); };
  return 0.299 * part(1) + 0.587 * part(3) + 0.114 * part(5);
}

}  // namespace

TEST_CASE("a floor plan holds the arrays, tiles and cells that the report counts", "[compiler]") {
  const int dpes = GENERATE(1, 3);
  const Planned p(dpes);
  const Footprint used = footprint(p.program, p.chip);
  const PlannedUse use = use_of(p.plan);
  CHECK(use.arrays == used.arrays);
  CHECK(use.tiles == used.tiles);
  CHECK(use.cells == Approx(used.cell_utilisation).epsilon(1e-12));
  int arrays = 0;
  double cells = 0.0;
  for (const PlannedStage& stage : p.plan.stages) {
    arrays += stage.arrays;
    cells += stage.used * stage.arrays;
  }
  CHECK(arrays == used.arrays);
  CHECK(cells / arrays == Approx(used.cell_utilisation).epsilon(1e-12));
  for (const PlannedTile& tile : p.plan.tiles) CHECK(static_cast<int>(tile.arrays.size()) <= dpes);
  CHECK(p.plan.tiles[static_cast<std::size_t>(p.program.tasks.front().tile)].host);
}

TEST_CASE("the traffic of a floor plan adds up to the flit hops of a pass", "[compiler]") {
  const Planned p(GENERATE(1, 3), GENERATE(1, 4));
  std::int64_t flits = 0;
  std::set<std::pair<int, int>> links;
  for (const PlannedLink& link : p.plan.links) {
    flits += link.flits;
    CHECK(mesh_hops(link.from, link.to, p.chip.mesh) == 1);
    CHECK(links.emplace(link.from, link.to).second);
  }
  CHECK(flits == counts_per_pass(p.program, p.chip).flit_hops);
  CHECK(std::is_sorted(p.plan.links.begin(), p.plan.links.end(),
                       [](const PlannedLink& a, const PlannedLink& b) { return a.flits > b.flits; }));
}

TEST_CASE("a drawn floor plan is one well-formed file with every array and link", "[report]") {
  Planned p(3);
  p.plan.stages[1].name = "a<b&\"c'";
  const std::string svg = floor_plan_svg({p.plan, p.plan});
  CHECK(unbalanced(svg).empty());
  CHECK_THAT(svg, Contains("a&lt;b&amp;&quot;c&#39;") && !Contains("a<b"));
  CHECK(count(svg, "of its cells used</title>") == 2 * static_cast<std::size_t>(use_of(p.plan).arrays));
  CHECK(count(svg, "flits a pass,") == 2 * p.plan.links.size());
  CHECK(count(svg, "http") == 1);  // the name space; nothing is fetched
  CHECK(unbalanced("<a><b></a>") == "/a");
  CHECK(unbalanced("<a>") == "a");
}

TEST_CASE("layers of a drawn floor plan grow lighter, so that no colour vision is needed", "[report]") {
  const std::string svg = floor_plan_svg({Planned(1).plan});
  const std::string swatch = "rx=\"2\" fill=\"";
  std::vector<double> layers;
  for (std::size_t at = svg.find(swatch); at != std::string::npos; at = svg.find(swatch, at + 1))
    layers.push_back(lightness(svg.substr(at + swatch.size(), 7)));
  REQUIRE(layers.size() > 5);
  for (std::size_t l = 1; l < layers.size(); ++l) CHECK(layers[l] > layers[l - 1] + 2.0);
}

TEST_CASE("a floor plan in the terminal has a line for every row of tiles, layer and busy link", "[report]") {
  FloorPlan plan{
      .network = "net",
      .chip = "chip",
      .rows = 2,
      .cols = 2,
      .arrays_per_tile = 1,
      .stages = {{"conv", 2, 2, 0.25}, {"pool", 0, 1, 0.0}},
      .tiles = {{{{0, 0, 0, 0.25}}, {0}, true}, {{{0, 1, 0, 0.25}}, {}, false}, {{}, {1}, false}, {}},
      .links = {{0, 1, 50}, {1, 3, 5}},
      .cycles = 200};
  CHECK(floor_plan_text(plan) ==
        "net on chip: 2 of 4 arrays on 3 of 4 tiles, 25.0 % of their cells used\n\n"
        "layer : % of cells used, for every tile\n"
        "   0:25    0:25\n"
        "   1       ·\n\n"
        " no.  layer  arrays  replicas  cells used\n"
        "   0  conv        2         2      25.0 %\n"
        "   1  pool        0         1        none\n\n"
        "busiest links, of 200 cycles that a pass takes at least\n"
        "      tile 0 to 1: 50 flits a pass, 25.0 %\n"
        "      tile 1 to 3: 5 flits a pass, 2.5 %\n");
  plan.cols = 20;
  plan.rows = 1;
  plan.tiles.resize(20);
  CHECK_THAT(floor_plan_text(plan), Contains("layer of every tile\n   0   0   1   ·   ·"));
}
