// SPDX-License-Identifier: Apache-2.0
// vcd_events FILE: reads a dump strictly and prints its events, one a line, sorted.
#include <exception>
#include <iostream>

#include "models/data/file.hpp"
#include "tests/support/vcd_reader.hpp"

int main(int argc, char** argv) {
  try {
    if (argc != 2) throw std::runtime_error("usage: vcd_events FILE");
    for (const std::string& event : mimosa::sorted_events(mimosa::read_vcd(mimosa::read_file(argv[1]))))
      std::cout << event << '\n';
    return 0;
  } catch (const std::exception& e) {
    std::cerr << argv[0] << ": " << e.what() << '\n';
    return 1;
  }
}
