// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "sim/mvm/analog_matrix.hpp"

namespace mimosa {

/// What `mimosa mvm` tells about one product.
struct MvmReport {
  std::string version;
  int results_version = 0;
  std::string out;  ///< path of the results
  std::string config_sha256, matrix_sha256, vectors_sha256;
  std::size_t outputs = 0, inputs = 0, vectors = 0, reads = 1;
  std::size_t arrays = 1, array_rows = 0, array_cols = 0;  ///< of the largest one
  MvmRanges ranges;
  MvmClipping clipping;
  MatrixWireGap wires;
  double relative_rms_error = 0.0;
};

/// Seven or eight lines for a person.
[[nodiscard]] std::string mvm_summary_text(const MvmReport& report, const MvmConfig& config);
/// The same with provenance, one object; shares and errors are fractions.
[[nodiscard]] std::string mvm_report_json(const MvmReport& report, const MvmConfig& config);

}  // namespace mimosa
