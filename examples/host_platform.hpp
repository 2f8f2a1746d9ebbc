// SPDX-License-Identifier: Apache-2.0
// The parts of a small virtual platform around a chip's host port: a processor that runs C++ code, a bus, a
// memory.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <tlm_utils/tlm_quantumkeeper.h>
#include <utility>
#include <vector>

namespace example {

/// Runs `software` as its one process, which reads and writes through the socket and may run ahead of
/// simulation time by a quantum (temporal decoupling).
class Processor : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Processor> socket{"socket"};
  sc_core::sc_in<bool> interrupt{"interrupt"};

  Processor(const sc_core::sc_module_name& name, std::function<void(Processor&)> software)
      : sc_module(name), software_(std::move(software)) {
    SC_THREAD(run);
  }

  /// One transaction, as it stands; then this process is ahead by the delay that comes back.
  tlm::tlm_response_status transport(tlm::tlm_generic_payload& payload) {
    sc_core::sc_time delay = keeper_.get_local_time();
    socket->b_transport(payload, delay);
    keeper_.set(delay);
    if (keeper_.need_sync()) keeper_.sync();
    return payload.get_response_status();
  }
  tlm::tlm_response_status access(tlm::tlm_command command, std::uint64_t address, void* data,
                                  std::size_t bytes) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(static_cast<unsigned char*>(data));
    payload.set_data_length(static_cast<unsigned>(bytes));
    payload.set_streaming_width(static_cast<unsigned>(bytes));
    return transport(payload);
  }
  /// Registers of 32 bits. SC_REPORT_ERROR where the address has none.
  void set(std::uint64_t address, std::uint32_t value) {
    check(access(tlm::TLM_WRITE_COMMAND, address, &value, sizeof value));
  }
  [[nodiscard]] std::uint32_t get(std::uint64_t address) {
    std::uint32_t value = 0;
    check(access(tlm::TLM_READ_COMMAND, address, &value, sizeof value));
    return value;
  }
  /// `count` bytes from one place to another, in bursts.
  void copy(std::uint64_t to, std::uint64_t from, std::size_t count) {
    std::vector<unsigned char> burst(256);
    for (std::size_t at = 0; at < count; at += burst.size()) {
      const std::size_t bytes = std::min(burst.size(), count - at);
      check(access(tlm::TLM_READ_COMMAND, from + at, burst.data(), bytes));
      check(access(tlm::TLM_WRITE_COMMAND, to + at, burst.data(), bytes));
    }
  }
  /// Lets simulation time catch up, then sleeps until the interrupt.
  void wait_for_interrupt() {
    keeper_.sync();
    if (!interrupt.read()) sc_core::wait(interrupt.posedge_event());
    keeper_.reset();
  }
  [[nodiscard]] sc_core::sc_time local_time() const { return keeper_.get_current_time(); }

 private:
  SC_HAS_PROCESS(Processor);
  void run() {
    keeper_.reset();
    software_(*this);
    keeper_.sync();
  }
  void check(tlm::tlm_response_status status) const {
    if (status != tlm::TLM_OK_RESPONSE) SC_REPORT_ERROR(name(), "a transaction failed");
  }

  const std::function<void(Processor&)> software_;
  tlm_utils::tlm_quantumkeeper keeper_;
};

/// Plain memory that answers after a while.
class Memory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Memory> socket{"socket"};
  std::vector<unsigned char> bytes;

  Memory(const sc_core::sc_module_name& name, std::size_t size, const sc_core::sc_time& latency)
      : sc_module(name), bytes(size), latency_(latency) {
    socket.register_b_transport(this, &Memory::transport);
  }
  void put(std::size_t at, const void* data, std::size_t count) {
    std::memcpy(bytes.data() + at, data, count);
  }

 private:
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const std::uint64_t at = payload.get_address(), count = payload.get_data_length();
    if (at >= bytes.size() || count > bytes.size() - at)
      return payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), bytes.data() + at, count);
    if (payload.is_write()) std::memcpy(bytes.data() + at, payload.get_data_ptr(), count);
    delay += latency_;
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  const sc_core::sc_time latency_;
};

/// Hands transactions on by address: below `split` to the first target, from there on to the second, whose
/// addresses begin at 0.
class Bus : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Bus> socket{"socket"};
  tlm_utils::simple_initiator_socket<Bus> low{"low"}, high{"high"};

  Bus(const sc_core::sc_module_name& name, std::uint64_t split) : sc_module(name), split_(split) {
    socket.register_b_transport(this, &Bus::transport);
    socket.register_transport_dbg(this, &Bus::debug);
  }

 private:
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const std::uint64_t address = payload.get_address();
    if (address < split_) return low->b_transport(payload, delay);
    payload.set_address(address - split_);
    high->b_transport(payload, delay);
    payload.set_address(address);
  }
  unsigned debug(tlm::tlm_generic_payload& payload) {
    const std::uint64_t address = payload.get_address();
    if (address < split_) return low->transport_dbg(payload);
    payload.set_address(address - split_);
    const unsigned count = high->transport_dbg(payload);
    payload.set_address(address);
    return count;
  }

  const std::uint64_t split_;
};

}  // namespace example
