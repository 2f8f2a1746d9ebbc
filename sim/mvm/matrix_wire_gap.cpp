// SPDX-License-Identifier: Apache-2.0
#include "sim/mvm/analog_matrix.hpp"

namespace mimosa {

MatrixWireGap AnalogMatrix::wire_gap(const MvmConfig& config, const MatrixView& weights, const MatrixView& x,
                                     const MvmRanges& ranges) const {
  check_vectors(x);
  const DeviceSpec device = without_compensation(config.device);
  MatrixWireGap result;
  result.why = x.cols == 0 ? "no vectors" : wire_gap_obstacle(device, spec_);
  if (!result.why.empty()) return result;
  WireSampleDraws draws(options_.seed, "matrix");
  const Block& block = blocks_[draws.below(blocks_.size())];
  const Array<double>& chosen = block.array;
  const std::size_t plane = draws.below(chosen.planes());
  const std::vector<double> lines = word_lines(weights);
  const Array<double> exact(block_of(lines, block.row0, block.col0, chosen.rows(), chosen.cols()), device,
                            with_exact_wires(device, spec_), site_of(block.row0, block.col0),
                            CellPath::Always);
  WireGapMeter meter(device, spec_);
  std::vector<double> input(chosen.rows()), codes(chosen.rows()), digits(chosen.rows());
  for (std::size_t v = 0; v < wire_gap_vectors; ++v) {
    const InputPart& part = chosen.parts()[draws.below(chosen.parts().size())];
    const std::size_t vector = draws.below(x.cols);
    for (std::size_t r = 0; r < input.size(); ++r) input[r] = x.values[(block.row0 + r) * x.cols + vector];
    to_dac_codes(std::span<const double>(input), ranges.dac, spec_.dac, std::span<double>(codes));
    take_part(part, std::span<const double>(codes), std::span<double>(digits));
    meter.compare(chosen, exact, plane, std::span(digits), part.full, draws);
  }
  result.gap = meter.gap(ranges.adc[chosen.slice_of(plane)] / spec_.adc.half_steps());
  result.row0 = block.row0;
  result.col0 = block.col0;
  result.rows = chosen.rows();
  result.cols = chosen.cols();
  result.vectors = wire_gap_vectors;
  return result;
}

}  // namespace mimosa
