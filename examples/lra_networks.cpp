// SPDX-License-Identifier: Apache-2.0
// Builds the networks of the Long Range Arena that MIMONets published and writes their files, shapes only:
//     lra_networks configs/network
#include <cstdio>
#include <string>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "models/mimo/lra.hpp"
#include "sim/config/network_writer.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: lra_networks FOLDER\n");
    return 2;
  }
  try {
    for (const mimosa::LraSize& size : mimosa::lra_sizes())
      for (const auto model :
           {mimosa::LraModel::Performer, mimosa::LraModel::Attention, mimosa::LraModel::AttentionAndMlp}) {
        const mimosa::Network network = mimosa::lra_network(size, model);
        mimosa::write_file(std::string(argv[1]) + "/" + network.name + ".yaml", mimosa::to_yaml(network));
      }
  } catch (const mimosa::UserError& error) {
    std::fprintf(stderr, "lra_networks: %s\n", error.what());
    return 2;
  }
  return 0;
}
