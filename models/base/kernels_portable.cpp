// SPDX-License-Identifier: Apache-2.0
#include "models/base/make_kernels.hpp"
#include "models/base/vector_portable.hpp"

namespace mimosa {

const KernelTable portable_kernels = make_kernels<PortableVector>();

}  // namespace mimosa
