// SPDX-License-Identifier: Apache-2.0
#include "models/converter/adc_linearity.hpp"

#include <cmath>

namespace mimosa {
namespace {

double mean_width(std::span<const double> transitions) {
  return (transitions.back() - transitions.front()) / static_cast<double>(transitions.size() - 1);
}

/// The first input of a neighbouring pair where the code goes from below `code` to it or above.
double bisect(const Adc& adc, std::size_t column, double code) {
  double below = -1e3, above = 1e3;  // half ranges: beyond every offset
  for (double middle = 0.0; below < middle && middle < above; middle = below + (above - below) / 2.0)
    (adc.convert(column, middle) < code ? below : above) = middle;
  return above;
}

}  // namespace

std::vector<double> code_transitions(const Adc& adc, std::size_t column) {
  const double full = adc.spec().full_code();
  std::vector<double> transitions;
  for (double code = -full + 1.0; code <= full; code += 1.0)
    transitions.push_back(bisect(adc, column, code) * adc.spec().half_steps());
  return transitions;
}

std::vector<double> inl(std::span<const double> transitions) {
  const double lsb = mean_width(transitions);
  std::vector<double> result(transitions.size());
  for (std::size_t k = 0; k < result.size(); ++k)
    result[k] = (transitions[k] - transitions.front()) / lsb - static_cast<double>(k);
  return result;
}

std::vector<double> dnl(std::span<const double> transitions) {
  const double lsb = mean_width(transitions);
  std::vector<double> result(transitions.size() - 1);
  for (std::size_t k = 0; k < result.size(); ++k)
    result[k] = (transitions[k + 1] - transitions[k]) / lsb - 1.0;
  return result;
}

}  // namespace mimosa
