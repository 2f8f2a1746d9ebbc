// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"
#include "models/nn/graph.hpp"
#include "sim/run/superposition_result.hpp"

namespace mimosa {

/// Whether a stage's work grows with the number of slots: one of its nodes, or a value they read, is held
/// once per input or slot.
[[nodiscard]] bool is_unshared(const Graph& graph, const Stage& stage);

/// What of a program's work N inputs do not share; limits are left to be filled in.
[[nodiscard]] UnsharedResult unshared_work(const Graph& graph, const Program& program, const ChipSpec& chip);

/// Inputs that arrive evenly, or as a Poisson process, at a mean rate: the k-th of a pass of n waits for n −
/// k more. Beyond what the chip takes, waiting grows without end (`keeps_up` false).
[[nodiscard]] ArrivalResult arrivals(double arrival_per_s, int inputs_per_pass, double inputs_per_s,
                                     double latency_s);

}  // namespace mimosa
