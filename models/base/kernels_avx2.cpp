// SPDX-License-Identifier: Apache-2.0
#include "models/base/make_kernels.hpp"
#include "models/base/vector_avx2.hpp"

namespace mimosa {

const KernelTable avx2_kernels = make_kernels<Avx2Vector>();

}  // namespace mimosa
