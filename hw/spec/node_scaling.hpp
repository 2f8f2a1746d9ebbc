// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mimosa {

/// Energy of digital logic at node `to_nm` over that at `from_nm`, after Stillmaker & Baas, Integration 58
/// (2017): P = a V² + b V + c with (a, b, c) of a node, linear between the nodes of the table (7 … 130 nm).
/// For logic and memories alone: converters and arrays do not scale so. UserError outside the table.
[[nodiscard]] double logic_energy_scale(double from_nm, double to_nm, double from_v = 0.8, double to_v = 0.8);

}  // namespace mimosa
