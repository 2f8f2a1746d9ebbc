// SPDX-License-Identifier: Apache-2.0
#include "traces/pass_flows.hpp"

#include <utility>

namespace mimosa {

void PassFlows::write(char phase, int pass, const Point& point) {
  file_.flow(phase, "pass " + std::to_string(pass), pass, point.track, point.cycle);
}

void PassFlows::write_last(int pass, Flow& flow) {
  write(std::exchange(flow.started, true) ? 't' : 's', pass, flow.last);
}

void PassFlows::visit(int pass, int stage, const Track& track, std::int64_t cycle) {
  Flow& flow = under_way_[pass];
  const bool first = flow.stages.empty();
  if (!flow.stages.insert(stage).second) return;
  if (!first) write_last(pass, flow);
  flow.last = {track, cycle};
}

void PassFlows::leave(int pass, const Track& track, std::int64_t cycle) {
  const auto found = under_way_.find(pass);
  if (found == under_way_.end()) return;  // all before the window
  write_last(pass, found->second);
  write('f', pass, {track, cycle});
  under_way_.erase(found);
}

void PassFlows::close() {
  for (const auto& [pass, flow] : under_way_)
    if (flow.started) write('f', pass, flow.last);
  under_way_.clear();
}

}  // namespace mimosa
