// SPDX-License-Identifier: Apache-2.0
#include "sim/validate/validate.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "hw/program/counts.hpp"
#include "models/base/error.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/experiment_reader.hpp"
#include "sim/config/names.hpp"

namespace mimosa {
namespace {

ChipSpec chip_named(const char* name) {
  const std::vector<std::string> roots = config_roots("");
  return load_chip(find_config("chip", name, roots), roots);
}

Checks all_hermes_checks() {
  const ChipSpec hermes = chip_named("hermes");
  Checks all = hermes_checks(hermes, chip_named("hermes-4phase"));
  const std::vector<std::string> roots = config_roots("");
  const DeviceSpec cells = load_device(find_config("device", "pcm-hermes-2", roots), roots);
  const Checks errors = hermes_mvm_checks(hermes, cells);
  all.insert(all.end(), errors.begin(), errors.end());
  return all;
}

Checks checks_of(const std::string& subject,
                 const std::function<void(const std::string&, double)>& progress) {
  if (subject == "isaac") return isaac_checks(chip_named("isaac"));
  if (subject == "puma") return puma_checks(chip_named("puma"));
  if (subject == "hermes") return all_hermes_checks();
  if (subject == "neurram") return neurram_checks(chip_named("neurram"));
  if (subject == "models") return model_checks();
  return pcm_checks(progress);
}

}  // namespace

double mvm_nj(const ChipSpec& chip) {
  const Counts one =
      mvm_counts({.row0 = 0, .rows = chip.array.rows, .col0 = 0, .cols = chip.array.cols}, 1, chip.analog);
  return energy_boundaries(energy_by_component(one, chip)).arrays_j * 1e9;
}

const std::vector<std::string>& validation_subjects() {
  static const std::vector<std::string> all = {"isaac", "puma", "hermes", "neurram", "models", "pcm"};
  return all;
}

Checks validate(const std::vector<std::string>& subjects,
                const std::function<void(const std::string&, double)>& progress) {
  const std::vector<std::string>& known = validation_subjects();
  for (const std::string& s : subjects)
    if (std::find(known.begin(), known.end(), s) == known.end())
      throw UserError(fmt::format("validate: \"{}\" is unknown{}", s, allowed_names(s, known)));
  Checks all;
  for (const std::string& s : subjects.empty() ? known : subjects) {
    const Checks part = checks_of(s, progress);
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace mimosa
