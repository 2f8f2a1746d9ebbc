// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/mesh_reference.hpp"

#include <deque>
#include <stdexcept>

namespace mimosa {
namespace {

struct Flit {
  std::size_t packet;
  int index, count, dst;
  std::int64_t here;
};
struct Input {
  std::deque<Flit> flits;
  std::deque<std::int64_t> returning;  // cycles at which places are usable again
  int places = 0;                      // that the sender may fill
  bool leaving = false;                // its first packet has an output
};
// Ports of a router: 0 to 3 N, E, S, W; then one per tile each for: the tile's port at the router, the tile's
// own queue towards the router, its queue to itself. Output o leads to the same side.
struct Router {
  std::vector<Input> inputs;
  std::vector<int> owner;
};

class Reference {
 public:
  Reference(const MeshSpec& shape, const NocSpec& noc, const std::vector<Timed>& schedule)
      : cols_(shape.cols),
        tiles_(shape.concentration),
        noc_(noc),
        schedule_(schedule),
        routers_(static_cast<std::size_t>(shape.rows * shape.cols)),
        arrived_(schedule.size(), -1) {
    for (Router& r : routers_) {
      r.inputs.resize(static_cast<std::size_t>(ports()));
      r.owner.resize(static_cast<std::size_t>(ports()), -1);
      for (Input& input : r.inputs) input.places = noc.buffer_flits;
    }
  }

  std::vector<std::int64_t> run() {
    std::size_t injected = 0;
    for (std::int64_t now = 0, last = 0; done_ < schedule_.size(); ++now) {
      for (; injected < schedule_.size() && schedule_[injected].cycle == now; ++injected)
        inject(schedule_[injected]);
      const std::size_t before = done_;
      each([&](int r, int port) { take_back(input(r, port), now); });
      each([&](int r, int out) { choose(r, out, now); });
      each([&](int r, int out) { move(r, out, now); });
      if (done_ > before) last = now;
      if (now - last > 100000) throw std::runtime_error("reference mesh is stuck");
    }
    return arrived_;
  }

 private:
  [[nodiscard]] int ports() const { return 4 + 3 * tiles_; }
  [[nodiscard]] bool of_tile(int port) const { return port >= 4 + tiles_; }
  Input& input(int r, int port) {
    return routers_[static_cast<std::size_t>(r)].inputs[static_cast<std::size_t>(port)];
  }
  int& owner(int r, int out) {
    return routers_[static_cast<std::size_t>(r)].owner[static_cast<std::size_t>(out)];
  }
  template <class Action>
  void each(Action action) {
    for (int r = 0; r < static_cast<int>(routers_.size()); ++r)
      for (int port = 0; port < ports(); ++port) action(r, port);
  }

  void inject(const Timed& t) {
    const int bytes = t.packet.bytes < 1 ? 1 : t.packet.bytes;
    const int count = (bytes + noc_.flit_bytes - 1) / noc_.flit_bytes;
    const int first = t.packet.src == t.packet.dst ? 4 + 2 * tiles_ : 4 + tiles_;
    Input& queue = input(t.packet.src / tiles_, first + t.packet.src % tiles_);
    for (int i = 0; i < count; ++i) queue.flits.push_back({t.packet.tag, i, count, t.packet.dst, t.cycle});
  }

  [[nodiscard]] int wanted(int r, int from, int dst) const {
    if (of_tile(from)) return from;
    const int to = dst / tiles_;
    if (to % cols_ > r % cols_) return 1;
    if (to % cols_ < r % cols_) return 3;
    if (to / cols_ > r / cols_) return 2;
    return to / cols_ < r / cols_ ? 0 : 4 + dst % tiles_;
  }

  // The input an output fills; none for the outputs that end in a tile.
  Input* beyond(int r, int out) {
    const int neighbour[4] = {r - cols_, r + 1, r + cols_, r - 1};
    if (out < 4) return &input(neighbour[out], (out + 2) % 4);
    return out >= 4 + tiles_ && out < 4 + 2 * tiles_ ? &input(r, out - tiles_) : nullptr;
  }

  static void take_back(Input& in, std::int64_t now) {
    for (; !in.returning.empty() && in.returning.front() <= now; in.returning.pop_front()) ++in.places;
  }

  void choose(int r, int out, std::int64_t now) {
    if (owner(r, out) >= 0) return;
    int best = -1;
    for (int i = 0; i < ports(); ++i) {
      const Input& in = input(r, i);
      if (in.leaving || in.flits.empty() || in.flits.front().here > now) continue;
      if (wanted(r, i, in.flits.front().dst) != out) continue;
      if (best < 0 || in.flits.front().here < input(r, best).flits.front().here) best = i;
    }
    if (best < 0) return;
    input(r, best).leaving = true;
    owner(r, out) = best;
  }

  void move(int r, int out, std::int64_t now) {
    if (owner(r, out) < 0) return;
    Input& from = input(r, owner(r, out));
    if (from.flits.empty() || from.flits.front().here > now) return;
    Input* next = beyond(r, out);
    if (next != nullptr && next->places == 0) return;
    Flit flit = from.flits.front();
    from.flits.pop_front();
    if (!of_tile(owner(r, out))) from.returning.push_back(now + noc_.credit_cycles);
    if (next != nullptr) {
      --next->places;
      flit.here = now + (out < 4 ? noc_.hop_cycles : 1);
      next->flits.push_back(flit);
      if (next->flits.size() > static_cast<std::size_t>(noc_.buffer_flits))
        throw std::runtime_error("reference mesh: a buffer overflows");
    }
    if (flit.index + 1 < flit.count) return;
    from.leaving = false;
    owner(r, out) = -1;
    if (next != nullptr) return;
    arrived_[flit.packet] = now + 1;
    ++done_;
  }

  const int cols_, tiles_;
  const NocSpec noc_;
  const std::vector<Timed>& schedule_;
  std::vector<Router> routers_;
  std::vector<std::int64_t> arrived_;
  std::size_t done_ = 0;
};

}  // namespace

std::vector<std::int64_t> reference_deliveries(const MeshSpec& shape, const NocSpec& noc,
                                               const std::vector<Timed>& schedule) {
  return Reference(shape, noc, schedule).run();
}

}  // namespace mimosa
