// SPDX-License-Identifier: Apache-2.0
#include "models/nn/reference.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <fmt/format.h>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "models/base/error.hpp"
#include "models/nn/reference_ops.hpp"

namespace mimosa {
namespace {

/// Passes computed together by one worker: bounds memory, and results do not depend on it.
constexpr std::size_t passes_at_once = 16;

/// The network's weights, packed once; shared read-only by the workers.
std::vector<NodeWeights> pack(const Network& network) {
  check_tensors(network);
  std::vector<NodeWeights> weights;
  for (const Node& node : network.graph.nodes) weights.push_back(node_weights(network, node));
  return weights;
}

/// Index of the last node that reads each node; values are freed after it.
std::vector<std::size_t> last_readers(const Graph& graph) {
  std::vector<std::size_t> last(graph.nodes.size(), graph.nodes.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    for (const int input : graph.nodes[i].inputs) last[static_cast<std::size_t>(input)] = i;
  return last;
}

std::vector<Value> run(const Graph& graph, const std::vector<NodeWeights>& weights,
                       std::span<const float> inputs, std::size_t passes, bool keep_all) {
  const std::vector<std::size_t> last = last_readers(graph);
  std::vector<Value> values(graph.nodes.size());
  values[0].data.assign(inputs.begin(), inputs.end());
  for (std::size_t i = 1; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    std::vector<std::span<const float>> operands;
    for (const int input : node.inputs) operands.emplace_back(values[static_cast<std::size_t>(input)].data);
    values[i].data = evaluate(graph, node, weights[i], operands, passes);
    if (keep_all) continue;
    for (const int input : node.inputs)
      if (last[static_cast<std::size_t>(input)] == i) values[static_cast<std::size_t>(input)].data = {};
  }
  return values;
}

std::size_t input_size(const Network& network) {
  return static_cast<std::size_t>(network.graph.nodes.at(0).shape.size());
}

/// `count` inputs in parts of `step`.
struct Parts {
  std::size_t count, step;
};

/// Calls `part` (first, count) on `threads` threads, of which the calling one reports. The first exception of
/// any of them stops all, and is thrown here.
template <class Part>
void share_out(const Parts& parts, int threads, const std::function<void(std::size_t)>& progress,
               const Part& part) {
  std::atomic<std::size_t> next{0}, done{0};
  std::mutex mutex;
  std::exception_ptr failure;
  std::size_t told = 0;
  const auto work = [&](bool reports) {
    try {
      for (std::size_t first = next.fetch_add(parts.step); first < parts.count;
           first = next.fetch_add(parts.step)) {
        const std::size_t here = std::min(parts.step, parts.count - first);
        part(first, here);
        done += here;
        if (reports && progress) progress(told = done);
      }
    } catch (...) {
      next = parts.count;
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  std::vector<std::jthread> workers;
  for (int t = 1; t < threads; ++t) workers.emplace_back(work, false);
  work(true);
  workers.clear();
  if (failure) std::rethrow_exception(failure);
  if (progress && told != parts.count) progress(parts.count);
}

}  // namespace

std::vector<Value> run_reference(const Network& network, std::span<const float> inputs, std::size_t passes,
                                 bool keep_all) {
  if (inputs.size() != passes * static_cast<std::size_t>(network.inputs_per_pass) * input_size(network))
    throw std::invalid_argument("run_reference: the inputs do not fill the passes");
  return run(network.graph, pack(network), inputs, passes, keep_all);
}

std::vector<float> reference_logits(const Network& network, std::span<const float> images, std::size_t count,
                                    int threads, const std::function<void(std::size_t)>& progress) {
  const Node& output = network.graph.output();
  if (output.slots != network.inputs_per_pass)
    throw UserError(fmt::format("network {}: the output '{}' has {} values per pass of {} inputs",
                                network.name, output.name, output.slots, network.inputs_per_pass));
  const std::vector<NodeWeights> weights = pack(network);
  const auto per_pass = static_cast<std::size_t>(network.inputs_per_pass);
  const auto classes = static_cast<std::size_t>(output.shape.size());
  const std::size_t step = passes_at_once * per_pass, size = input_size(network);
  std::vector<float> logits(count * classes);
  const auto run_part = [&](const Graph& graph, std::size_t first, std::size_t here) {
    const auto filled = pass_inputs(network, images.subspan(first * size, here * size), here);
    const auto values = run(graph, weights, filled, (here + per_pass - 1) / per_pass, false);
    std::copy_n(values.back().data.begin(), here * classes,
                logits.begin() + static_cast<std::ptrdiff_t>(first * classes));
  };
  // The short last pass of a grid masks the slots it leaves free.
  const std::size_t masked = network.graph.grid.size() > 0 ? count % per_pass : 0, whole = count - masked;
  share_out({whole, step}, threads, progress,
            [&](std::size_t first, std::size_t here) { run_part(network.graph, first, here); });
  if (masked > 0) {
    Graph graph = network.graph;
    graph.filled = static_cast<int>(masked);
    run_part(graph, whole, masked);
  }
  return logits;
}

}  // namespace mimosa
