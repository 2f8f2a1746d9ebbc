// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "models/base/kernels.hpp"

namespace mimosa {

/// The path that `MIMOSA_KERNELS=wish` stands for; the fastest for nullptr (not set). Throws UserError.
[[nodiscard]] KernelPath chosen_kernel_path(const char* wish);

}  // namespace mimosa
