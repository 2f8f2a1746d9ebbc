// SPDX-License-Identifier: Apache-2.0
#include "hw/chip/host_port.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "hw/program/fits.hpp"
#include "models/base/error.hpp"

namespace mimosa {
namespace {

namespace map = host_map;
using map::Error;
using Window = HostMemory::Window;

std::size_t values_of(const Node& node) {
  return static_cast<std::size_t>(node.slots) * static_cast<std::size_t>(node.shape.size());
}

/// What is wrong with a transaction whatever the port does.
tlm::tlm_response_status check_form(const tlm::tlm_generic_payload& payload, const HostMemory::Place& place) {
  const std::uint64_t length = payload.get_data_length();
  if (place.window == Window::None) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (payload.get_byte_enable_ptr() != nullptr) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  if (length == 0 || length > place.left || payload.get_streaming_width() < length)
    return tlm::TLM_BURST_ERROR_RESPONSE;
  const bool words = place.window != Window::Program && place.window != Window::Message;
  if (words && (place.offset % 4 != 0 || length % 4 != 0)) return tlm::TLM_BURST_ERROR_RESPONSE;
  if (place.window == Window::Registers && length != 4) return tlm::TLM_BURST_ERROR_RESPONSE;
  return tlm::TLM_OK_RESPONSE;
}

}  // namespace

HostPort::HostPort(const sc_core::sc_module_name& name, const ChipSpec& spec, const Datapath& datapath,
                   int passes)
    : sc_module(name),
      memory_(values_of(datapath.network().graph.nodes.front()), values_of(datapath.network().graph.output()),
              static_cast<std::size_t>(std::max(passes, 0))),
      held_(datapath.program()),
      data_(datapath, {}, 0),
      chip_("chip", program_, spec, {.passes = 0, .stop_when_steady = false, .wait_for_more = true}, &data_) {
  socket.register_b_transport(this, &HostPort::transport);
  socket.register_transport_dbg(this, &HostPort::debug);
  chip_.on_finish = [this](int pass) { finished(pass); };
  SC_THREAD(serve_loads);
  SC_METHOD(drive_interrupt);
  sensitive << pending_changed_;
}

void HostPort::transport(Payload& payload, sc_core::sc_time& delay) {
  const HostMemory::Place place = memory_.find(payload.get_address());
  tlm::tlm_response_status response = check_form(payload, place);
  if (response == tlm::TLM_OK_RESPONSE && payload.get_command() != tlm::TLM_IGNORE_COMMAND) {
    const unsigned per_cycle = static_cast<unsigned>(chip_.spec().io.bytes_per_cycle);
    delay += (payload.get_data_length() + per_cycle - 1) / per_cycle * chip_.cycle();
    if (place.window == Window::Registers || busy()) {
      sc_core::wait(delay);
      delay = sc_core::SC_ZERO_TIME;
    }
    response = access(payload, place);
  }
  payload.set_response_status(response);
}

tlm::tlm_response_status HostPort::access(const Payload& payload, const HostMemory::Place& place) {
  if (payload.is_write()) return write(payload, place);
  if (place.window == Window::Registers) {
    if (place.offset == map::control) return tlm::TLM_COMMAND_ERROR_RESPONSE;
    const std::uint32_t value = read_register(place.offset);
    std::memcpy(payload.get_data_ptr(), &value, sizeof value);
    return tlm::TLM_OK_RESPONSE;
  }
  const bool there =
      memory_.read(place, {payload.get_data_ptr(), payload.get_data_length()}, data_.outputs());
  return there ? tlm::TLM_OK_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE;
}

tlm::tlm_response_status HostPort::write(const Payload& payload, const HostMemory::Place& place) {
  if (place.window == Window::Registers) {
    std::uint32_t value = 0;
    std::memcpy(&value, payload.get_data_ptr(), sizeof value);
    return write_register(place.offset, value);
  }
  const bool writable = place.window == Window::Program || place.window == Window::Inputs;
  if (!writable || busy()) return tlm::TLM_COMMAND_ERROR_RESPONSE;
  memory_.write(place, {payload.get_data_ptr(), payload.get_data_length()});
  return tlm::TLM_OK_RESPONSE;
}

unsigned HostPort::debug(Payload& payload) {
  const HostMemory::Place place = memory_.find(payload.get_address());
  const auto length = static_cast<unsigned>(std::min<std::uint64_t>(payload.get_data_length(), place.left));
  if (!payload.is_read() || length == 0) return 0;
  if (place.window == Window::Registers) {
    if (place.offset % 4 != 0 || length < 4 || place.offset == map::control) return 0;
    const std::uint32_t value = read_register(place.offset);
    std::memcpy(payload.get_data_ptr(), &value, sizeof value);
    return sizeof value;
  }
  return memory_.read(place, {payload.get_data_ptr(), length}, data_.outputs()) ? length : 0;
}

tlm::tlm_response_status HostPort::write_register(std::uint64_t address, std::uint32_t value) {
  switch (address) {
    case map::control:
      command(value);
      return tlm::TLM_OK_RESPONSE;
    case map::interrupt:
      if (value == 1) set_pending(false);
      return tlm::TLM_OK_RESPONSE;
    case map::program_bytes:
      program_bytes_ = value;
      return tlm::TLM_OK_RESPONSE;
    case map::passes:
      passes_ = value;
      return tlm::TLM_OK_RESPONSE;
    default:
      return tlm::TLM_COMMAND_ERROR_RESPONSE;  // read only
  }
}

std::uint32_t HostPort::read_register(std::uint64_t address) const {
  const auto cycles = static_cast<std::uint64_t>(ended_ - began_);
  switch (address) {
    case map::id:
      return map::id_value;
    case map::status:
      return status();
    case map::interrupt:
      return pending_ ? 1 : 0;
    case map::program_bytes:
      return program_bytes_;
    case map::passes:
      return passes_;
    case map::passes_done:
      return static_cast<std::uint32_t>(done_);
    case map::pass_limit:
      return static_cast<std::uint32_t>(memory_.passes());
    case map::input_values:
      return static_cast<std::uint32_t>(memory_.input_values());
    case map::output_values:
      return static_cast<std::uint32_t>(memory_.output_values());
    case map::cycles:
      return static_cast<std::uint32_t>(cycles);
    default:
      return static_cast<std::uint32_t>(cycles >> 32U);
  }
}

std::uint32_t HostPort::status() const {
  std::uint32_t value = static_cast<std::uint32_t>(error_) << 8U;
  if (loaded_) value |= map::loaded;
  if (busy()) value |= map::busy;
  if (running_ > 0 && running_ == done_) value |= map::done;
  if (error_ != Error::None) value |= map::error;
  return value;
}

void HostPort::answer(Error error, const std::string& text) {
  error_ = error;
  memory_.set_message(text);
}

void HostPort::command(std::uint32_t value) {
  answer(Error::None, "");
  if (value != map::load && value != map::start)
    return answer(Error::BadValue,
                  "control: no command " + std::to_string(value) + "; allowed: 1 (load), 2 (start)");
  if (busy())
    return answer(Error::Busy, loading_
                                   ? "control: a program is being loaded"
                                   : "control: " + std::to_string(done_) + " of " + std::to_string(running_) +
                                         " passes are done; wait for the interrupt");
  if (value == map::start) return start();
  loading_ = true;
  load_asked_.notify(sc_core::SC_ZERO_TIME);
  sc_core::wait(load_done_);
}

void HostPort::start() {
  if (!loaded_) return answer(Error::NoProgram, "start: no program is loaded");
  if (passes_ == 0 || passes_ > memory_.passes())
    return answer(Error::BadValue, "passes: " + std::to_string(passes_) + " is outside 1 .. " +
                                       std::to_string(memory_.passes()));
  const std::size_t needed = passes_ * memory_.input_values();
  if (const std::size_t missing = memory_.missing_inputs(needed); missing > 0)
    return answer(Error::MissingInputs, "inputs: " + std::to_string(missing) + " of the " +
                                            std::to_string(needed) + " values of " + std::to_string(passes_) +
                                            " passes were not written since the last start");
  memory_.forget_inputs();
  first_pass_ += running_;
  running_ = static_cast<int>(passes_);
  done_ = 0;
  began_ = ended_ = chip_.next_edge();
  data_.next_inputs(memory_.inputs(), first_pass_);
  chip_.admit(running_);
}

/// Has a process of its own, below which the tasks are made.
void HostPort::serve_loads() {
  for (;;) {
    sc_core::wait(load_asked_);
    load();
    loading_ = false;
    load_done_.notify(sc_core::SC_ZERO_TIME);
  }
}

void HostPort::load() {
  if (program_bytes_ == 0 || program_bytes_ > map::program_size)
    return answer(Error::BadValue, "program_bytes: " + std::to_string(program_bytes_) + " is outside 1 .. " +
                                       std::to_string(map::program_size));
  Program program;
  try {
    program = program_from_text(memory_.program(program_bytes_));
  } catch (const UserError& e) {
    return answer(Error::BadProgram, e.what());
  }
  try {
    check_program(program, held_, chip_.spec());
  } catch (const UserError& e) {
    return answer(Error::ForeignProgram, e.what());
  }
  chip_.unload();
  program_ = std::move(program);
  chip_.load(&data_);
  data_.next_inputs({}, 0);
  first_pass_ = running_ = done_ = 0;
  loaded_ = true;
}

void HostPort::set_pending(bool pending) {
  pending_ = pending;
  pending_changed_.notify(sc_core::SC_ZERO_TIME);
}

void HostPort::finished(int pass) {
  done_ = pass - first_pass_ + 1;
  ended_ = chip_.now();
  if (done_ == running_) set_pending(true);
}

}  // namespace mimosa
