// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "models/base/kernels.hpp"

namespace mimosa {

/// Runs a scope on one kernel path.
class ForcedKernelPath {
 public:
  explicit ForcedKernelPath(KernelPath path) : before_(kernel_path()) { use_kernel_path(path); }
  ~ForcedKernelPath() { use_kernel_path(before_); }
  ForcedKernelPath(const ForcedKernelPath&) = delete;
  ForcedKernelPath& operator=(const ForcedKernelPath&) = delete;

 private:
  KernelPath before_;
};

}  // namespace mimosa
