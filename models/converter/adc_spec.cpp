// SPDX-License-Identifier: Apache-2.0
#include "models/converter/adc_spec.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

constexpr int most_circuit_bits = 16;  ///< a ramp keeps a table of its levels

std::string to_string(AdcKind kind) {
  switch (kind) {
    case AdcKind::Ideal:
      return "ideal";
    case AdcKind::Ramp:
      return "ramp";
    case AdcKind::Sar:
      return "sar";
    case AdcKind::Pipeline:
      return "pipeline";
    case AdcKind::Cyclic:
      return "cyclic";
    case AdcKind::Cco:
      return "cco";
  }
  return {};
}

template <class... Parts>
[[noreturn]] void refuse(const char* key, const Parts&... parts) {
  std::ostringstream text;
  text << "chip.adc." << key << ": ";
  (text << ... << parts);
  throw UserError(text.str());
}

/// Visitor of `describe` that holds every number against its limits.
struct LimitCheck {
  template <class T, class L, class H>
  void field(const char* key, T& value, const char* unit, const char* sentence, L low, H high) const {
    if (!(value >= static_cast<T>(low) && value <= static_cast<T>(high)))
      refuse(key, value, ' ', unit, " is outside ", low, " .. ", high, " (", sentence, ')');
  }
  template <class E>
  void choice(const char*, E&, const char*,
              std::initializer_list<std::pair<const char*, std::type_identity_t<E>>>) const {}
};

using Kinds = std::initializer_list<AdcKind>;

/// Refuses a key that was changed but does nothing on this kind.
template <class T>
void check_use(const AdcSpec& spec, const char* key, T AdcSpec::*member, Kinds kinds) {
  std::string names;
  for (const AdcKind kind : kinds) {
    if (kind == spec.kind) return;
    names += (names.empty() ? "" : ", ") + to_string(kind);
  }
  const T standard = AdcSpec{}.*member;
  if (spec.*member != standard)
    refuse(key, spec.*member, " has no effect on a converter of kind ", to_string(spec.kind),
           "; leave it at ", standard, " or choose kind ", names);
}

}  // namespace

double AdcSpec::half_steps() const {
  if (kind == AdcKind::Cco && cco_ghz > 0.0) return cco_ghz * cco_window_ns;
  const double levels_even = static_cast<double>(1LL << bits);
  return levels == Levels::Symmetric ? levels_even / 2.0 - 1.0 : (levels_even - 1.0) / 2.0;
}

double AdcSpec::full_code() const {
  if (kind != AdcKind::Cco) return half_steps();
  return std::min(std::trunc(half_steps()), static_cast<double>((1LL << (bits - 1)) - 1));
}

void check(const AdcSpec& spec) {
  AdcSpec copy = spec;
  const LimitCheck limits;
  describe(limits, copy);
  using enum AdcKind;
  check_use(spec, "comparator_sigma", &AdcSpec::comparator_sigma, {Ramp, Sar, Pipeline, Cyclic});
  check_use(spec, "capacitor_sigma", &AdcSpec::capacitor_sigma, {Ramp, Sar, Pipeline, Cyclic});
  check_use(spec, "opamp_gain_db", &AdcSpec::opamp_gain_db, {Ramp, Pipeline, Cyclic});
  check_use(spec, "columns_per_adc", &AdcSpec::columns_per_adc, {Sar, Pipeline, Cyclic});
  check_use(spec, "split_capacitor", &AdcSpec::split_capacitor, {Sar});
  check_use(spec, "parasitic_capacitor", &AdcSpec::parasitic_capacitor, {Pipeline, Cyclic});
  check_use(spec, "cco_ghz", &AdcSpec::cco_ghz, {Cco});
  check_use(spec, "cco_window_ns", &AdcSpec::cco_window_ns, {Cco});
  if (spec.kind != Ideal && spec.bits > most_circuit_bits)
    refuse("bits", spec.bits, " is too many for kind ", to_string(spec.kind), "; 2 .. ", most_circuit_bits,
           " is allowed");
  if (spec.kind == Cco && spec.levels == Levels::Even)
    refuse("levels", "even is not possible for kind cco, which counts up from zero; use symmetric");
  if (spec.kind == Cco && spec.cco_ghz == 0.0 && spec.cco_window_ns != AdcSpec{}.cco_window_ns)
    refuse("cco_window_ns", spec.cco_window_ns, " has no effect while cco_ghz is 0; set cco_ghz above 0");
  if (spec.kind == Cco && spec.half_steps() < 1.0)
    refuse("cco_ghz", spec.cco_ghz, " gives less than one period in cco_window_ns; at least ",
           1.0 / spec.cco_window_ns, " is allowed");
  if (spec.range != AdcRange::Fixed && spec.fixed_range != AdcSpec{}.fixed_range)
    refuse("fixed_range", spec.fixed_range, " has no effect unless range is fixed");
}

}  // namespace mimosa
