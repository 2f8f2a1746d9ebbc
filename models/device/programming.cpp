// SPDX-License-Identifier: Apache-2.0
#include "models/device/programming.hpp"

#include <algorithm>

#include "models/base/random.hpp"
#include "models/device/polynomial.hpp"
#include "models/device/pulses.hpp"
#include "models/device/write_verify.hpp"

namespace mimosa {

namespace {

double generic_sigma(const ProgrammingSpec& spec, const CellRange& range, double g_us) {
  switch (spec.dependence) {
    case Dependence::Proportional:
      return spec.magnitude * g_us;
    case Dependence::Inverse:
      return spec.magnitude * range.g_max_us * range.g_max_us / g_us;
    default:
      return spec.magnitude * range.g_max_us;
  }
}

}  // namespace

double programming_sigma(const ProgrammingSpec& spec, const CellRange& range, double g_us) {
  switch (spec.law) {
    case ProgrammingLaw::Polynomial:
      return std::max(0.0, polynomial(spec.sigma_us, g_us / range.g_max_us)) * range.g_max_us /
             spec.reference_g_max_us;
    case ProgrammingLaw::Linear:
      return std::max(0.0, spec.offset_us + spec.slope * g_us);
    case ProgrammingLaw::Generic:
      return generic_sigma(spec, range, g_us);
    default:
      return 0.0;
  }
}

Programming::Programming(const ProgrammingSpec& spec, const CellRange& range, double scale,
                         double drift_scale)
    : spec_(spec), range_(range), scale_(scale), drift_scale_(drift_scale) {
  if (scale_ <= 0.0 && !is_state_law(spec_.law)) spec_.law = ProgrammingLaw::None;
  if (spec_.law == ProgrammingLaw::Csv) table_ = read_measured_table(spec_.file);
  idle_sigma_us_ = programming_sigma(spec_, range_, range_.g_min_us);
}

bool Programming::counts_pulses() const {
  return spec_.law == ProgrammingLaw::WriteVerify || spec_.law == ProgrammingLaw::Pulses;
}

bool Programming::is_same(const Programming& other) const {
  return spec_ == other.spec_ && range_ == other.range_ && scale_ == other.scale_;
}

void Programming::draw(const ProgrammingDraws& draws, std::size_t size) {
  xi_.resize(size);
  if (spec_.law == ProgrammingLaw::None || counts_pulses()) return;  // nothing, or numbers of their own
  if (spec_.law == ProgrammingLaw::Generic && spec_.distribution == Distribution::Uniform) {
    uniforms(draws.key, 0, 0, draws.first, xi_);
    for (float& u : xi_) u -= 0.5F;
  } else {
    normals(draws.key, 0, 0, draws.first, xi_);
  }
}

void Programming::add_error(std::span<const double> targets_us, std::span<double> out_us) const {
  for (std::size_t c = 0; c < targets_us.size(); ++c) {
    const double g = targets_us[c];
    const double sigma = g == range_.g_min_us ? idle_sigma_us_ : programming_sigma(spec_, range_, g);
    out_us[c] = range_.clamp(g + scale_ * sigma * static_cast<double>(xi_[c]));
  }
}

void Programming::program(std::span<const double> targets_us, const ProgrammingDraws& draws,
                          std::span<double> out_us, std::vector<std::uint32_t>& pulses) {
  draw(draws, targets_us.size());
  pulses.clear();
  if (spec_.law == ProgrammingLaw::None) {
    std::copy(targets_us.begin(), targets_us.end(), out_us.begin());
  } else if (is_state_law(spec_.law)) {
    state(targets_us, first_time(spec_, table_), out_us);
  } else if (counts_pulses()) {
    pulses.resize(targets_us.size());
    if (spec_.law == ProgrammingLaw::WriteVerify)
      program_and_verify(spec_.write_verify, range_, targets_us, draws, out_us, pulses);
    else
      apply_pulses(spec_.pulses, range_, targets_us, draws, out_us, pulses);
    for (std::size_t c = 0; c < targets_us.size(); ++c)
      out_us[c] = range_.clamp(targets_us[c] + scale_ * (out_us[c] - targets_us[c]));
  } else {
    add_error(targets_us, out_us);
  }
}

void Programming::state(std::span<const double> targets_us, double time_s, std::span<double> out_us) const {
  const StateLaw law(spec_, table_, range_, time_s);
  for (std::size_t c = 0; c < targets_us.size(); ++c)
    out_us[c] =
        range_.clamp(law.conductance(targets_us[c], scale_ * static_cast<double>(xi_[c]), drift_scale_));
}

}  // namespace mimosa
