// SPDX-License-Identifier: Apache-2.0
// main() comes from libsystemc; it calls sc_main, which hands over to Catch2.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include "hw/kernel/kernel.hpp"

int sc_main(int argc, char** argv) {
  mimosa::install_report_policy();
  return Catch::Session().run(argc, argv);
}
