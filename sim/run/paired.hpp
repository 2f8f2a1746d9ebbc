// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>

#include "sim/run/result.hpp"

namespace mimosa {

/// The accuracy of `other` minus that of `first`, on the chip samples and inputs that both saw: chip samples
/// of one number share the random numbers of layers of one name. None where either has no accuracy, or their
/// inputs are of other data, numbers or passes that one answer alone counts in.
[[nodiscard]] std::optional<PairedResult> paired(const RunResult& first, const RunResult& other);

}  // namespace mimosa
