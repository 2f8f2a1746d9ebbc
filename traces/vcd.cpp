// SPDX-License-Identifier: Apache-2.0
#include "traces/vcd.hpp"

#include <fnmatch.h>
#include <vector>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

std::vector<const TaskRunner*> matching(const Chip& chip, const std::string& glob) {
  std::vector<const TaskRunner*> matched;
  std::string example;
  for (const TaskRunner* runner : chip.runners()) {
    example = runner->name();
    if (fnmatch(glob.c_str(), runner->name(), 0) == 0) matched.push_back(runner);
  }
  if (matched.empty()) throw UserError("--vcd: no task matches \"" + glob + "\"; names are like " + example);
  return matched;
}

}  // namespace

VcdTrace::VcdTrace(const Chip& chip, const std::string& glob, const std::string& path)
    : file_(nullptr, sc_core::sc_close_vcd_trace_file) {
  const std::vector<const TaskRunner*> runners = matching(chip, glob);
  file_.reset(sc_core::sc_create_vcd_trace_file(path.c_str()));
  file_->set_time_unit(1.0, sc_core::SC_NS);
  for (const TaskRunner* runner : runners) runner->trace(file_.get());
}

}  // namespace mimosa
