// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"

namespace mimosa {

/// Whether a program that came from outside can run on a chip whose arrays hold the weights of `held`: the
/// same stages, replicas and vector work; every task where there is room for it, once, with instructions of
/// its kind; buffers large enough; no stall (`find_stall`). Placement, buffers and the order of code may
/// differ. UserError with the first thing that is wrong, for any program.
void check_program(const Program& program, const Program& held, const ChipSpec& chip);

}  // namespace mimosa
