// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/mvm_timing.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

#include "models/base/error.hpp"
#include "models/crossbar/mvm_events.hpp"

namespace mimosa {
namespace {

/// Rounded up; a billionth of a cycle is taken for rounding of the product.
std::int64_t whole_cycles(double ns, const ChipSpec& chip) {
  return std::max(std::int64_t{1}, static_cast<std::int64_t>(std::ceil(ns * chip.clock_ghz - 1e-9)));
}

double conversion_ns(const ChipSpec& chip, int cols) {
  const AdcCost& adc = chip.mvm.adc;
  const int turns = (conversions_per_read(chip.analog, cols) + adc.per_array - 1) / adc.per_array;
  return turns * (1.0 / adc.rate_gs + adc.bit_ns * chip.analog.adc.bits);
}

double step_ns(const ChipSpec& chip, const InputPart& part) {
  if (chip.analog.dac.input != InputKind::PulseWidth) return chip.mvm.step_ns;
  const double largest = part.digits == InputPart::Digits::Whole ? part.full : part.mask;
  return chip.mvm.step_ns + chip.mvm.pulse_ns * largest;
}

struct MvmTimes {
  double latency_ns = 0.0, interval_ns = 0.0;
};

MvmTimes times_of_lump(const ChipSpec& chip) {
  const MvmCost& mvm = chip.mvm;
  if (mvm.lump_of == LumpOf::Mvm) return {mvm.latency_ns, mvm.interval_ns};
  const int reads = reads_per_mvm(chip.analog);
  return {(reads - 1) * mvm.interval_ns + mvm.latency_ns, reads * mvm.interval_ns};
}

MvmTimes times_of_components(const ChipSpec& chip, int cols) {
  const MvmCost& mvm = chip.mvm;
  const double convert = conversion_ns(chip, cols);
  const std::vector<InputPart> parts = input_parts(chip.analog.dac, chip.analog.read.phases > 1);
  const double rounds = reads_per_mvm(chip.analog) / static_cast<double>(parts.size());
  double interval = 0.0;
  for (const InputPart& part : parts)
    interval +=
        rounds * (mvm.overlap ? std::max(step_ns(chip, part), convert) : step_ns(chip, part) + convert);
  const double step = step_ns(chip, parts.back());
  // The last read is converted after it, whatever the next MVM does meanwhile.
  const double after = mvm.overlap ? step + convert - std::max(step, convert) : 0.0;
  return {interval + after + mvm.shift_add_ns, interval};
}

MvmTimes times_of(const ChipSpec& chip, int cols) {
  return chip.mvm.model == MvmCostModel::Lump ? times_of_lump(chip) : times_of_components(chip, cols);
}

/// When the converters begin with every read of one MVM, in ns from its start.
std::vector<double> conversions_begin_ns(const ChipSpec& chip, double convert) {
  const std::vector<InputPart> parts = input_parts(chip.analog.dac, chip.analog.read.phases > 1);
  const int reads = reads_per_mvm(chip.analog);
  std::vector<double> begins;
  double read = 0.0;
  for (const InputPart& part : parts)
    for (int i = 0; i < reads / static_cast<int>(parts.size()); ++i) {
      const double step = step_ns(chip, part);
      begins.push_back(read + step);
      read += chip.mvm.overlap ? std::max(step, convert) : step + convert;
    }
  return begins;
}

/// Joins the span to the last one where they meet.
void append(std::vector<ConverterSpan>& spans, const ConverterSpan& span) {
  if (!spans.empty() && span.from <= spans.back().to)
    spans.back().to = std::max(spans.back().to, span.to);
  else
    spans.push_back(span);
}

void check_resolution(const char* key, double ns, const ChipSpec& chip) {
  const double cycle_ns = 1.0 / chip.clock_ghz;
  if (ns < cycle_ns)
    throw UserError(
        fmt::format("{}: {} ns is {:.3g} ns less than one clock cycle ({:.4g} ns); nothing shorter is timed",
                    key, ns, cycle_ns - ns, cycle_ns));
}

void check_lump(const ChipSpec& chip) {
  const MvmCost& mvm = chip.mvm;
  check_resolution("chip.mvm.latency_ns", mvm.latency_ns, chip);
  check_resolution("chip.mvm.interval_ns", mvm.interval_ns, chip);
  if (mvm.interval_ns > mvm.latency_ns)
    throw UserError(fmt::format("chip.mvm.interval_ns: {} must not exceed latency_ns ({})", mvm.interval_ns,
                                mvm.latency_ns));
}

/// What depends on data is known of parts alone, and of cells by their voltage and its time.
void check_activity(const MvmCost& mvm) {
  if (mvm.activity == ActivityModel::Events) return;
  if (mvm.model == MvmCostModel::Lump)
    throw UserError(
        "chip.mvm.activity: a lump does not say which part of it depends on data; allowed with mvm.cost: "
        "components");
  for (const auto& [key, value] : {std::pair{"read_v", mvm.read_v}, std::pair{"read_ns", mvm.read_ns}})
    if (value == 0.0)
      throw UserError(
          fmt::format("chip.mvm.{}: 0 gives cells no energy; above 0 is allowed with activity: data", key));
}

void check_components(const ChipSpec& chip) {
  check_resolution("chip.mvm.step_ns", chip.mvm.step_ns, chip);
  const int columns = conversions_per_read(chip.analog, logical_cols(chip.analog, chip.array.cols));
  if (chip.mvm.adc.per_array > columns)
    throw UserError(
        fmt::format("chip.mvm.adc.per_array: {} converters are {} more than the {} columns a read gives",
                    chip.mvm.adc.per_array, chip.mvm.adc.per_array - columns, columns));
}

}  // namespace

int reads_of_lump(const ChipSpec& chip) {
  return chip.mvm.lump_of == LumpOf::Read ? 1 : reads_per_mvm(chip.analog);
}

double read_interval_ns(const ChipSpec& chip, int cols) {
  return times_of(chip, cols).interval_ns / reads_per_mvm(chip.analog);
}

MvmTiming mvm_timing(const ChipSpec& chip, int cols) {
  const MvmTimes times = times_of(chip, cols);
  return {whole_cycles(times.latency_ns, chip), whole_cycles(times.interval_ns, chip)};
}

MvmTiming mvm_timing(const ChipSpec& chip) {
  return mvm_timing(chip, logical_cols(chip.analog, chip.array.cols));
}

std::vector<ConverterSpan> converter_spans(const ChipSpec& chip, int cols, int mvms) {
  const MvmTiming time = mvm_timing(chip, cols);
  const std::int64_t end = (mvms - 1) * time.interval_cycles + time.latency_cycles;
  if (chip.mvm.model == MvmCostModel::Lump) return {{0, end}};
  const double convert = conversion_ns(chip, cols);
  const std::vector<double> begins = conversions_begin_ns(chip, convert);
  std::vector<ConverterSpan> spans;
  for (int m = 0; m < mvms; ++m)
    for (const double ns : begins) {
      const auto from = static_cast<std::int64_t>(ns * chip.clock_ghz + 1e-9);
      const std::int64_t start = m * time.interval_cycles;
      append(spans, {start + from, std::min(start + whole_cycles(ns + convert, chip), end)});
    }
  return spans;
}

void check_mvm_cost(const ChipSpec& chip) {
  check_activity(chip.mvm);
  if (chip.mvm.model == MvmCostModel::Lump)
    check_lump(chip);
  else
    check_components(chip);
}

}  // namespace mimosa
