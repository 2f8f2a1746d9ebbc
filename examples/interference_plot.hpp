// SPDX-License-Identifier: Apache-2.0
// The drawing of examples/interference.cpp.
#pragma once
#include <cmath>
#include <fmt/format.h>
#include <string>
#include <vector>

namespace mimosa {

struct InterferencePoint {
  int sequences = 0, head_channels = 0;
  double law = 0.0, exact = 0.0, ideal = 0.0, noisy = 0.0;  ///< over the rms of ‖q‖·‖k‖
};

/// Measured interference over the derived one, both logarithmic, with the line where they are equal. Points
/// of one sequence, whose derived one is 0, stand in the table alone.
inline std::string interference_svg(const std::vector<InterferencePoint>& points) {
  constexpr double low = 0.08, high = 1.25, left = 60.0, top = 20.0, side = 400.0;
  const auto along = [&](double v) { return std::log(v / low) / std::log(high / low) * side; };
  const auto x = [&](double v) { return left + along(v); };
  const auto y = [&](double v) { return top + side - along(v); };
  std::string svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"620\" height=\"480\" font-family=\"sans-serif\" "
      "font-size=\"13\">\n<rect width=\"620\" height=\"480\" fill=\"#fff\"/>\n";
  for (const double tick : {0.1, 0.2, 0.3, 0.5, 1.0}) {
    svg += fmt::format("<path d=\"M{0:.1f} {1} V{2} M{3} {4:.1f} H{5}\" stroke=\"#ddd\" fill=\"none\"/>\n",
                       x(tick), top, top + side, left, y(tick), left + side);
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", x(tick),
                       top + side + 18, tick);
    svg += fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", left - 6, y(tick) + 4,
                       tick);
  }
  svg += fmt::format("<path d=\"M{:.1f} {:.1f} L{:.1f} {:.1f}\" stroke=\"#888\" fill=\"none\"/>\n", x(low),
                     y(low), x(high), y(high));
  struct Series {
    double InterferencePoint::*value;
    const char *name, *colour;
  };
  double legend = top + 20;
  for (const Series& s : {Series{&InterferencePoint::noisy, "noisy", "#c0392b"},
                          Series{&InterferencePoint::ideal, "ideal analog", "#e0a030"},
                          Series{&InterferencePoint::exact, "float", "#3b6ea5"}}) {
    for (const InterferencePoint& p : points)
      if (p.law > 0.0)
        svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\" fill-opacity=\"0.8\"/>\n",
                           x(p.law), y(p.*s.value), s.colour);
    svg += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"4\" fill=\"{}\"/><text x=\"{}\" y=\"{}\">{}</text>\n",
                       left + side + 24, legend - 4, s.colour, left + side + 36, legend, s.name);
    legend += 20;
  }
  svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">derived, √((MN − 1)/D_h)</text>\n",
                     left + side / 2, top + side + 42);
  svg += fmt::format(
      "<text transform=\"translate(16 {}) rotate(-90)\" text-anchor=\"middle\">measured, over rms "
      "‖q‖‖k‖</text>\n",
      top + side / 2);
  return svg + "</svg>\n";
}

}  // namespace mimosa
