// SPDX-License-Identifier: Apache-2.0
#include "sim/mvm/analog_matrix.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <fmt/format.h>
#include <limits>

#include "models/base/error.hpp"
#include "models/converter/adc_range.hpp"
#include "models/device/exact.hpp"
#include "sim/mvm/magnitudes.hpp"

namespace mimosa {
namespace {

/// Vectors handed to the arrays at once.
constexpr std::size_t batch_vectors = 96;

void check_finite(const char* name, const MatrixView& m) {
  assert(m.values.size() == m.rows * m.cols);
  for (std::size_t i = 0; i < m.values.size(); ++i)
    if (!std::isfinite(m.values[i]))
      throw UserError(fmt::format("{}: the value at [{}, {}] is {}; allowed: finite numbers", name,
                                  i / m.cols, i % m.cols, m.values[i]));
}

/// Arrays number weights in 32 bits and rows in an int.
void check_weights(const MatrixView& w) {
  constexpr auto longest = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max());
  if (w.rows == 0 || w.cols == 0)
    throw UserError(fmt::format("matrix: its shape [{}, {}] holds no weights", w.rows, w.cols));
  if (w.rows > longest || w.cols > longest || w.values.size() > (std::size_t{1} << 32))
    throw UserError(
        fmt::format("matrix: its shape [{}, {}] has more than 2^32 weights or rows of more than 2^31 − 1",
                    w.rows, w.cols));
  check_finite("matrix", w);
}

std::vector<double> transposed(const MatrixView& m) {
  std::vector<double> out(m.values.size());
  for (std::size_t r = 0; r < m.rows; ++r)
    for (std::size_t c = 0; c < m.cols; ++c) out[c * m.rows + r] = m.values[r * m.cols + c];
  return out;
}

/// Largest |w|, or the percentile that clips; 1 where all are 0, so that nothing is divided by it.
double full_scale(std::span<const double> weights, double percentile) {
  Magnitudes magnitudes(percentile, weights.size());
  magnitudes.add(weights);
  return magnitudes.value();
}

std::vector<double> weight_scales(const MatrixView& w, const WeightSpec& spec) {
  std::vector<double> scales;
  if (spec.scale == WeightScale::Array)
    scales.assign(w.rows, full_scale(w.values, spec.clip_percentile));
  else
    for (std::size_t r = 0; r < w.rows; ++r)
      scales.push_back(full_scale(w.values.subspan(r * w.cols, w.cols), spec.clip_percentile));
  return scales;
}

double share(std::size_t part, std::size_t all) {
  return all == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(all);
}

}  // namespace

AnalogMatrix::AnalogMatrix(const MvmConfig& config, const MatrixView& weights)
    : spec_(config.chip.analog),
      options_(config.options),
      g_min_(config.device.g_min_us / config.device.g_max_us),
      outputs_(weights.rows),
      inputs_(weights.cols) {
  check_weights(weights);
  scales_ = weight_scales(weights, spec_.weights);
  program(config, word_lines(weights));
}

std::vector<double> AnalogMatrix::word_lines(const MatrixView& weights) const {
  std::vector<double> lines = transposed(weights);
  for (std::size_t i = 0; i < lines.size(); ++i) lines[i] /= scales_[i % outputs_];
  return lines;
}

WeightBlock<double> AnalogMatrix::block_of(std::span<const double> word_lines, std::size_t row,
                                           std::size_t col, std::size_t rows, std::size_t cols) const {
  return {word_lines.subspan(row * outputs_ + col), rows, cols, outputs_};
}

ArraySite AnalogMatrix::site_of(std::size_t row, std::size_t col) const {
  return {.seed = options_.seed,
          .layer = "matrix",
          .row0 = static_cast<int>(row),
          .col0 = static_cast<int>(col),
          .layer_rows = static_cast<int>(inputs_),
          .layer_cols = static_cast<int>(outputs_)};
}

/// The cut of the compiler's partition: columns of blocks from the left, in each from the first word line on.
void AnalogMatrix::program(const MvmConfig& config, std::span<const double> word_lines) {
  std::size_t rows = inputs_, cols = outputs_;
  if (options_.split) {
    rows = static_cast<std::size_t>(config.chip.array.rows);
    cols = static_cast<std::size_t>(logical_cols(spec_, config.chip.array.cols));
  }
  const bool calibrates = spec_.adc.range == AdcRange::Calibrated && options_.adc_range == 0.0;
  for (std::size_t col = 0; col < outputs_; col += cols)
    for (std::size_t row = 0; row < inputs_; row += rows) {
      const WeightBlock<double> block =
          block_of(word_lines, row, col, std::min(rows, inputs_ - row), std::min(cols, outputs_ - col));
      const ArraySite site = site_of(row, col);
      Block& placed = blocks_.emplace_back(
          Block{row, col, Array<double>(block, config.device, spec_, site), std::nullopt});
      if (calibrates && !is_exact(config.device))
        placed.exact.emplace(block, without_effects(config.device), spec_, site);
    }
}

void AnalogMatrix::check_vectors(const MatrixView& x) const {
  if (x.rows != inputs_)
    throw UserError(
        fmt::format("vectors: their shape [{}, {}] does not fit a matrix of {} inputs; allowed: "
                    "[{}, vectors]",
                    x.rows, x.cols, inputs_, inputs_));
  if (x.cols > std::numeric_limits<std::uint32_t>::max())
    throw UserError(fmt::format("vectors: {} are too many; allowed: up to 2^32 − 1", x.cols));
  check_finite("vectors", x);
}

/// DAC codes [vectors][inputs] of the vectors from `first` on, at most a batch of them.
void AnalogMatrix::take_codes(const MatrixView& x, double range, std::size_t first,
                              std::vector<double>& codes) const {
  const std::size_t count = std::min(batch_vectors, x.cols - first);
  codes.resize(count * inputs_);
  for (std::size_t v = 0; v < count; ++v)
    for (std::size_t i = 0; i < inputs_; ++i) codes[v * inputs_ + i] = x.values[i * x.cols + first + v];
  to_dac_codes(std::span<const double>(codes), range, spec_.dac, std::span<double>(codes));
}

MvmRanges AnalogMatrix::fit_ranges(const MatrixView& x) const {
  check_vectors(x);
  MvmRanges ranges;
  ranges.dac = options_.dac_range > 0.0 ? options_.dac_range : full_scale(x.values, 100.0);
  if (options_.adc_range > 0.0)
    ranges.adc.assign(weight_slices(spec_.weights).size(), options_.adc_range);
  else
    ranges.adc = fixed_ranges(spec_, static_cast<int>(array_rows()), g_min_);
  if (ranges.adc.empty()) ranges.adc = calibrated(x, ranges.dac);
  return ranges;
}

/// One range for all arrays, so that their results add up as codes; of slices, powers of two apart.
std::vector<double> AnalogMatrix::calibrated(const MatrixView& x, double dac) const {
  const std::size_t slices = weight_slices(spec_.weights).size();
  std::size_t conversions = 0;
  for (const Block& block : blocks_) conversions += block.array.plane_cols() * block.array.parts().size();
  std::vector<Magnitudes> sums(slices, Magnitudes(options_.adc_percentile, conversions * x.cols));
  std::vector<double> codes, out;
  for (std::size_t first = 0; first < x.cols; first += batch_vectors) {
    take_codes(x, dac, first, codes);
    const std::size_t count = codes.size() / inputs_;
    for (const Block& block : blocks_) {
      const Array<double>& array = block.exact ? *block.exact : block.array;
      out.resize(count * array.plane_cols());
      for (std::size_t plane = 0; plane < array.planes(); ++plane)
        for (std::size_t part = 0; part < array.parts().size(); ++part) {
          array.column_sums(codes.data() + block.row0, inputs_, count, plane, part, out.data(),
                            array.plane_cols());
          sums[array.slice_of(plane)].add(out);
        }
    }
  }
  std::vector<double> ranges;
  for (Magnitudes& slice : sums) ranges.push_back(slice.value());
  return slices > 1 ? power_of_two_ranges(ranges) : ranges;
}

/// Results of one block, corrected for the drift of its own cells, are added to sums [vectors][outputs].
void AnalogMatrix::add_block(const Block& block, const std::vector<double>& codes, std::span<const MvmId> ids,
                             const MvmRanges& ranges, std::vector<double>& sums) const {
  const std::size_t cols = block.array.cols();
  std::vector<double> results(ids.size() * cols);
  block.array.mvm(codes.data() + block.row0, inputs_, ids, ranges.adc, results.data(), cols);
  const std::vector<double>& drift = block.array.drift_factors();
  for (std::size_t v = 0; v < ids.size(); ++v)
    for (std::size_t c = 0; c < cols; ++c)
      sums[v * outputs_ + block.col0 + c] += results[v * cols + c] * drift[drift.size() == 1 ? 0 : c];
}

void AnalogMatrix::multiply(const MatrixView& x, const MvmRanges& ranges, const MvmReads& reads,
                            std::span<double> y) const {
  check_vectors(x);
  assert(y.size() == reads.count * outputs_ * x.cols);
  const double unit = blocks_.front().array.output_unit(ranges.adc) * ranges.dac;
  std::vector<double> codes, sums;
  std::vector<MvmId> ids;
  for (std::size_t first = 0; first < x.cols; first += batch_vectors) {
    take_codes(x, ranges.dac, first, codes);
    for (std::size_t read = 0; read < reads.count; ++read) {
      ids.clear();
      for (std::size_t v = 0; v < codes.size() / inputs_; ++v)
        ids.push_back(
            {static_cast<std::uint32_t>(reads.first + read), static_cast<std::uint32_t>(first + v)});
      sums.assign(ids.size() * outputs_, 0.0);
      for (const Block& block : blocks_) {
        if (reads.between) reads.between();
        add_block(block, codes, ids, ranges, sums);
      }
      double* out = y.data() + read * outputs_ * x.cols + first;
      for (std::size_t o = 0; o < outputs_; ++o)
        for (std::size_t v = 0; v < ids.size(); ++v)
          out[o * x.cols + v] = sums[v * outputs_ + o] * unit * scales_[o];
    }
  }
}

MvmClipping AnalogMatrix::clipping(const MatrixView& x, const MvmRanges& ranges) const {
  check_vectors(x);
  const double code = spec_.dac.full_code(), half = spec_.adc.half_steps();
  const auto beyond = [](std::span<const double> values, double limit) {
    return static_cast<std::size_t>(std::count_if(
        values.begin(), values.end(), [limit](double value) { return std::fabs(value) > limit; }));
  };
  std::size_t clipped = 0, conversions = 0;
  std::vector<double> codes, out;
  for (std::size_t first = 0; first < x.cols; first += batch_vectors) {
    take_codes(x, ranges.dac, first, codes);
    const std::size_t count = codes.size() / inputs_;
    for (const Block& block : blocks_) {
      const Array<double>& array = block.array;
      out.resize(count * array.plane_cols());
      for (std::size_t plane = 0; plane < array.planes(); ++plane) {
        const double range = ranges.adc[array.slice_of(plane)];
        for (std::size_t part = 0; part < array.parts().size(); ++part) {
          array.column_sums(codes.data() + block.row0, inputs_, count, plane, part, out.data(),
                            array.plane_cols());
          clipped += beyond(out, range * (spec_.adc.full_code() + 0.5) / half);
          conversions += out.size();
        }
      }
    }
  }
  return {share(beyond(x.values, ranges.dac * (code + 0.5) / code), x.values.size()),
          share(clipped, conversions)};
}

std::vector<double> exact_product(const MatrixView& weights, const MatrixView& x) {
  std::vector<double> y(weights.rows * x.cols, 0.0);
  for (std::size_t o = 0; o < weights.rows; ++o)
    for (std::size_t i = 0; i < weights.cols; ++i) {
      const double w = weights.values[o * weights.cols + i];
      for (std::size_t v = 0; v < x.cols; ++v) y[o * x.cols + v] += w * x.values[i * x.cols + v];
    }
  return y;
}

double relative_rms_error(std::span<const double> y, std::span<const double> exact) {
  double error = 0.0, size = 0.0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double wanted = exact[i % exact.size()];
    error += (y[i] - wanted) * (y[i] - wanted);
    size += wanted * wanted;
  }
  return error == 0.0 ? 0.0 : std::sqrt(error / size);
}

}  // namespace mimosa
