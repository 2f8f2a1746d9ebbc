// SPDX-License-Identifier: Apache-2.0
#include "sim/run/corrections.hpp"

#include <algorithm>

#include "models/nn/reference.hpp"
#include "sim/engine/correct.hpp"
#include "sim/run/classifier.hpp"

namespace mimosa {

bool corrects(const CalibrationOptions& options) {
  return options.affine != AffineCorrection::Off || options.adabs;
}

int calibration_images(const CalibrationOptions& options) {
  int images = options.inputs;
  if (options.affine == AffineCorrection::Column) images = std::max(images, options.affine_inputs);
  if (options.adabs) images = std::max(images, options.adabs_inputs);
  return images;
}

Corrections::Corrections(const Network& network, const Program& program, const CalibrationOptions& options,
                         const Dataset& held_out) {
  if (!corrects(options)) return;
  if (options.affine == AffineCorrection::Column)
    columns_.emplace(
        network, program,
        labelled_images(network, held_out, 0, static_cast<std::size_t>(options.affine_inputs)).images);
  if (options.adabs)
    norms_ = labelled_images(network, held_out, 0, static_cast<std::size_t>(options.adabs_inputs)).passes;
}

Corrections::Corrections(const Network& network, const Program& program, std::span<const float> of_columns,
                         std::span<const float> of_norms) {
  if (!of_columns.empty()) columns_.emplace(network, program, of_columns);
  const auto size = static_cast<std::size_t>(network.graph.nodes.front().shape.size());
  if (!of_norms.empty()) norms_ = pass_inputs(network, of_norms, of_norms.size() / size);
}

void Corrections::apply(Datapath& chip) const {
  correct_columns(chip);
  const std::vector<Datapath*> of_stage(chip.program().stages.size(), &chip);
  correct_norms(of_stage);
}

void Corrections::correct_columns(Datapath& chip) const {
  if (columns_) fit_columns(chip, *columns_);
}

void Corrections::correct_norms(std::span<Datapath* const> of_stage) const {
  if (corrects_norms()) recalibrate_batch_norms(of_stage, norms_);
}

CorrectedChip::CorrectedChip(Datapath chip, const Corrections* corrections)
    : chip_(std::move(chip)), corrections_(corrections) {
  if (corrections_ == nullptr) return;
  corrections_->correct_columns(chip_);
  if (!corrections_->corrects_norms()) return;
  before_norms_ = chip_.constants();
  const std::vector<Datapath*> of_stage(chip_.program().stages.size(), &chip_);
  corrections_->correct_norms(of_stage);
}

void CorrectedChip::mix_into(CorrectedChip& elsewhere, int stage, const std::function<void()>& use) {
  if (stage < 0 || &elsewhere == this || corrections_ == nullptr || !corrections_->corrects_norms())
    return use();
  Datapath::Constants own = chip_.constants(), others = elsewhere.chip_.constants();
  chip_.set_constants(before_norms_);
  elsewhere.chip_.set_constants(elsewhere.before_norms_);
  std::vector<Datapath*> of_stage(chip_.program().stages.size(), &elsewhere.chip_);
  of_stage[static_cast<std::size_t>(stage)] = &chip_;
  corrections_->correct_norms(of_stage);
  use();
  chip_.set_constants(std::move(own));
  elsewhere.chip_.set_constants(std::move(others));
}

}  // namespace mimosa
