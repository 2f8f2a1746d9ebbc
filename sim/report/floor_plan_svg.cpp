// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "sim/report/figures.hpp"
#include "sim/report/floor_plan_views.hpp"
#include "sim/report/markup.hpp"

namespace mimosa {
namespace {

// Pixels.
constexpr double tile_size = 84, gap = 30, pitch = tile_size + gap, margin = 28, header = 64,
                 legend_width = 330, legend_row = 19, inset = 6, label_height = 15;
constexpr double widest_link = 9, link_offset = 6;
constexpr std::size_t tiles_with_labels = 1024;  // beyond, a drawing grows and nobody could read it

struct Colour {
  double red = 0, green = 0, blue = 0;
  [[nodiscard]] std::string text() const {
    return fmt::format("#{:02x}{:02x}{:02x}", static_cast<int>(red + 0.5), static_cast<int>(green + 0.5),
                       static_cast<int>(blue + 0.5));
  }
  /// Perceived lightness, 0 … 255 (ITU-R BT.601).
  [[nodiscard]] double lightness() const { return 0.299 * red + 0.587 * green + 0.114 * blue; }
};

Colour mixed(const Colour& a, const Colour& b, double share) {
  return {a.red + share * (b.red - a.red), a.green + share * (b.green - a.green),
          a.blue + share * (b.blue - a.blue)};
}

/// Viridis (van der Walt, Smith 2015): lightness rises evenly, with and without colour vision.
Colour viridis(double share) {
  static constexpr std::array<Colour, 10> map = {{{68, 1, 84},
                                                  {72, 40, 120},
                                                  {62, 73, 137},
                                                  {49, 104, 142},
                                                  {38, 130, 142},
                                                  {31, 158, 137},
                                                  {53, 183, 121},
                                                  {110, 206, 88},
                                                  {181, 222, 43},
                                                  {253, 231, 37}}};
  const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(map.size() - 1);
  const auto low = std::min(static_cast<std::size_t>(place), map.size() - 2);
  return mixed(map[low], map[low + 1], place - static_cast<double>(low));
}

Colour stage_colour(const FloorPlan& plan, int stage) {
  const std::size_t last = plan.stages.size() - 1;
  return viridis(last == 0 ? 0.5 : static_cast<double>(stage) / static_cast<double>(last));
}

std::string rectangle(double x, double y, double width, double height, const std::string& style) {
  return fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" {}/>", x, y, width,
                     height, style);
}

std::string label(double x, double y, int size, const std::string& anchor, const std::string& text,
                  const std::string& colour = "#222") {
  return fmt::format(
      "<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"{}\" text-anchor=\"{}\" fill=\"{}\">{}</text>\n", x, y,
      size, anchor, colour, escaped(text));
}

std::string tooltip(const std::string& text) {
  return "<title>" + escaped(text) + "</title>";
}

double x_of(const FloorPlan& plan, int tile) {
  return margin + gap + pitch * (tile % plan.cols);
}
double y_of(const FloorPlan& plan, int tile) {
  return header + pitch * static_cast<double>(tile / plan.cols);
}

/// One array: a frame in its layer's colour, filled from below as far as its cells are used.
std::string array_svg(const FloorPlan& plan, const PlannedArray& array, double x, double y, double width,
                      double height) {
  const Colour colour = stage_colour(plan, array.stage);
  const double filled = std::max(1.0, height * array.used);
  std::string svg =
      fmt::format("<g>{}", tooltip(fmt::format("{}, replica {}, block {}: {} of its cells used",
                                               plan.stages[static_cast<std::size_t>(array.stage)].name,
                                               array.replica, array.block, percent(array.used, 1))));
  svg += rectangle(x, y, width, height,
                   fmt::format("fill=\"#fff\" stroke=\"{}\" stroke-width=\"1.5\"", colour.text()));
  svg += rectangle(x, y + height - filled, width, filled, fmt::format("fill=\"{}\"", colour.text()));
  if (plan.tiles.size() > tiles_with_labels || width < 20 || height < 14) return svg + "</g>\n";
  const bool roomy = width >= 48 && height >= 30;
  // A rim of white keeps letters readable where the filling ends behind them.
  svg += R"(<g stroke="#fff" stroke-width="3" stroke-linejoin="round" paint-order="stroke">)";
  svg += label(x + width / 2, y + height / 2 + (roomy ? -1 : 4), roomy ? 15 : 11, "middle",
               std::to_string(array.stage));
  if (roomy)
    svg += label(x + width / 2, y + height / 2 + 14, 10, "middle", fmt::format("{:.0f} %", 100 * array.used));
  return svg + "</g></g>\n";
}

/// Dots for the layers whose vector work a tile does.
std::string vector_svg(const FloorPlan& plan, const PlannedTile& tile, double x, double y) {
  std::string svg;
  const auto count = static_cast<double>(tile.vector_stages.size());
  const double step = std::min(11.0, (tile_size - 40) / std::max(1.0, count));
  for (std::size_t v = 0; v < tile.vector_stages.size(); ++v) {
    const int stage = tile.vector_stages[v];
    svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\">{}</circle>",
                       x + tile_size - 10 - step * static_cast<double>(v), y + label_height / 2 + 2,
                       stage_colour(plan, stage).text(),
                       tooltip("vector work of " + plan.stages[static_cast<std::size_t>(stage)].name));
  }
  return svg;
}

std::string tile_svg(const FloorPlan& plan, int index) {
  const PlannedTile& tile = plan.tiles[static_cast<std::size_t>(index)];
  const double x = x_of(plan, index), y = y_of(plan, index);
  std::string svg =
      rectangle(x, y, tile_size, tile_size, "rx=\"5\" fill=\"#f1f2f4\" stroke=\"#c3c6cb\"") + '\n';
  if (plan.tiles.size() <= tiles_with_labels)
    svg += label(x + inset, y + label_height - 2, 9, "start",
                 (tile.host ? "host · " : "") + std::to_string(index), "#666");
  svg += vector_svg(plan, tile, x, y);
  if (tile.arrays.empty()) return svg + '\n';
  const int across = static_cast<int>(std::ceil(std::sqrt(static_cast<double>(plan.arrays_per_tile))));
  const int down = (plan.arrays_per_tile + across - 1) / across;
  const double width = (tile_size - 2 * inset) / across,
               height = (tile_size - inset - label_height - 2) / down;
  for (std::size_t a = 0; a < tile.arrays.size(); ++a) {
    const auto n = static_cast<int>(a);
    svg += array_svg(plan, tile.arrays[a], x + inset + width * (n % across) + 1,
                     y + label_height + 2 + height * (n / across) + 1, width - 2, height - 2);
  }
  return svg;
}

/// Load of a link: flits a pass over the cycles a pass takes at least; above 1 it is what limits the chip.
double load_of(const FloorPlan& plan, const PlannedLink& link) {
  return static_cast<double>(link.flits) / static_cast<double>(plan.cycles);
}

/// How strongly a load is drawn, 0 … 1: the root, since most links carry little.
double strength(double load) {
  return std::sqrt(std::min(1.0, load));
}

std::string arrow(double x1, double y1, double x2, double y2, double load, const std::string& title) {
  const double length = std::hypot(x2 - x1, y2 - y1), ux = (x2 - x1) / length, uy = (y2 - y1) / length;
  const double width = 1.0 + (widest_link - 1.0) * strength(load), head = 3.0 + width / 2;
  const std::string colour = mixed({170, 174, 181}, {213, 94, 0}, strength(load)).text();
  return fmt::format(
      "<g fill=\"{0}\" stroke=\"{0}\">{1}<line x1=\"{2:.1f}\" y1=\"{3:.1f}\" x2=\"{4:.1f}\" y2=\"{5:.1f}\" "
      "stroke-width=\"{6:.1f}\"/><path stroke=\"none\" d=\"M{7:.1f} {8:.1f}L{9:.1f} {10:.1f}L{11:.1f} "
      "{12:.1f}Z\"/></g>\n",
      colour, tooltip(title), x1, y1, x2 - ux * head, y2 - uy * head, width, x2, y2,
      x2 - ux * head - uy * head, y2 - uy * head + ux * head, x2 - ux * head + uy * head,
      y2 - uy * head - ux * head);
}

std::string link_svg(const FloorPlan& plan, const PlannedLink& link) {
  const double load = load_of(plan, link), half = tile_size / 2;
  const auto sign = [](double way) { return way > 0.0 ? 1.0 : way < 0.0 ? -1.0 : 0.0; };
  const double ux = sign(x_of(plan, link.to) - x_of(plan, link.from)),
               uy = sign(y_of(plan, link.to) - y_of(plan, link.from));
  // To the right of the way, as cars drive, so that both directions are seen.
  const double x = x_of(plan, link.from) + half + ux * (half + 2) - uy * link_offset,
               y = y_of(plan, link.from) + half + uy * (half + 2) + ux * link_offset;
  return arrow(x, y, x + ux * (gap - 4), y + uy * (gap - 4), load,
               fmt::format("tile {} to {}: {} flits a pass, {} of {} cycles", link.from, link.to,
                           grouped(link.flits), percent(load, 1), grouped(plan.cycles)));
}

std::string legend_svg(const FloorPlan& plan, double x) {
  double y = header + 4;
  std::string svg =
      label(x, y + 8, 12, "start", "layer") + label(x + 292, y + 8, 12, "end", "arrays, cells used");
  for (std::size_t s = 0; s < plan.stages.size(); ++s) {
    const PlannedStage& stage = plan.stages[s];
    const Colour colour = stage_colour(plan, static_cast<int>(s));
    y += legend_row;
    svg += rectangle(x, y, 26, 15, fmt::format("rx=\"2\" fill=\"{}\"", colour.text()));
    svg += label(x + 13, y + 12, 11, "middle", std::to_string(s), colour.lightness() < 140 ? "#fff" : "#222");
    svg += label(x + 34, y + 12, 12, "start", stage.name);
    svg +=
        label(x + 292, y + 12, 12, "end",
              stage.arrays == 0 ? "vector unit only"
                                : fmt::format("{}{}, {}", stage.arrays,
                                              stage.replicas > 1 ? fmt::format(" (×{})", stage.replicas) : "",
                                              percent(stage.used, 0)));
  }
  y += legend_row + 22;
  svg += label(x, y, 12, "start", fmt::format("links: flits of a pass, of {} cycles", grouped(plan.cycles)));
  for (const double load : {0.01, 0.1, 0.5, 1.0}) {
    y += legend_row;
    svg += arrow(x + 2, y, x + 44, y, load, "") + label(x + 56, y + 4, 12, "start", percent(load, 0));
  }
  y += legend_row + 6;
  svg += label(x, y, 11, "start", "An array is filled from below as far as its cells", "#555");
  svg += label(x, y + 15, 11, "start", "hold weights; a dot is a layer's vector work.", "#555");
  return svg;
}

double width_of(const FloorPlan& plan) {
  return 2 * margin + gap + pitch * plan.cols + legend_width;
}
double height_of(const FloorPlan& plan) {
  const double grid = header + pitch * plan.rows + margin;
  const double legend = header + legend_row * (static_cast<double>(plan.stages.size()) + 9) + 30;
  return std::max(grid, legend);
}

std::string plan_svg(const FloorPlan& plan) {
  const PlannedUse use = use_of(plan);
  std::string svg =
      label(margin + gap, 30, 18, "start", plan.network + " on " + plan.chip) +
      label(margin + gap, 50, 13, "start",
            fmt::format("{} of {} arrays on {} of {} tiles, {} of their cells used",
                        grouped(std::int64_t{use.arrays}),
                        grouped(static_cast<std::int64_t>(plan.tiles.size()) * plan.arrays_per_tile),
                        use.tiles, plan.tiles.size(), percent(use.cells, 1)),
            "#555");
  for (std::size_t t = 0; t < plan.tiles.size(); ++t) svg += tile_svg(plan, static_cast<int>(t));
  for (auto link = plan.links.rbegin(); link != plan.links.rend(); ++link) svg += link_svg(plan, *link);
  return svg + legend_svg(plan, margin + gap + pitch * plan.cols + 20);
}

}  // namespace

std::string floor_plan_svg(const std::vector<FloorPlan>& plans) {
  double width = 0, height = 0;
  std::string body;
  for (const FloorPlan& plan : plans) {
    body += fmt::format("<g transform=\"translate(0 {:.0f})\">\n{}</g>\n", height, plan_svg(plan));
    width = std::max(width, width_of(plan));
    height += height_of(plan);
  }
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} "
      "{1:.0f}\" "
      "font-family=\"system-ui, sans-serif\">\n{2}{3}</svg>\n",
      width, height, rectangle(0, 0, width, height, "fill=\"#fff\"") + "\n", body);
}

}  // namespace mimosa
