// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ctime>

namespace mimosa {

/// CPU seconds of the calling thread.
inline double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// CPU seconds of one of `calls` calls of `work`.
template <class Work>
double seconds_per_call(int calls, const Work& work) {
  const double start = cpu_seconds();
  for (int i = 0; i < calls; ++i) work();
  return (cpu_seconds() - start) / calls;
}

}  // namespace mimosa
