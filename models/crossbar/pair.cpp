// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/pair.hpp"

#include <algorithm>
#include <limits>

#include "models/base/error.hpp"
#include "models/base/random.hpp"

namespace mimosa {

PairProgrammer::PairProgrammer(const DeviceSpec& device, const ArraySite& site, std::size_t rows,
                               std::size_t cols)
    : device_(device),
      ageing_(device, device.time_s),
      site_(site),
      layer_cols_(site.layer_cols > 0 ? static_cast<std::size_t>(site.layer_cols) : cols),
      programming_(cols),
      exponent_(cols),
      frozen_(cols),
      row_{std::vector<double>(cols), std::vector<double>(cols), std::vector<double>(cols)} {
  const std::size_t last_row = static_cast<std::size_t>(site.row0) + rows;
  if (last_row * layer_cols_ > std::numeric_limits<std::uint32_t>::max()) {
    throw UserError("layer " + site.layer + ": " + std::to_string(last_row) + " x " +
                    std::to_string(layer_cols_) +
                    " weights are too many; at most 2^32 have random numbers of their own");
  }
}

const PairRow& PairProgrammer::program(std::size_t row, std::span<const float> weights) {
  const std::size_t first =
      (static_cast<std::size_t>(site_.row0) + row) * layer_cols_ + static_cast<std::size_t>(site_.col0);
  for (auto* values : {&row_.programmed_weight, &row_.weight, &row_.total})
    std::fill(values->begin(), values->end(), 0.0);
  for (const std::uint32_t part : {0U, 1U}) {
    draw(part, static_cast<std::uint32_t>(first));
    add_device(weights, part == 0 ? 1.0 : -1.0);
  }
  return row_;
}

void PairProgrammer::draw(std::uint32_t part, std::uint32_t first) {
  const RandomSite site{site_.seed, site_.chip, site_.layer, site_.replica, part};
  if (device_.programming_noise > 0.0)
    normals(random_key(site, Effect::Programming), 0, 0, first, programming_);
  if (device_.drift > 0.0) normals(random_key(site, Effect::DriftExponent), 0, 0, first, exponent_);
  if (device_.noise_1f > 0.0) normals(random_key(site, Effect::FrozenNoise), 0, 0, first, frozen_);
}

void PairProgrammer::add_device(std::span<const float> weights, double sign) {
  for (std::size_t c = 0; c < weights.size(); ++c) {
    const double target = device_.g_max_us * std::max(0.0, sign * static_cast<double>(weights[c]));
    const double programmed = programmed_conductance(device_, target, static_cast<double>(programming_[c]));
    const double nu = drift_exponent(device_, target, static_cast<double>(exponent_[c]));
    const double now =
        ageing_.conductance(programmed, nu, static_cast<double>(frozen_[c])) / device_.g_max_us;
    row_.programmed_weight[c] += sign * programmed / device_.g_max_us;
    row_.weight[c] += sign * now;
    row_.total[c] += now;
  }
}

}  // namespace mimosa
