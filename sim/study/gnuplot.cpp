// SPDX-License-Identifier: Apache-2.0
#include "sim/study/gnuplot.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <limits>
#include <map>
#include <unistd.h>

#include "models/base/error.hpp"
#include "sim/report/compare.hpp"
#include "sim/report/markup.hpp"

namespace fs = std::filesystem;

namespace mimosa {
namespace {

// Paul Tol's bright scheme: told apart without colour vision.
constexpr const char* colours[] = {"#4477aa", "#ee6677", "#228833", "#ccbb44",
                                   "#66ccee", "#aa3377", "#888888"};

/// A string of gnuplot in which nothing is special.
std::string literal(const std::string& text) {
  std::string out = "'";
  for (const char c : printable(text)) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

/// Of figures that name it at their end: ticks carry it with a prefix.
std::string unit_of(const std::string& figure) {
  if (figure.ends_with("_j")) return "J";
  return figure == "latency_s" ? "s" : "";
}

/// Ticks with as many decimals as tell values of this range apart.
std::string format_of(char axis, const std::string& figure, const CurveSet& set) {
  const std::string unit = unit_of(figure);
  if (unit.empty()) return fmt::format("set format {} '%g'\n", axis);
  double least = std::numeric_limits<double>::infinity(), most = 0.0;
  for (const Curve& curve : set.curves)
    for (const CurvePoint& point : curve.points) {
      const double value = std::abs(axis == 'x' ? point.x : point.y);
      least = std::min(least, value);
      most = std::max(most, value);
    }
  const int decimals = most - least > 0.3 * most ? 1 : most - least > 0.03 * most ? 2 : 3;
  return fmt::format("set format {} '%.{}s %c{}'\n", axis, decimals, unit);
}

std::string title_of(const std::string& figure) {
  return figure + (is_fraction(figure) ? " (%)" : "");
}

std::string terminal_of(const std::string& file) {
  if (file.ends_with(".svg")) return "svg size 640,420 font 'sans,13' background '#ffffff' noenhanced";
  if (file.ends_with(".pdf")) return "pdfcairo size 13cm,8.5cm font 'sans,10' noenhanced";
  throw UserError(fmt::format("--out: {}: ends in neither .svg nor .pdf", file));
}

/// The axis' values where they are no numbers.
std::string tics(const CurveSet& set) {
  std::map<double, std::string> labels;
  for (const Curve& curve : set.curves)
    for (const CurvePoint& point : curve.points) labels.try_emplace(point.x, point.label);
  std::string text;
  for (const auto& [x, label] : labels)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", literal(label), x);
  return "set xtics (" + text + ")\nset xrange [-0.5:*]\n";
}

/// Whether small values would lie on top of one another on a linear axis.
bool spreads(const CurveSet& set) {
  double least = 0.0, most = 0.0;
  for (const Curve& curve : set.curves)
    for (const CurvePoint& point : curve.points) {
      if (point.x <= 0.0) return false;
      least = least > 0.0 ? std::min(least, point.x) : point.x;
      most = std::max(most, point.x);
    }
  return set.numeric && most > 50.0 * least;
}

}  // namespace

std::string gnuplot_script(const CurveSet& set, const std::string& file) {
  const double scale_x = is_fraction(set.x) ? 100.0 : 1.0, scale = is_fraction(set.y) ? 100.0 : 1.0;
  std::string text = fmt::format("set terminal {}\nset output {}\n", terminal_of(file), literal(file));
  text += fmt::format("set xlabel {}\nset ylabel {}\n", literal(title_of(set.x)), literal(title_of(set.y)));
  text +=
      "set style fill transparent solid 0.15 noborder\nset grid lc rgb '#dddddd'\nset key outside top center "
      "horizontal\n";
  text += format_of('x', set.x, set) + format_of('y', set.y, set);
  if (!set.numeric) text += tics(set);
  if (spreads(set)) text += "set logscale x\n";
  std::string bands, lines;
  for (std::size_t i = 0; i < set.curves.size(); ++i) {
    text += fmt::format("$curve{} << END\n", i);
    for (const CurvePoint& p : set.curves[i].points)
      text += fmt::format("{} {} {} {}\n", scale_x * p.x, scale * p.y, scale * p.low, scale * p.high);
    text += "END\n";
    const char* colour = colours[i % std::size(colours)];
    bands += fmt::format("{}$curve{} using 1:3:4 with filledcurves lc rgb '{}' notitle", i == 0 ? "" : ", ",
                         i, colour);
    lines += fmt::format(", $curve{} using 1:2 with linespoints lw 2 pt 7 ps 0.5 lc rgb '{}' {}", i, colour,
                         set.curves[i].name.empty() ? "notitle" : "title " + literal(set.curves[i].name));
  }
  return text + "plot " + bands + lines + '\n';
}

void draw(const CurveSet& set, const std::string& file) {
  if (set.curves.empty()) throw UserError(set.y + ": no point has it");
  static_cast<void>(terminal_of(file));
  const fs::path path = file;
  const std::string part = (path.parent_path() / fmt::format(".{}.{}{}", path.stem().string(), getpid(),
                                                             path.extension().string()))
                               .string();
  if (std::system("command -v gnuplot >/dev/null 2>&1") != 0)
    throw UserError("plot: there is no gnuplot; Debian's package is gnuplot-nox");
  if (std::ofstream writable(part); !writable)  // gnuplot would draw on standard output then
    throw UserError(fmt::format("{}: cannot be written: {}", file, std::strerror(errno)));
  FILE* pipe = popen("gnuplot >/dev/null 2>&1", "w");
  const std::string script = gnuplot_script(set, part);
  const bool written = pipe != nullptr && std::fwrite(script.data(), 1, script.size(), pipe) == script.size();
  const bool drawn = pipe != nullptr && pclose(pipe) == 0 && written;
  std::error_code error;
  if (drawn) fs::rename(part, file, error);
  if (drawn && !error) return;
  fs::remove(part, error);
  throw UserError(fmt::format("{}: gnuplot could not draw it", file));
}

}  // namespace mimosa
