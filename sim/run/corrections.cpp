// SPDX-License-Identifier: Apache-2.0
#include "sim/run/corrections.hpp"

#include "sim/engine/correct.hpp"
#include "sim/run/classifier.hpp"

namespace mimosa {

bool corrects(const CalibrationOptions& options) {
  return options.affine != AffineCorrection::Off || options.adabs;
}

Corrections::Corrections(const Network& network, const Program& program, const CalibrationOptions& options) {
  if (!corrects(options)) return;
  const Dataset held_out = load_fashion_mnist(Split::HeldOut);
  if (options.affine == AffineCorrection::Column)
    columns_.emplace(
        network, program,
        labelled_images(network, held_out, 0, static_cast<std::size_t>(options.affine_inputs)).images);
  if (options.adabs)
    norms_ = labelled_images(network, held_out, 0, static_cast<std::size_t>(options.adabs_inputs)).passes;
}

void Corrections::apply(Datapath& chip) const {
  if (columns_) fit_columns(chip, *columns_);
  if (!norms_.empty()) recalibrate_batch_norms(chip, norms_);
}

}  // namespace mimosa
