// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include "models/base/random.hpp"
#include "models/crossbar/array.hpp"
#include "sim/validate/validate.hpp"

namespace mimosa {
namespace {

constexpr std::size_t size = 256, vectors = 200;

/// Normals cut at three sigma and scaled to −1 … 1.
std::vector<double> gaussian_like(std::size_t count, std::uint64_t key) {
  std::vector<float> xi(count);
  normals(key, 0, 0, 0, xi);
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = std::clamp(static_cast<double>(xi[i]) / 3.0, -1.0, 1.0);
  return values;
}

std::vector<double> product(const std::vector<double>& weights, const std::vector<double>& inputs) {
  std::vector<double> exact(vectors * size);
  for (std::size_t v = 0; v < vectors; ++v)
    for (std::size_t r = 0; r < size; ++r)
      for (std::size_t c = 0; c < size; ++c)
        exact[v * size + c] += inputs[v * size + r] * weights[r * size + c];
  return exact;
}

}  // namespace

double mvm_error_percent(const ArraySpec& spec, const DeviceSpec& device) {
  const auto weights = gaussian_like(size * size, 11), inputs = gaussian_like(vectors * size, 12);
  const Array<double> array({weights, size, size, size}, device, spec, {.layer = "matrix"});
  const std::vector<double> exact = product(weights, inputs);
  double range = 0.0;
  for (const double y : exact) range = std::max(range, std::fabs(y));
  std::vector<double> codes(inputs.size()), out(exact.size());
  to_dac_codes(std::span<const double>(inputs), 1.0, spec.dac, std::span<double>(codes));
  std::vector<MvmId> ids(vectors);
  for (std::size_t v = 0; v < vectors; ++v) ids[v] = {0, static_cast<std::uint32_t>(v)};
  const std::vector<double> ranges{range};
  array.mvm(codes.data(), size, ids, ranges, out.data(), size);
  const double unit = array.output_unit(ranges) * array.drift_factors()[0];
  double sum = 0.0;
  for (std::size_t i = 0; i < out.size(); ++i) sum += std::pow(out[i] * unit - exact[i], 2);
  return 100.0 * std::sqrt(sum / static_cast<double>(out.size())) / range;
}

Checks hermes_mvm_checks(const ChipSpec& hermes, const DeviceSpec& cells) {
  constexpr double measured_percent = 1.94;
  const auto predicted = [&](const char* figure, double time_s, const char* note) {
    DeviceSpec aged = cells;
    aged.time_s = time_s;
    return Check{"HERMES",
                 figure,
                 "%",
                 measured_percent,
                 mvm_error_percent(hermes.analog, aged),
                 0.0,
                 "Khaddam-Aljameh et al., JSSC 2022",
                 Expectation::Predict,
                 note};
  };
  return {predicted("error of an 8-bit MVM, of full scale, at once", 0.0, ""),
          predicted("error of an 8-bit MVM, of full scale, a day on", 86400.0,
                    "pcm-hermes-2 on hermes, no noise of outputs added, nothing fitted: what device and "
                    "converter files predict (docs/devices.md)")};
}

}  // namespace mimosa
