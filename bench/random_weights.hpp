// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cmath>
#include <cstddef>
#include <ctime>
#include <string>
#include <vector>

#include "models/base/random.hpp"
#include "models/device/device_spec.hpp"
#include "models/nn/graph.hpp"

namespace mimosa {

/// Gives every parameter of a network of shapes alone values that keep signals their size: weights of He's
/// variance, batch norms that change nothing.
inline void draw_weights(Network& network) {
  for (const Node& node : network.graph.nodes)
    for (const auto& [parameter, shape] : parameters(network.graph, node)) {
      double size = 1.0;
      for (const std::int64_t d : shape) size *= static_cast<double>(d);
      Tensor tensor{shape, std::vector<float>(static_cast<std::size_t>(size))};
      const std::string name = node.name + "." + parameter;
      normals(random_key({.layer = name}, Effect::Weights), 0, 0, 0, tensor.data);
      const bool is_vector = shape.size() == 1;
      const bool is_one = parameter == "running_var" || (parameter == "weight" && is_vector);
      const double sigma = is_vector ? 0.1 : std::sqrt(2.0 * static_cast<double>(shape[0]) / size);
      for (float& v : tensor.data) v = is_one ? 1.0F : v * static_cast<float>(sigma);
      network.tensors[name] = std::move(tensor);
    }
}

inline std::vector<float> random_images(const Network& network, std::size_t count) {
  std::vector<float> values(count * static_cast<std::size_t>(network.graph.nodes.front().shape.size()));
  normals(random_key({.layer = "images"}, Effect::Inputs), 0, 0, 0, values);
  return values;
}

/// The laws of configs/device/pcm-joshi.yaml.
inline DeviceSpec pcm_of_joshi(double read_noise) {
  DeviceSpec device;
  device.read_noise = read_noise;
  device.programming.law = ProgrammingLaw::Polynomial;
  device.ageing.law = AgeingLaw::Power;
  device.low_frequency.law = LowFrequencyLaw::PowerQ;
  device.white.law = WhiteLaw::SqrtWeight;
  return device;
}

/// CPU time of the process: engines compute on threads of their own.
inline double process_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace mimosa
