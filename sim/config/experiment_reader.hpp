// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <vector>

#include "sim/config/config_error.hpp"
#include "sim/config/experiment.hpp"
#include "sim/config/sweep_spec.hpp"

namespace mimosa {

/// One `--set KEY=VALUE`, or an option that is short for it.
struct Setting {
  std::string key, value;
  std::string source = "--set";  ///< how messages call it
};
/// Splits KEY=VALUE; UserError.
[[nodiscard]] Setting parse_setting(const std::string& text);

/// An experiment as read, with what only some commands need.
struct ExperimentFile {
  Experiment experiment;
  std::string description;
  std::vector<Axis> axes;                      ///< sweeps only
  SweepSpec sweep;                             ///< the same
  std::map<std::string, std::string> origins;  ///< dotted key to "file:line" or "--set"; absent: the default
};

/// Reads an experiment (a path, or a name in configs/experiment) after what it extends and applies the
/// settings left to right. Everything the user can get wrong is a UserError `file:line:column: key: what is
/// wrong; what is allowed`; with `findings` those of files are noted there, and what was read is unfinished.
[[nodiscard]] ExperimentFile load_experiment(const std::string& path, const std::vector<Setting>& settings,
                                             Findings* findings = nullptr);

/// UserError where one setting cannot be read over the experiment of that path; rules across keys are left
/// alone.
void try_setting(const std::string& path, ExperimentFile file, const Setting& setting);

/// Rules across the keys of chip, device and engine that every experiment keeps; a UserError names the keys.
void check_rules(const Experiment& experiment);

/// Reads one file of configs/chip or configs/device with what it extends, and checks it.
[[nodiscard]] ChipSpec load_chip(const std::string& path, const std::vector<std::string>& roots,
                                 Findings* findings = nullptr);
[[nodiscard]] DeviceSpec load_device(const std::string& path, const std::vector<std::string>& roots,
                                     Findings* findings = nullptr);

}  // namespace mimosa
