// SPDX-License-Identifier: Apache-2.0
#include "sim/run/analyses.hpp"

#include <algorithm>

#include "models/data/dataset.hpp"
#include "sim/run/classifier.hpp"
#include "sim/run/diagnose.hpp"
#include "sim/run/error_budget.hpp"

namespace mimosa {
namespace {

/// Where on the held-out images an analysis looks: behind those that calibrated, or at the end where fewer
/// than `least` are left there.
struct HeldOutPart {
  std::size_t first = 0, count = 0;
  bool shared = false;
};
HeldOutPart held_out_part(const Experiment& experiment, std::size_t wanted, std::size_t least,
                          std::size_t size) {
  const auto calibrated = static_cast<std::size_t>(calibration_images(experiment.calibration));
  if (calibrated + least <= size) return {calibrated, std::min(wanted, size - calibrated), false};
  const std::size_t count = std::min(wanted, size);
  return {size - count, count, true};
}

}  // namespace

void add_analyses(RunResult& result, const Network& network, const Program& program,
                  const Experiment& experiment, const std::vector<ConverterRange>& ranges,
                  const Corrections& corrections, const Dataset& held_out, const RunRequest& request) {
  if (!request.diagnose && !request.error_budget) return;
  const Corrections* used = corrects(experiment.calibration) ? &corrections : nullptr;
  const auto part = [&](std::size_t wanted, std::size_t least) {
    return held_out_part(experiment, wanted, std::min(wanted, least), held_out.size());
  };
  if (request.diagnose) {
    if (request.progress) request.progress(network.name + ": diagnosis", 0.0);
    const std::size_t count =
        std::max(diagnosed_images, 2 * static_cast<std::size_t>(network.inputs_per_pass));
    const HeldOutPart at = part(count, count);
    result.diagnosis = diagnose(network, program, experiment, ranges,
                                labelled_images(network, held_out, at.first, at.count).images, used);
    result.diagnosis->first_image = static_cast<std::int64_t>(at.first);
    result.diagnosis->shared_with_calibration = at.shared;
  }
  if (request.error_budget) {
    const HeldOutPart at = part(static_cast<std::size_t>(experiment.inputs), diagnosed_images);
    const LabelledImages images = labelled_images(network, held_out, at.first, at.count);
    result.error_budget =
        error_budget({network, program, experiment, ranges, images, request.half_width, request.announce,
                      [&](const std::string& what, double done) {
                        if (request.progress) request.progress(network.name + ": " + what, done);
                      },
                      used});
    result.error_budget->first_image = static_cast<std::int64_t>(at.first);
    result.error_budget->shared_with_calibration = at.shared;
  }
}

}  // namespace mimosa
