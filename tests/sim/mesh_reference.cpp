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
  int taken = 0;  // places promised to whole packets
  bool leaving = false;
};
// Inputs 0 to 4: N, E, S, W, tile. Input 5 waits in the tile for the router, 6 for the tile itself.
// Output o of a router leads to the same side; 4 to the tile; 5 and 6 are the tile's own.
struct Router {
  Input inputs[7];
  int owner[7] = {-1, -1, -1, -1, -1, -1, -1};
};

class Reference {
 public:
  Reference(const MeshSpec& shape, const NocSpec& noc, const std::vector<Timed>& schedule)
      : cols_(shape.cols),
        noc_(noc),
        schedule_(schedule),
        routers_(static_cast<std::size_t>(shape.rows * shape.cols)),
        arrived_(schedule.size(), -1) {}

  std::vector<std::int64_t> run() {
    std::size_t injected = 0;
    for (std::int64_t now = 0, last = 0; done_ < schedule_.size(); ++now) {
      for (; injected < schedule_.size() && schedule_[injected].cycle == now; ++injected)
        inject(schedule_[injected]);
      const std::size_t before = done_;
      for (int r = 0; r < size(); ++r)
        for (int out = 0; out < 7; ++out) choose(r, out, now);
      for (int r = 0; r < size(); ++r)
        for (int out = 0; out < 7; ++out) move(r, out, now);
      if (done_ > before) last = now;
      if (now - last > 100000) throw std::runtime_error("reference mesh is stuck");
    }
    return arrived_;
  }

 private:
  [[nodiscard]] int size() const { return static_cast<int>(routers_.size()); }
  Router& router(int r) { return routers_[static_cast<std::size_t>(r)]; }

  void inject(const Timed& t) {
    const int bytes = t.packet.bytes < 1 ? 1 : t.packet.bytes;
    const int count = (bytes + noc_.flit_bytes - 1) / noc_.flit_bytes;
    Input& queue = router(t.packet.src).inputs[t.packet.src == t.packet.dst ? 6 : 5];
    for (int i = 0; i < count; ++i) queue.flits.push_back({t.packet.tag, i, count, t.packet.dst, t.cycle});
  }

  [[nodiscard]] int wanted(int r, int input, int dst) const {
    if (input >= 5) return input;
    if (dst % cols_ > r % cols_) return 1;
    if (dst % cols_ < r % cols_) return 3;
    if (dst / cols_ > r / cols_) return 2;
    return dst / cols_ < r / cols_ ? 0 : 4;
  }

  // The input an output fills; none for the two outputs that end in a tile.
  Input* beyond(int r, int out) {
    const int neighbour[4] = {r - cols_, r + 1, r + cols_, r - 1};
    if (out < 4) return &router(neighbour[out]).inputs[(out + 2) % 4];
    return out == 5 ? &router(r).inputs[4] : nullptr;
  }

  void choose(int r, int out, std::int64_t now) {
    if (router(r).owner[out] >= 0) return;
    int best = -1;
    for (int i = 0; i < 7; ++i) {
      const Input& input = router(r).inputs[i];
      if (input.leaving || input.flits.empty() || input.flits.front().here > now) continue;
      if (wanted(r, i, input.flits.front().dst) != out) continue;
      if (best < 0 || input.flits.front().here < router(r).inputs[best].flits.front().here) best = i;
    }
    if (best < 0) return;
    const int count = router(r).inputs[best].flits.front().count;
    Input* next = beyond(r, out);
    if (next != nullptr && next->taken + count > noc_.buffer_flits) return;
    if (next != nullptr) next->taken += count;
    router(r).inputs[best].leaving = true;
    router(r).owner[out] = best;
  }

  void move(int r, int out, std::int64_t now) {
    int& owner = router(r).owner[out];
    if (owner < 0) return;
    Input& from = router(r).inputs[owner];
    if (from.flits.empty() || from.flits.front().here > now) throw std::runtime_error("a flit came too late");
    Flit flit = from.flits.front();
    from.flits.pop_front();
    if (Input* next = beyond(r, out)) {
      flit.here = now + (out < 4 ? noc_.hop_cycles : 1);
      next->flits.push_back(flit);
    }
    if (flit.index + 1 < flit.count) return;
    from.leaving = false;
    if (owner < 5) from.taken -= flit.count;
    owner = -1;
    if (out != 4 && out != 6) return;
    arrived_[flit.packet] = now + 1;
    ++done_;
  }

  const int cols_;
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
