// SPDX-License-Identifier: Apache-2.0
// The same from C: link with -lmimosa.
#include <stdio.h>

#include "sim/mvm/mimosa.h"

int main(void) {
  const double w[] = {1.0, -2.0, 0.5, 0.25, 0.0, 4.0};  // [outputs][inputs]
  const double x[] = {1.0, 0.5, -1.0, 0.0, 0.5, 1.0};   // [inputs][vectors]
  const char* const settings[] = {"device.time_s=3600", "chip.adc.bits=10", "seed=7", NULL};
  double y[4];  // [outputs][vectors]
  mimosa_matrix* matrix = mimosa_matrix_new(NULL, "pcm-joshi", settings, w, 2, 3);
  if (matrix == NULL || mimosa_matrix_multiply(matrix, x, 2, 0, 1, y) != mimosa_ok) {
    fprintf(stderr, "%s\n", mimosa_error());
    mimosa_matrix_free(matrix);
    return 2;
  }
  printf("%.6f %.6f\n%.6f %.6f\n", y[0], y[1], y[2], y[3]);
  mimosa_matrix_free(matrix);
  return 0;
}
