// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "models/converter/levels.hpp"

namespace mimosa {

/// Ideal clips and rounds; the others are circuits, after Spear et al., JXCDC 2023, as CrossSim models them,
/// and HERMES' current-controlled oscillator.
enum class AdcKind { Ideal, Ramp, Sar, Pipeline, Cyclic, Cco };
/// Where the range comes from: percentiles of held-out images, the largest possible sum, the smallest
/// possible step, or a number.
enum class AdcRange { Calibrated, Full, Granular, Fixed };

/// Output converters of an array. Errors are as fabricated (one draw a chip), noise is new in every
/// conversion. Not modelled: settling, jitter, metastability.
struct AdcSpec {
  int bits = 8;
  AdcKind kind = AdcKind::Ideal;
  Levels levels = Levels::Symmetric;
  AdcRange range = AdcRange::Calibrated;
  double fixed_range = 1.0;       ///< ± this, in units of Σ g·x with g over g_max and x in −1 … 1
  double noise_lsb = 0.0;         ///< σ of the converter's own noise, in steps
  double gain_sigma = 0.0;        ///< relative spread of the columns' gains
  double offset_lsb = 0.0;        ///< spread of the columns' offsets, in steps
  double comparator_sigma = 0.0;  ///< spread of comparator offsets, in units of half the range
  double capacitor_sigma = 0.0;   ///< relative spread of a unit capacitor
  double opamp_gain_db = 100.0;   ///< ramp, pipeline, cyclic
  int columns_per_adc = 1;        ///< SAR, pipeline, cyclic: columns that share one converter and its errors
  bool split_capacitor = false;   ///< SAR: two small capacitor arrays and a bridge instead of a binary one
  double parasitic_capacitor = 0.0;  ///< pipeline, cyclic: at the amplifier's input, in unit capacitors
  double cco_ghz = 0.0;              ///< oscillator at half the range; 0: one period a code
  double cco_window_ns = 128.0;      ///< counting time of one conversion

  /// Half the range in steps: 2^(bits−1) − 1 (symmetric) or (2^bits − 1)/2 (even); with `cco_ghz`, the
  /// periods in the window. Codes are centred: value = code · step, so even levels have half-integer codes.
  /// All are exact in float to 24 bits.
  [[nodiscard]] double half_steps() const;
  /// The largest code: `half_steps`, but for a counter, which holds whole periods and at most 2^(bits−1) − 1.
  [[nodiscard]] double full_code() const;
};

/// The one place that names the keys, units, limits and meanings of an AdcSpec.
template <class Visitor>
void describe(Visitor& v, AdcSpec& s) {
  v.field("bits", s.bits, "bits", "resolution, sign included", 2, 24);
  v.choice("kind", s.kind, "circuit whose errors are modelled",
           {{"ideal", AdcKind::Ideal},
            {"ramp", AdcKind::Ramp},
            {"sar", AdcKind::Sar},
            {"pipeline", AdcKind::Pipeline},
            {"cyclic", AdcKind::Cyclic},
            {"cco", AdcKind::Cco}});
  v.choice("levels", s.levels, "symmetric: zero is a level; even: 2^bits levels",
           {{"symmetric", Levels::Symmetric}, {"even", Levels::Even}});
  v.choice("range", s.range, "where the range comes from",
           {{"calibrated", AdcRange::Calibrated},
            {"full", AdcRange::Full},
            {"granular", AdcRange::Granular},
            {"fixed", AdcRange::Fixed}});
  v.field("fixed_range", s.fixed_range, "1",
          "range: fixed; half the range in units of sums of g/g_max times x", 1e-9, 1e9);
  v.field("noise_lsb", s.noise_lsb, "LSB", "sigma of the noise of every conversion", 0.0, 1e3);
  v.field("gain_sigma", s.gain_sigma, "1", "relative spread of the gains of columns", 0.0, 1.0);
  v.field("offset_lsb", s.offset_lsb, "LSB", "spread of the offsets of columns", 0.0, 1e4);
  v.field("comparator_sigma", s.comparator_sigma, "1", "spread of comparator offsets over half the range",
          0.0, 1.0);
  v.field("capacitor_sigma", s.capacitor_sigma, "1", "relative spread of a unit capacitor", 0.0, 0.5);
  v.field("opamp_gain_db", s.opamp_gain_db, "dB", "open-loop gain of the amplifiers", 20.0, 400.0);
  v.field("columns_per_adc", s.columns_per_adc, "columns", "columns that share one converter and its errors",
          1, 8192);
  v.field("split_capacitor", s.split_capacitor, "1", "sar: two capacitor arrays and a bridge", false, true);
  v.field("parasitic_capacitor", s.parasitic_capacitor, "1", "at the amplifier's input, in unit capacitors",
          0.0, 100.0);
  v.field("cco_ghz", s.cco_ghz, "GHz", "oscillator at half the range; 0: one period a code", 0.0, 100.0);
  v.field("cco_window_ns", s.cco_window_ns, "ns", "counting time of one conversion", 1e-3, 1e6);
}

/// UserError where a value is outside its limits, or where a key has no effect on this kind of converter.
void check(const AdcSpec& spec);

}  // namespace mimosa
