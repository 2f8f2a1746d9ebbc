// SPDX-License-Identifier: Apache-2.0
#include "sim/run/validity.hpp"

#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/support/devices.hpp"

namespace mimosa {
namespace {

std::map<std::string, std::string> states(const Experiment& e, const std::string& layer = "stem") {
  Program program;
  for (const std::string name : {"stem", "head"}) {
    Stage stage;
    stage.name = stage.analog = name;
    stage.digital = {name + ".relu"};
    program.stages.push_back(stage);
  }
  std::map<std::string, std::string> of_layer;
  for (const ValidityRow& row : validity_table(program, e))
    if (row.layer == layer) of_layer[row.effect] = row.state;
  return of_layer;
}

}  // namespace

TEST_CASE("the validity table has a row for every effect and layer", "[validity]") {
  Experiment e;
  e.device = pcm_device();
  auto rows = states(e);
  CHECK(rows.size() == 14);
  for (const char* effect : {"programming_noise", "drift", "read_noise", "drift_compensation", "converters"})
    CHECK(rows[effect] == "applied");
  CHECK(rows["noise_1f"] == "applied: frozen for a run");
  CHECK(rows["wires"] == "not applicable: chip.wires.level is ideal");
  for (const char* effect : {"faults", "telegraph"})
    CHECK(rows[effect] == "not applicable: the device has no law for it");
  CHECK(rows["nonlinearity"] == "not applicable: the cells are linear");
  CHECK(rows["temperature"] == "not applicable: no activation energy given");
  CHECK(states(e, "stem.relu").begin()->second == "not applicable: computed by the vector unit");
}

TEST_CASE("the validity table tells scales of zero, overrides and how effects are applied", "[validity]") {
  Experiment e;
  e.device = pcm_device();
  e.device.noise_1f = 0.0;
  e.device.low_frequency.law = LowFrequencyLaw::None;
  e.device.g_min_us = 1.0;
  e.device.telegraph.law = TelegraphLaw::TwoState;
  e.device.iv.law = IvLaw::Cubic;
  e.device.read_disturb.law = ReadDisturbLaw::Power;
  e.overrides = {{"head", "device.drift", "0"}};
  auto rows = states(e);
  CHECK(rows["drift"] == "applied");
  CHECK(rows["telegraph"] == "applied: a cell's state lasts for a pass");
  CHECK(rows["nonlinearity"] == "applied: at the voltage of the pulses");
  CHECK(rows["read_disturb"] == "not applicable: fewer reads than the transition takes");
  CHECK(rows["read_noise"] == "applied: drawn for every cell");
  e.chip.analog.wires = {.level = WireLevel::Exact, .word_ohm = 1.0, .bit_ohm = 1.0};
  CHECK(states(e)["nonlinearity"] ==
        "applied: as chords at the voltage of the pulses, before the wires take theirs");
  e.chip.analog.dac.input = InputKind::Voltage;
  rows = states(e);
  CHECK(rows["nonlinearity"] == "applied: cell by cell");
  CHECK(rows["wires"] == "applied: by the exact solution of every read");
  rows = states(e, "head");
  CHECK(rows["drift"] == "not applicable: scale 0");
  CHECK(rows["drift_compensation"] == "applied: there is no drift to undo");
}

TEST_CASE("the validity table tells which effects noise_layers take away", "[validity]") {
  Experiment e;
  e.device = pcm_device();
  const auto inside = states(e, "head"), with_all = states(e);
  e.noise_layers = {"h*"};
  CHECK(states(e, "head") == inside);
  auto rows = states(e);
  for (const char* effect : {"programming_noise", "drift", "noise_1f", "read_noise", "drift_compensation"})
    CHECK(rows[effect] == "not applicable: outside noise_layers");
  for (const char* effect : {"faults", "wires", "converters", "nonlinearity"})
    CHECK(rows[effect] == with_all.at(effect));
}

TEST_CASE("the validity table tells how every scale of 0 was met", "[validity]") {
  Experiment e;
  e.device.g_min_us = 1.0;
  e.device.programming.law = ProgrammingLaw::Polynomial;
  e.device.ageing.law = AgeingLaw::Power;
  e.device.white.law = WhiteLaw::SqrtWeight;
  e.device.faults.law = FaultLaw::Shares;
  e.device.telegraph.law = TelegraphLaw::TwoState;
  e.device.iv.law = IvLaw::Cubic;
  e.device.read_disturb = {.law = ReadDisturbLaw::Power, .n_reads = 1e15};
  e.device.temperature.activation_ev = {0.1};
  e.device.temperature_k = 350.0;
  e.device.current_noise.law = CurrentNoiseLaw::ThermalShot;
  const std::vector<const char*> effects = {
      "programming_noise", "drift",        "read_noise",  "faults",       "telegraph",
      "nonlinearity",      "read_disturb", "temperature", "current_noise"};
  auto rows = states(e);
  for (const char* effect : effects) {
    INFO(effect);
    CHECK(rows[effect].rfind("applied", 0) == 0);
  }
  e.device.shot_noise = 0.0;
  CHECK(states(e)["current_noise"] == "applied: thermal noise alone");
  for (double* scale : {&e.device.programming_noise, &e.device.drift, &e.device.read_noise,
                        &e.device.faults_scale, &e.device.telegraph_scale, &e.device.nonlinearity,
                        &e.device.read_disturb_scale, &e.device.temperature_scale, &e.device.thermal_noise})
    *scale = 0.0;
  rows = states(e);
  for (const char* effect : effects) {
    INFO(effect);
    CHECK(rows[effect] == "not applicable: scale 0");
  }
}

TEST_CASE("the report tells how read noise was drawn", "[validity]") {
  Experiment e;
  e.device = pcm_device();
  Program program;
  for (const std::string name : {"stem", "head"}) {
    program.stages.emplace_back();
    program.stages.back().analog = name;
  }
  CHECK(noise_path(program, e) == "exact column Gaussian (linear cells)");
  e.device.iv.law = IvLaw::Cubic;
  CHECK(noise_path(program, e) == "cell by cell");
  e.overrides = {{"stem", "device.nonlinearity", "0"}};
  CHECK(noise_path(program, e) == "cell by cell in head; exact column Gaussian elsewhere");
  e.chip.analog.wires = {.level = WireLevel::Exact, .word_ohm = 0.0, .bit_ohm = 0.0};
  CHECK(states(e)["wires"] == "not applicable: no resistance given");
}

}  // namespace mimosa
