// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "sim/study/curves.hpp"

namespace mimosa {

/// A script for gnuplot 5 that draws the curves with their bands into `file`, SVG or PDF by its ending. The
/// data stand in it. UserError for another ending.
[[nodiscard]] std::string gnuplot_script(const CurveSet& set, const std::string& file);

/// Has gnuplot draw into `file`, whole or not at all. UserError where there is no gnuplot, or it says no.
void draw(const CurveSet& set, const std::string& file);

}  // namespace mimosa
