// SPDX-License-Identifier: Apache-2.0
#include "models/base/make_kernels.hpp"
#include "models/base/vector_avx512.hpp"

namespace mimosa {

const KernelTable avx512_kernels = make_kernels<Avx512Vector>();

}  // namespace mimosa
