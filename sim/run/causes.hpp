// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <bitset>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "hw/program/datapath.hpp"
#include "sim/config/experiment.hpp"
#include "sim/run/corrections.hpp"

namespace mimosa {

/// What makes a layer on the chip differ from its float matrix, in the order of the signal. The device's
/// carry the names of the validity table.
enum class Cause {
  Levels,
  ProgrammingNoise,
  Drift,  ///< what the configured compensation leaves
  Noise1f,
  ReadNoise,
  Faults,
  Telegraph,
  Nonlinearity,
  ReadDisturb,
  CurrentNoise,
  Temperature,
  Wires,
  Dac,
  Adc  ///< and the number format of the vector unit that adds its codes
};
constexpr std::size_t cause_count = 14;
using CauseSet = std::bitset<cause_count>;

[[nodiscard]] const char* name_of(Cause cause);
[[nodiscard]] CauseSet only(Cause cause);

/// A chip on which some causes act and the others do not.
struct ChipVariant {
  ChipSpec chip;
  DeviceOfLayer device;
  std::vector<ConverterRange> ranges;  ///< per stage
};

/// Which causes act in an experiment, and chips with some of them.
///
/// A device's effect is off without its law. Wires are off at level ideal. A DAC that is off has 16 bits and
/// a range that holds the float network's largest input of the layer (its calibrated range where cells are
/// not linear in the inputs); an ADC that is off has 24 bits, no errors, and the range of the largest
/// possible sum, and the vector units round to fp32, as such codes overflow a shorter format. Slices, weight
/// bits, weight clipping and drift compensation belong to the layer and stay. Random numbers are addressed by
/// what they are, so a cause draws the same ones whatever acts beside it.
class Causes {
 public:
  /// `images`: [input][channel][y][x] normalised, whose largest inputs of each layer count. `corrections`:
  /// fitted anew to every chip; null: none. All references outlive this and its variants.
  Causes(const Network& network, const Program& program, const Experiment& experiment,
         std::vector<ConverterRange> ranges, std::span<const float> images,
         const Corrections* corrections = nullptr);

  /// Acting causes of a layer with an array; none in a stage of the vector unit alone.
  [[nodiscard]] CauseSet of_stage(std::size_t stage) const { return acting_[stage]; }
  [[nodiscard]] CauseSet all() const;
  /// With every acting cause in `on`, it is the experiment's own chip, bit for bit.
  [[nodiscard]] ChipVariant variant(CauseSet on) const;
  /// One sample of a variant, corrected.
  [[nodiscard]] Datapath chip_with(CauseSet on, int chip) const;
  /// The same, for mixtures of it and others.
  [[nodiscard]] CorrectedChip corrected(CauseSet on, int chip) const;
  /// True where the variant is the same on every chip sample.
  [[nodiscard]] bool is_deterministic(CauseSet on) const;

 private:
  [[nodiscard]] Datapath programmed(CauseSet on, int chip) const;
  void find_acting();
  void find_headroom(std::span<const float> images);
  [[nodiscard]] DeviceSpec device_with(const std::string& layer, CauseSet on) const;
  [[nodiscard]] ConverterRange range_with(std::size_t stage, CauseSet on) const;

  const Network& network_;
  const Program& program_;
  const Experiment& experiment_;
  std::vector<ConverterRange> ranges_;
  const Corrections* corrections_;
  std::vector<CauseSet> acting_;  ///< per stage
  std::vector<double> headroom_;  ///< per stage: largest input over the DAC's range, at least 1
  std::map<std::string, std::size_t> stage_of_;  ///< by analog node
};

}  // namespace mimosa
