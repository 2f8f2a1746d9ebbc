// SPDX-License-Identifier: Apache-2.0
#include "hw/kernel/kernel.hpp"

namespace mimosa {

ScopedKernel::ScopedKernel()
    : saved_current_(sc_core::sc_get_curr_simcontext()), saved_default_(sc_core::sc_default_global_context) {
  sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = new sc_core::sc_simcontext;
}

ScopedKernel::~ScopedKernel() {
  sc_core::sc_simcontext* finished = sc_core::sc_curr_simcontext;
  sc_core::sc_curr_simcontext = saved_current_;
  sc_core::sc_default_global_context = saved_default_;
  delete finished;
}

void install_report_policy() {
  using namespace sc_core;
  sc_report_handler::set_actions(SC_ERROR, SC_CACHE_REPORT | SC_THROW);
  sc_report_handler::set_actions(SC_FATAL, SC_CACHE_REPORT | SC_THROW);
  sc_report_handler::set_actions(SC_INFO, SC_DO_NOTHING);
}

}  // namespace mimosa
