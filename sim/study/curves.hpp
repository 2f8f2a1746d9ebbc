// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sim/study/index_reader.hpp"

namespace mimosa {

/// The mean of a figure at one value of an axis, over the points that share it. The band of a point that
/// stands alone is its 95 % interval, where the figure has one (figure_ci95); else the smallest and the
/// largest.
struct CurvePoint {
  std::string label;  ///< the axis' value
  double x = 0.0;     ///< the same as a number; its place in the order where it is none
  double y = 0.0, low = 0.0, high = 0.0;
};
struct Curve {
  std::string name;  ///< value of the axis that tells curves apart; empty without one
  std::vector<CurvePoint> points;
};
struct CurveSet {
  std::string x, y, series;
  bool numeric = true;  ///< values of x are numbers
  std::vector<Curve> curves;
};

/// Leaves the rows whose `axis` has one of `values`, "a,b,c". UserError for an axis that the table lacks, or
/// a value that no row has.
void choose_rows(IndexTable& table, const std::string& axis, const std::string& values);

/// A figure against an axis, a curve for each value of `series` (may be empty). UserError for a column that
/// the table lacks, with those it has. Where `x` is a figure, too, each curve is a frontier.
[[nodiscard]] CurveSet curves_of(const IndexTable& table, const std::string& x, const std::string& y,
                                 const std::string& series);

/// Points, by x, that no other one of them beats: `more_x`, `more_y` say where more is better. Of several
/// alike one is left.
[[nodiscard]] std::vector<CurvePoint> frontier(std::vector<CurvePoint> points, bool more_x, bool more_y);

}  // namespace mimosa
