// SPDX-License-Identifier: Apache-2.0
#pragma once
// C interface of libmimosa: a matrix of yours, programmed once into analog arrays. All numbers are double,
// all arrays row-major without gaps. Calls that can fail return a status; mimosa_error tells the reason in
// one line. One matrix may be used by several threads at once, but for mimosa_matrix_fit and
// mimosa_matrix_free.
#include <stddef.h>  // NOLINT: this header is C
#include <stdint.h>  // NOLINT

#ifdef __cplusplus
extern "C" {
#endif

enum { mimosa_api = 1 };  ///< raised when a call changes in a way that programs notice

/// The `mimosa_api` the library was built with.
int mimosa_api_version(void);
/// Version of the simulator, e.g. "0.1.0".
const char* mimosa_version(void);

/// user_error: the caller can mend it (a name, a key, a shape, a value); failure: anything else.
enum { mimosa_ok = 0, mimosa_failure = 1, mimosa_user_error = 2 };
/// Status and reason of the last call of this thread that failed; "" before one did. Valid until the next
/// one.
int mimosa_status(void);
const char* mimosa_error(void);

typedef struct mimosa_matrix mimosa_matrix;

/// Programs weights [outputs][inputs] into cells; `weights` is not needed after the call. `chip` and
/// `device`: names or paths of YAML files; null: "hermes", "ideal". `settings`: null, or "key=value" texts,
/// the last one null; keys as for `mimosa mvm --set`, e.g. "chip.adc.bits=6", "device.time_s=3600",
/// "mvm.split=true", "seed=7". Null where it fails.
mimosa_matrix* mimosa_matrix_new(const char* chip, const char* device, const char* const* settings,
                                 const double* weights, size_t outputs, size_t inputs);
/// Null is allowed.
void mimosa_matrix_free(mimosa_matrix* matrix);

size_t mimosa_matrix_outputs(const mimosa_matrix* matrix);
size_t mimosa_matrix_inputs(const mimosa_matrix* matrix);
/// Arrays the matrix is spread over.
size_t mimosa_matrix_arrays(const mimosa_matrix* matrix);

/// Fixes the converters' ranges, where the settings leave them open, from vectors x [inputs][vectors].
/// Without it each product takes them from its own vectors. Returns a status.
int mimosa_matrix_fit(mimosa_matrix* matrix, const double* x, size_t vectors);
/// Half the DAC's range in units of x; 0 before mimosa_matrix_fit.
double mimosa_matrix_dac_range(const mimosa_matrix* matrix);
/// Half the ADC's range of weight slice `slice` in units of Σ g·x with g over g_max and x over the DAC's
/// range; 0 before mimosa_matrix_fit and from the number of slices on.
double mimosa_matrix_adc_range(const mimosa_matrix* matrix, size_t slice);

/// y [reads][outputs][vectors] ≈ weights · x, x [inputs][vectors], in reads number first_read, first_read +
/// 1, … of the same cells: read noise is new in each and the same whenever it is asked for again. x and y do
/// not overlap. Returns a status; y is undefined where it fails.
int mimosa_matrix_multiply(const mimosa_matrix* matrix, const double* x, size_t vectors, uint32_t first_read,
                           size_t reads, double* y);

#ifdef __cplusplus
}
#endif
