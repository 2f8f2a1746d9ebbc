// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/estimate.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "models/base/error.hpp"
#include "sim/config/network_reader.hpp"
#include "sim/sweep/workers.hpp"

namespace mimosa {
namespace {

/// Of a core with AVX-512, where half of the work is not in matrix products.
constexpr double macs_per_s = 8e9;
constexpr std::size_t looked_at = 16;

/// Multiply-accumulates of an input, by file and inputs per pass.
class MacCounts {
 public:
  double of(const Experiment& e, const std::string& name) {
    const std::string file = network_file(e, name);
    const auto [entry, fresh] = known_.try_emplace({file, e.slots_used}, 0.0);
    if (fresh) {
      const Network network = read_network(file, e.slots_used, false);
      entry->second = static_cast<double>(macs_per_pass(network.graph)) / network.inputs_per_pass;
    }
    return entry->second;
  }

 private:
  std::map<std::pair<std::string, int>, double> known_;
};

double macs_of(const Experiment& e, MacCounts& counts) {
  constexpr double test_inputs = 10000;
  const double samples =
      e.half_width > 0.0 ? 0.5 * static_cast<double>(e.chips + e.chips_most) : static_cast<double>(e.chips);
  const double inputs = e.inputs > 0 ? static_cast<double>(e.inputs) : test_inputs;
  double macs = 0.0;
  for (const std::string& name : e.networks)
    macs += counts.of(e, name) * (inputs * (samples + 2.0) + static_cast<double>(e.calibration.inputs));
  return macs;
}

}  // namespace

std::optional<double> guess_time(Expansion& expansion, const SweepTodo& todo, int jobs) {
  MacCounts counts;
  double macs = 0.0;
  const std::size_t points = std::min(looked_at, todo.points.size());
  try {
    for (std::size_t i = 0; i < points; ++i) {
      const Experiment e = expansion.experiment(todo.points[i * todo.points.size() / points]);
      if (e.engine == EngineChoice::Timing) return std::nullopt;
      macs += macs_of(e, counts) / static_cast<double>(points);
    }
  } catch (const UserError&) {
    return std::nullopt;  // what runs it will say so
  }
  if (points == 0) return std::nullopt;
  return macs * static_cast<double>(todo.points.size()) / (macs_per_s * std::max(jobs, usable_cores()));
}

std::optional<TimeEstimate> estimate_time(const Expansion& expansion, const StoreContents& contents,
                                          const SweepTodo& todo, int jobs) {
  if (todo.points.empty()) return std::nullopt;
  TimeEstimate estimate;
  double measured_s = 0.0;
  for (std::size_t i = 0; i < expansion.size(); ++i) {
    const auto known = contents.points.find(expansion.address(i));
    if (known == contents.points.end() || !known->second.ok) continue;
    measured_s += known->second.wall_s;
    ++estimate.measured;
  }
  if (estimate.measured == 0) {
    estimate.own = false;
    estimate.measured = contents.finished;
    measured_s = contents.wall_s;
  }
  if (estimate.measured == 0) return std::nullopt;
  const auto at_a_time = static_cast<std::size_t>(std::max(jobs, 1));
  const std::size_t rounds = (todo.points.size() + at_a_time - 1) / at_a_time;
  estimate.seconds = measured_s / static_cast<double>(estimate.measured) * static_cast<double>(rounds);
  return estimate;
}

}  // namespace mimosa
