// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iostream>

#include "models/base/error.hpp"
#include "models/data/hash.hpp"
#include "models/data/npy.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/config/key_table.hpp"
#include "sim/mvm/mvm_report.hpp"
#include "sim/run/version.hpp"

namespace fs = std::filesystem;

namespace mimosa {
namespace {

/// Values of the results that are made at most: 32 GiB.
constexpr double most_results = 4294967296.0;

void check_files(const Arguments& arguments) {
  check_operands("mvm", arguments, 0, 0);
  for (const auto& [option, path] :
       {std::pair("--matrix", &arguments.matrix), std::pair("--vectors", &arguments.vectors),
        std::pair("--out", &arguments.out)})
    if (path->empty())
      throw UserError(
          fmt::format("mvm: {} is missing; usage: mimosa mvm --matrix W.npy --vectors X.npy "
                      "--out Y.npy",
                      option));
  const fs::path folder = fs::absolute(arguments.out).parent_path();
  if (!fs::is_directory(folder)) throw UserError(fmt::format("--out: {}: no such folder", folder.string()));
  if (fs::is_directory(arguments.out)) throw UserError(fmt::format("--out: {}: is a folder", arguments.out));
  std::error_code none;
  for (const std::string& input : {arguments.matrix, arguments.vectors})
    if (fs::equivalent(input, arguments.out, none))
      throw UserError(fmt::format("--out: {}: is read too; allowed: another file", arguments.out));
}

/// How many reads were asked for; 0: one, and results without an axis of reads.
std::size_t reads_of(const Arguments& arguments) {
  std::size_t reads = 0;
  if (arguments.reads.empty()) return reads;
  KeyTable table;
  KeyCollector(table, "").field("reads", reads, "1",
                                "reads of the same vectors, each with read noise of its own", 1, 1000000);
  try {
    table.keys.front().set(parse_value(table.keys.front(), arguments.reads));
  } catch (const UserError& e) {
    throw UserError(fmt::format("--reads: {}", e.what()));
  }
  return reads;
}

NpyArray read_matrix(const std::string& path, const char* axes) {
  NpyArray array = read_npy(path);
  if (array.shape.size() != 2)
    throw UserError(
        fmt::format("{}: its shape is [{}]; allowed: [{}]", path, fmt::join(array.shape, ", "), axes));
  for (std::size_t i = 0; i < array.data.size(); ++i)
    if (!std::isfinite(array.data[i])) {
      const auto cols = static_cast<std::size_t>(array.shape[1]);
      throw UserError(fmt::format("{}: the value at [{}, {}] is {}; allowed: finite numbers", path, i / cols,
                                  i % cols, array.data[i]));
    }
  return array;
}

MatrixView view(const NpyArray& array) {
  return {array.data, static_cast<std::size_t>(array.shape[0]), static_cast<std::size_t>(array.shape[1])};
}

void check_shapes(const Arguments& arguments, const MatrixView& weights, const MatrixView& x,
                  std::size_t reads) {
  if (weights.values.empty())
    throw UserError(fmt::format("{}: its shape is [{}, {}]; allowed: at least one output and one input",
                                arguments.matrix, weights.rows, weights.cols));
  if (x.rows != weights.cols || x.cols == 0)
    throw UserError(
        fmt::format("{}: its shape is [{}, {}]; allowed: [{}, vectors], a row for each input of {}",
                    arguments.vectors, x.rows, x.cols, weights.cols, arguments.matrix));
  if (static_cast<double>(reads) * static_cast<double>(weights.rows) * static_cast<double>(x.cols) >
      most_results)
    throw UserError(
        fmt::format("mvm: {} reads of {} outputs of {} vectors are more than 2^32 results; use fewer", reads,
                    weights.rows, x.cols));
}

MvmReport report_of(const Arguments& arguments, const MvmConfig& config, const AnalogMatrix& matrix) {
  MvmReport report;
  report.version = program_version();
  report.results_version = results_version;
  report.out = arguments.out;
  report.config_sha256 = config_sha256(config);
  report.matrix_sha256 = sha256_hex_of_file(arguments.matrix);
  report.vectors_sha256 = sha256_hex_of_file(arguments.vectors);
  report.outputs = matrix.outputs();
  report.inputs = matrix.inputs();
  report.arrays = matrix.arrays();
  report.array_rows = matrix.array_rows();
  report.array_cols = matrix.array_cols();
  return report;
}

void write_results(const std::string& path, const MvmReport& report, bool with_reads,
                   const std::vector<double>& y) {
  std::vector<std::int64_t> shape = {static_cast<std::int64_t>(report.outputs),
                                     static_cast<std::int64_t>(report.vectors)};
  if (with_reads) shape.insert(shape.begin(), static_cast<std::int64_t>(report.reads));
  write_npy(path, shape, y);
}

}  // namespace

int mvm_command(const Arguments& arguments) {
  check_files(arguments);
  const std::size_t asked = reads_of(arguments), reads = std::max<std::size_t>(asked, 1);
  const MvmConfig config = load_mvm_config(arguments.settings);
  const NpyArray w = read_matrix(arguments.matrix, "outputs, inputs");
  const NpyArray x = read_matrix(arguments.vectors, "inputs, vectors");
  check_shapes(arguments, view(w), view(x), reads);
  const AnalogMatrix matrix(config, view(w));
  throw_if_interrupted();
  MvmReport report = report_of(arguments, config, matrix);
  report.vectors = view(x).cols;
  report.reads = reads;
  report.ranges = matrix.fit_ranges(view(x));
  std::vector<double> y(reads * report.outputs * report.vectors);
  matrix.multiply(view(x), report.ranges, {.first = 0, .count = reads, .between = throw_if_interrupted}, y);
  report.clipping = matrix.clipping(view(x), report.ranges);
  throw_if_interrupted();
  report.wires = matrix.wire_gap(config, view(w), view(x), report.ranges);
  report.relative_rms_error = relative_rms_error(y, exact_product(view(w), view(x)));
  throw_if_interrupted();
  write_results(arguments.out, report, asked > 0, y);
  if (arguments.json)
    std::cout << mvm_report_json(report, config);
  else if (!arguments.quiet)
    std::cout << mvm_summary_text(report, config);
  return 0;
}

}  // namespace mimosa
