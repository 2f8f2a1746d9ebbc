// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/trace_arguments.hpp"

#include <charconv>
#include <fmt/format.h>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

std::int64_t cycle_of(const char* option, const std::string& text, std::int64_t if_not_given) {
  if (text.empty()) return if_not_given;
  std::int64_t cycle = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, cycle);
  if (error != std::errc() || stopped != end || cycle < 0)
    throw UserError(fmt::format("{}: \"{}\" is no cycle; allowed: whole numbers from 0 on", option, text));
  return cycle;
}

TraceWindow window_of(const Arguments& arguments) {
  TraceWindow window;
  window.from = cycle_of("--from", arguments.from, window.from);
  window.to = cycle_of("--to", arguments.to, window.to);
  if (window.to < window.from)
    throw UserError(fmt::format("--to: {} lies before --from {}; allowed: {} or later", window.to,
                                window.from, window.from));
  return window;
}

}  // namespace

void check_traces(const Arguments& arguments, const Experiment& experiment) {
  const bool wanted = !arguments.vcd.empty() || arguments.timeline;
  if (!wanted && !(arguments.from.empty() && arguments.to.empty()))
    throw UserError(fmt::format("{}: has no effect without --vcd or --timeline",
                                arguments.from.empty() ? "--to" : "--from"));
  if (!wanted) return;
  const char* asked = arguments.vcd.empty() ? "--timeline" : "--vcd";
  if (experiment.engine == EngineChoice::Functional)
    throw UserError(fmt::format("{}: the functional engine has no {}; allowed: --engine both, timed, timing",
                                asked, arguments.vcd.empty() ? "timeline" : "waveform"));
  if (experiment.chip.mvm.activity == ActivityModel::Data)
    throw UserError(
        fmt::format("{}: the traced run has no data, on which energy depends with chip.mvm.activity: data; "
                    "allowed: events",
                    asked));
  if (experiment.networks.size() > 1)
    throw UserError(fmt::format("{}: the experiment names several networks; allowed: one", asked));
  (void)window_of(arguments);
}

TraceOptions trace_options(const Arguments& arguments, const ResultsFolder& folder) {
  TraceOptions options;
  options.vcd_glob = arguments.vcd;
  options.window = window_of(arguments);
  options.kept_in = folder.final_path("");
  if (!arguments.vcd.empty()) options.vcd_path = folder.path("trace.vcd");
  if (arguments.timeline) options.timeline_path = folder.path("timeline.json");
  return options;
}

}  // namespace mimosa
