// SPDX-License-Identifier: Apache-2.0
#include <exception>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <string>

#include "models/base/error.hpp"
#include "sim/mvm/analog_matrix.hpp"
#include "sim/mvm/mimosa.h"

struct mimosa_matrix {
  mimosa::AnalogMatrix matrix;
  std::optional<mimosa::MvmRanges> ranges;  ///< fitted
};

namespace mimosa {
namespace {

thread_local int last_status = mimosa_ok;  // NOLINT: what a C interface has for exceptions
thread_local std::string last_error;       // NOLINT

int failed(int status, const char* text) noexcept {
  last_status = status;
  try {
    last_error = text;
  } catch (...) {
    last_error.clear();  // no memory for the reason
  }
  return status;
}

/// Runs `work`; nothing it throws gets past.
template <class Work>
int guarded(const Work& work) noexcept {
  try {
    work();
    return mimosa_ok;
  } catch (const UserError& e) {
    return failed(mimosa_user_error, e.what());
  } catch (const std::exception& e) {
    return failed(mimosa_failure, e.what());
  } catch (...) {
    return failed(mimosa_failure, "an unknown exception");
  }
}

void need(const void* pointer, const char* name) {
  if (pointer == nullptr) throw UserError(std::string(name) + ": is null; allowed: a pointer to values");
}

/// rows · cols values; a product that wraps around would read elsewhere.
MatrixView view(const double* values, std::size_t rows, std::size_t cols, const char* name) {
  if (cols != 0 && rows > std::numeric_limits<std::ptrdiff_t>::max() / sizeof(double) / cols)
    throw UserError(std::string(name) + ": its shape is larger than memory");
  if (rows * cols != 0) need(values, name);
  return {{values, rows * cols}, rows, cols};
}

MatrixView vectors_view(const mimosa_matrix* matrix, const double* x, std::size_t vectors) {
  need(matrix, "matrix");
  return view(x, matrix->matrix.inputs(), vectors, "vectors");
}

std::vector<Setting> settings_of(const char* chip, const char* device, const char* const* settings) {
  std::vector<Setting> all;
  if (chip != nullptr) all.push_back({"chip", chip, "chip"});
  if (device != nullptr) all.push_back({"device", device, "device"});
  for (; settings != nullptr && *settings != nullptr; ++settings) {
    all.push_back(parse_setting(*settings));
    all.back().source = "settings";
  }
  return all;
}

}  // namespace
}  // namespace mimosa

using mimosa::guarded;

int mimosa_api_version() {
  return mimosa_api;
}
const char* mimosa_version() {
  return MIMOSA_VERSION;
}
int mimosa_status() {
  return mimosa::last_status;
}
const char* mimosa_error() {
  return mimosa::last_error.c_str();
}

mimosa_matrix* mimosa_matrix_new(const char* chip, const char* device, const char* const* settings,
                                 const double* weights, size_t outputs, size_t inputs) {
  std::unique_ptr<mimosa_matrix> made;
  guarded([&] {
    const mimosa::MatrixView matrix = mimosa::view(weights, outputs, inputs, "matrix");
    const mimosa::MvmConfig config = mimosa::load_mvm_config(mimosa::settings_of(chip, device, settings));
    made.reset(new mimosa_matrix{mimosa::AnalogMatrix(config, matrix), std::nullopt});
  });
  return made.release();
}

void mimosa_matrix_free(mimosa_matrix* matrix) {
  delete matrix;
}

size_t mimosa_matrix_outputs(const mimosa_matrix* matrix) {
  return matrix == nullptr ? 0 : matrix->matrix.outputs();
}
size_t mimosa_matrix_inputs(const mimosa_matrix* matrix) {
  return matrix == nullptr ? 0 : matrix->matrix.inputs();
}
size_t mimosa_matrix_arrays(const mimosa_matrix* matrix) {
  return matrix == nullptr ? 0 : matrix->matrix.arrays();
}

int mimosa_matrix_fit(mimosa_matrix* matrix, const double* x, size_t vectors) {
  return guarded([&] {
    const mimosa::MatrixView given = mimosa::vectors_view(matrix, x, vectors);
    matrix->ranges = matrix->matrix.fit_ranges(given);
  });
}
double mimosa_matrix_dac_range(const mimosa_matrix* matrix) {
  return matrix == nullptr || !matrix->ranges ? 0.0 : matrix->ranges->dac;
}
double mimosa_matrix_adc_range(const mimosa_matrix* matrix, size_t slice) {
  if (matrix == nullptr || !matrix->ranges || slice >= matrix->ranges->adc.size()) return 0.0;
  return matrix->ranges->adc[slice];
}

int mimosa_matrix_multiply(const mimosa_matrix* matrix, const double* x, size_t vectors, uint32_t first_read,
                           size_t reads, double* y) {
  return guarded([&] {
    const mimosa::MatrixView given = mimosa::vectors_view(matrix, x, vectors);
    const std::size_t outputs = matrix->matrix.outputs();
    if (reads > (std::uint64_t{1} << 32) - first_read)
      throw mimosa::UserError("reads: numbers of reads end at 2^32 − 1");
    const std::size_t size = mimosa::view(y, outputs * vectors, reads, "y").values.size();
    const mimosa::MvmRanges ranges = matrix->ranges ? *matrix->ranges : matrix->matrix.fit_ranges(given);
    matrix->matrix.multiply(given, ranges, {first_read, reads}, {y, size});
  });
}
