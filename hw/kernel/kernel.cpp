// SPDX-License-Identifier: Apache-2.0
#include "hw/kernel/kernel.hpp"

#include <cstddef>
#include <pthread.h>

// Of the address sanitizer, where there is one.
extern "C" {
[[gnu::weak]] void __sanitizer_start_switch_fiber(void** fake_stack, const void* bottom, std::size_t size);
[[gnu::weak]] void __sanitizer_finish_switch_fiber(void* fake_stack, const void** bottom, std::size_t* size);
}

namespace mimosa {
namespace {

/// SystemC tells the address sanitizer when it goes to a coroutine's stack, and leaves the last one noted
/// where a simulation ends: the search for leaks then reads a stack that is gone. Notes this thread's own.
void note_own_stack() {
  if (__sanitizer_start_switch_fiber == nullptr || __sanitizer_finish_switch_fiber == nullptr) return;
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  void* bottom = nullptr;
  std::size_t size = 0;
  pthread_attr_getstack(&attributes, &bottom, &size);
  pthread_attr_destroy(&attributes);
  __sanitizer_start_switch_fiber(nullptr, bottom, size);
  __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
}

}  // namespace

ScopedKernel::ScopedKernel()
    : saved_current_(sc_core::sc_get_curr_simcontext()), saved_default_(sc_core::sc_default_global_context) {
  sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = new sc_core::sc_simcontext;
}

ScopedKernel::~ScopedKernel() {
  sc_core::sc_simcontext* finished = sc_core::sc_curr_simcontext;
  sc_core::sc_curr_simcontext = saved_current_;
  sc_core::sc_default_global_context = saved_default_;
  delete finished;
  note_own_stack();
}

void install_report_policy() {
  using namespace sc_core;
  sc_report_handler::set_actions(SC_ERROR, SC_CACHE_REPORT | SC_THROW);
  sc_report_handler::set_actions(SC_FATAL, SC_CACHE_REPORT | SC_THROW);
  sc_report_handler::set_actions(SC_INFO, SC_DO_NOTHING);
}

}  // namespace mimosa
