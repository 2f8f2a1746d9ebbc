// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "models/device/cell_range.hpp"
#include "models/device/programming_spec.hpp"
#include "models/device/state_laws.hpp"

// Errors of programming. g and sigma in uS, r = g/g_max, xi a standard normal (or u − ½ with u uniform) of
// one device. Sources: polynomial: aihwkit src/aihwkit/inference/noise/pcm.py (Nandakumar, ICECS 2019,
// 10.1109/icecs46596.2019.8964852; Joshi, Nat. Commun. 11:2473, 2020) and hermes.py; linear: aihwkit
// ReRamCMONoiseModel and CrossSim RRAM_Milo.py; generic: CrossSim generic_device.py.
namespace mimosa {

/// Scale of xi at target g (laws none, polynomial, linear, generic):
///   polynomial   max(0, Σ c_k r^k) · g_max / reference
///   linear       max(0, offset + slope · g)
///   generic      m · g_max · {1, r, 1/r}
[[nodiscard]] double programming_sigma(const ProgrammingSpec& spec, const CellRange& range, double g_us);

/// The random numbers a row of devices is programmed with.
struct ProgrammingDraws {
  std::uint64_t key = 0;    ///< of the effect at the site
  std::uint32_t first = 0;  ///< index of the row's first device
};

/// Programs rows of cells by one law; `scale` multiplies the error, `drift_scale` the shift with time that
/// the state laws hold.
class Programming {
 public:
  /// UserError where a file of the law cannot be read or does not fit.
  Programming(const ProgrammingSpec& spec, const CellRange& range, double scale, double drift_scale);

  /// Conductances after programming; the state laws: at the first time they know.
  void program(std::span<const double> targets_us, const ProgrammingDraws& draws, std::span<double> out_us,
               std::vector<std::uint32_t>& pulses);
  /// Whether the law goes pulse by pulse, with random numbers of its own for each.
  [[nodiscard]] bool counts_pulses() const;
  /// Whether both give the same cells for the same targets and draws; the laws of `counts_pulses` only.
  [[nodiscard]] bool is_same(const Programming& other) const;
  /// State laws only: conductances at a time, of the devices of the last `program`.
  void state(std::span<const double> targets_us, double time_s, std::span<double> out_us) const;

 private:
  void draw(const ProgrammingDraws& draws, std::size_t size);
  void add_error(std::span<const double> targets_us, std::span<double> out_us) const;

  ProgrammingSpec spec_;
  CellRange range_;
  double scale_, drift_scale_, idle_sigma_us_ = 0.0;
  MeasuredTable table_;
  std::vector<float> xi_;
};

}  // namespace mimosa
