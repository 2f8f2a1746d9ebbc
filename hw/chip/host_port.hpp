// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "hw/chip/chip.hpp"
#include "hw/chip/host_map.hpp"
#include "hw/chip/host_memory.hpp"

namespace mimosa {

/// A chip behind a TLM-2.0 target (loosely timed), for a virtual platform: a host loads a program, writes
/// inputs, starts passes and reads outputs through the addresses of host_map.hpp; docs/host_port.md. The
/// arrays hold the datapath's weights from the beginning.
///
/// A transaction takes the time of the host link, which is added to its delay. Registers, and windows while
/// the chip works, are met at their time: the call then waits for its delay. No direct memory interface.
class HostPort : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<HostPort> socket{"socket"};
  sc_core::sc_out<bool> interrupt{"interrupt"};  ///< high from the last result of a start until it is cleared

  /// `spec` and `datapath` outlive the port. `passes`: that one start may run; what the windows hold.
  HostPort(const sc_core::sc_module_name& name, const ChipSpec& spec, const Datapath& datapath, int passes);

  [[nodiscard]] const Chip& chip() const { return chip_; }
  /// Before the kernel is left.
  void stop() { chip_.stop(); }

 private:
  SC_HAS_PROCESS(HostPort);
  using Payload = tlm::tlm_generic_payload;
  void transport(Payload& payload, sc_core::sc_time& delay);
  unsigned debug(Payload& payload);
  tlm::tlm_response_status access(const Payload& payload, const HostMemory::Place& place);
  tlm::tlm_response_status write(const Payload& payload, const HostMemory::Place& place);
  tlm::tlm_response_status write_register(std::uint64_t address, std::uint32_t value);
  [[nodiscard]] std::uint32_t read_register(std::uint64_t address) const;
  [[nodiscard]] std::uint32_t status() const;
  [[nodiscard]] bool busy() const { return loading_ || running_ > done_; }
  void command(std::uint32_t value);
  void load();
  void start();
  void serve_loads();
  void drive_interrupt() { interrupt.write(pending_); }
  void set_pending(bool pending);
  void finished(int pass);
  void answer(host_map::Error error, const std::string& text);

  HostMemory memory_;
  const Program& held_;  ///< whose weights are in the arrays
  Program program_;      ///< loaded
  PassData data_;
  Chip chip_;
  std::uint32_t program_bytes_ = 0, passes_ = 1;
  int first_pass_ = 0, running_ = 0, done_ = 0;  ///< of the last start: its first pass, how many, and done
  std::int64_t began_ = 0, ended_ = 0;           ///< in cycles
  bool loaded_ = false, loading_ = false, pending_ = false;
  host_map::Error error_ = host_map::Error::None;
  sc_core::sc_event load_asked_{"load_asked"}, load_done_{"load_done"}, pending_changed_{"pending_changed"};
};

}  // namespace mimosa
