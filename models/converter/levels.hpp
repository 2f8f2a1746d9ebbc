// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mimosa {

/// Levels of a converter of b bits. Symmetric: 2^b − 1 of them, zero is one. Even: 2^b, zero lies between
/// two. Codes are centred, value = code · step, so even levels have half-integer codes.
enum class Levels { Symmetric, Even };

}  // namespace mimosa
