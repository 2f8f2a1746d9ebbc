// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <fmt/format.h>
#include <iostream>
#include <systemc>

#include "hw/kernel/kernel.hpp"
#include "models/base/error.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/report/markup.hpp"

namespace mimosa {
namespace {

/// Standard output carries results only, so what SystemC has to say goes to standard error.
void report_to_stderr(const sc_core::sc_report& report, const sc_core::sc_actions& actions) {
  if ((actions & sc_core::SC_DISPLAY) != 0) std::cerr << sc_core::sc_report_compose_message(report) << '\n';
  sc_core::sc_report_handler::default_handler(
      report, actions & ~static_cast<sc_core::sc_actions>(sc_core::SC_DISPLAY));
}

int complain(const std::string& text, int status) {
  std::cerr << "mimosa: " << printable(text) << '\n';
  return status;
}

int run_and_flush(const std::vector<std::string>& words) {
  const int status = run_command_line(words);
  if (!std::cout.flush()) return complain("standard output: cannot be written", 1);
  return status;
}

int guarded(const std::vector<std::string>& words) {
  try {
    return run_and_flush(words);
  } catch (const std::exception& e) {
    // An exception that crossed the SystemC kernel has lost its type, so the signal is asked, not the
    // exception.
    if (interrupt_signal() != 0) leave_interrupted();
    if (dynamic_cast<const UserError*>(&e) != nullptr) return complain(e.what(), 2);
    if (const auto* report = dynamic_cast<const sc_core::sc_report*>(&e))
      return complain(fmt::format("{} at {}: {}", report->get_msg_type(), report->get_time().to_string(),
                                  report->get_msg()),
                      1);
    return complain(e.what(), 1);
  }
}

}  // namespace
}  // namespace mimosa

int sc_main(int argc, char** argv) {
  mimosa::install_report_policy();
  sc_core::sc_report_handler::set_handler(mimosa::report_to_stderr);
  return mimosa::guarded({argv + 1, argv + argc});
}

/// SystemC's own main would print its banner before sc_main could say no.
int main(int argc, char** argv) {
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  return sc_core::sc_elab_and_sim(argc, argv);
}
