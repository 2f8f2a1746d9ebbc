// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mimosa {

/// SIGINT and SIGTERM are remembered; a second one ends the process at once with status 128 + signal.
void watch_interrupts();
/// The signal that came, or 0.
[[nodiscard]] int interrupt_signal();
/// Throws where one came. Called where a run reports progress, so that files are put away by destructors.
void throw_if_interrupted();

}  // namespace mimosa
