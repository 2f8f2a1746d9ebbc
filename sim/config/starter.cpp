// SPDX-License-Identifier: Apache-2.0
#include "sim/config/starter.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/config/experiment_keys.hpp"

namespace mimosa {
namespace {

constexpr const char* heading =
    "# An experiment: a network on a chip of memory cells. Change what you like, then\n"
    "#   mimosa check FILE      tells every mistake\n"
    "#   mimosa run FILE        cycles, energy and accuracy; mimosa sweep FILE where there are axes\n"
    "#   mimosa explain KEY     more about a key; mimosa list: networks, chips and devices by name\n"
    "# An editor with a YAML language server completes and checks it after\n"
    "#   mimosa schema experiment --out experiment.schema.json\n"
    "# with this first line: # yaml-language-server: $schema=experiment.schema.json\n\n";

constexpr const char* examples =
    "\n# A block changes single keys of a chip or a device:\n"
    "# chip:\n"
    "#   extends: hermes\n"
    "#   adc: {bits: 6}\n"
    "\n# A sweep runs every combination of these values:\n"
    "# axes:\n"
    "#   chip.adc.bits: [4, 6, 8]\n"
    "#   device.read_noise: [0, 1]\n";

/// The comment stands in a column of its own where the text leaves room.
std::string with_comment(const std::string& text, const std::string& comment) {
  return fmt::format("{:<30}  # {}\n", text, comment);
}

std::string comment_of(const ConfigKey& key) {
  const std::string unit = key.unit == "1" ? "" : ' ' + key.unit;
  std::string text = fmt::format("{} ({}{})", key.sentence, allowed_text(key), unit);
  if (!key.laws.empty()) text += fmt::format("; with {}: {}", key.law_key, fmt::join(key.laws, ", "));
  return text;
}

/// The keys below a section, nested, a line each.
std::string lines_of(const KeyTable& table, const std::string& section, const std::string& indent) {
  std::string text;
  for (const std::string& name : table.children(section)) {
    const std::string path = section.empty() ? name : section + '.' + name;
    if (path == "network" || path == "chip" || path == "device") continue;
    if (const ConfigKey* key = table.key(path)) {
      const std::string mark = table.is_used(*key) ? "" : "# ";
      text +=
          with_comment(fmt::format("{}{}{}: {}", indent, mark, name, to_text(key->get())), comment_of(*key));
    } else {
      text += with_comment(indent + name + ':', table.section(path)->sentence);
      text += lines_of(table, path, indent + "  ");
    }
  }
  return text;
}

}  // namespace

std::string starting_experiment() {
  Experiment defaults;
  const KeyTable table = experiment_keys(defaults);
  std::string text = heading;
  for (const TextKey& key : text_keys())
    if (key.path == "description") text += with_comment("description: my experiment", key.sentence);
  text += with_comment("network: mimoconv_fmnist_n2", table.section("network")->sentence);
  text += with_comment("chip: hermes", table.section("chip")->sentence);
  text += with_comment("device: pcm-joshi", table.section("device")->sentence);
  return text + lines_of(table, "", "") + examples;
}

}  // namespace mimosa
