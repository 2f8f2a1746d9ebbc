// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <systemc>

namespace mimosa {

/// A fresh SystemC kernel for the lifetime of the object, so that one process can run many simulations
/// one after the other. Declare it before the modules; they must die first. Not IEEE 1666: this file is
/// the only one that may touch sc_simcontext.
class ScopedKernel {
 public:
  ScopedKernel();
  ~ScopedKernel();
  ScopedKernel(const ScopedKernel&) = delete;
  ScopedKernel& operator=(const ScopedKernel&) = delete;

 private:
  sc_core::sc_simcontext* saved_current_;
  sc_core::sc_simcontext* saved_default_;
};

/// SC_ERROR and SC_FATAL throw, nothing aborts; the banner and "stopped by user" stay quiet.
void install_report_policy();

}  // namespace mimosa
