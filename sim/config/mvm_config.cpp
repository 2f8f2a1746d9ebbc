// SPDX-License-Identifier: Apache-2.0
#include "sim/config/mvm_config.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "models/base/error.hpp"
#include "models/data/hash.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/experiment_keys.hpp"
#include "sim/config/part_reader.hpp"

namespace mimosa {
namespace {

bool starts_with(const std::string& text, const char* prefix) {
  return text.rfind(prefix, 0) == 0;
}

/// Digital parts, costs and times of a chip change no product; its array's shape only where it is used.
bool has_effect(const std::string& path, bool split) {
  if (!starts_with(path, "chip.")) return true;
  if (starts_with(path, "chip.array.")) return split;
  for (const char* section : {"chip.weights.", "chip.dac.", "chip.read.", "chip.wires.", "chip.adc."})
    if (starts_with(path, section)) return true;
  return false;
}

/// Applies settings to one MvmConfig.
class MvmReader {
 public:
  explicit MvmReader(MvmConfig& out) : out_(out), roots_(config_roots("")) {}

  void apply(const Setting& setting) {
    const YamlSource source(setting.key, setting.value, setting.source);
    for (const YamlEntry& entry : source.entries(source.root(), "")) apply(source, entry);
  }

  void finish(const std::vector<Setting>& settings) {
    check_used(part_keys(out_.chip), origins_);
    check_used(part_keys(out_.device), origins_);
    check(out_.chip);
    check(out_.device);
    check_ranges();
    note_without_effect(settings);
  }

 private:
  void apply(const YamlSource& source, const YamlEntry& entry) {
    if (entry.key == "chip") {
      PartReader<ChipSpec>("chip", "", roots_).read(source, entry, false, out_.chip, origins_);
    } else if (entry.key == "device") {
      PartReader<DeviceSpec>("device", "", roots_).read(source, entry, false, out_.device, origins_);
    } else {
      const KeyTable table = mvm_keys(out_.options);
      if (table.key(entry.key) == nullptr && table.section(entry.key) == nullptr)
        source.fail_unknown(entry, entry.key, {"chip", "device", "mvm", "seed"});
      source.read(entry, entry.key, table, origins_);
    }
  }

  /// A range the chip states itself leaves nothing to choose.
  void check_ranges() const {
    if (out_.chip.analog.adc.range == AdcRange::Calibrated) {
      if (out_.options.adc_range > 0.0 && origins_.count("mvm.adc_percentile") != 0)
        throw UserError("mvm.adc_percentile: has no effect with mvm.adc_range; allowed: one of them");
      return;
    }
    for (const char* key : {"mvm.adc_range", "mvm.adc_percentile"})
      if (origins_.count(key) != 0)
        throw UserError(fmt::format(
            "{}: has no effect, chip.adc.range states the range; allowed with chip.adc.range: calibrated",
            key));
  }

  void note_without_effect(const std::vector<Setting>& settings) {
    for (const auto& [path, origin] : origins_) {
      const bool typed = std::any_of(settings.begin(), settings.end(),
                                     [&, &from = origin](const Setting& s) { return s.source == from; });
      if (typed && !has_effect(path, out_.options.split)) out_.without_effect.push_back(path);
    }
  }

  MvmConfig& out_;
  std::vector<std::string> roots_;
  Origins origins_;
};

void append_keys(std::string& text, const KeyTable& table, bool split) {
  for (const ConfigKey& key : table.keys)
    if (table.is_used(key) && has_effect(key.path, split))
      text += fmt::format("{}: {}\n", key.path, to_text(key.get()));
}

}  // namespace

KeyTable mvm_keys(MvmOptions& options) {
  KeyTable table;
  KeyCollector collector(table, "", "sim/mvm/analog_matrix.hpp");
  describe(collector, options);
  return table;
}

MvmConfig load_mvm_config(const std::vector<Setting>& settings) {
  std::vector<Setting> ordered = {{"chip", "hermes", "default chip"}, {"device", "ideal", "default device"}};
  ordered.insert(ordered.end(), settings.begin(), settings.end());
  std::stable_partition(ordered.begin(), ordered.end(),
                        [](const Setting& s) { return s.key == "chip" || s.key == "device"; });
  MvmConfig config;
  MvmReader reader(config);
  for (const Setting& setting : ordered) reader.apply(setting);
  reader.finish(settings);
  return config;
}

std::string config_sha256(const MvmConfig& config) {
  MvmConfig copy = config;
  std::string text;
  append_keys(text, part_keys(copy.chip), copy.options.split);
  append_keys(text, part_keys(copy.device), copy.options.split);
  append_keys(text, mvm_keys(copy.options), copy.options.split);
  return sha256_hex(text);
}

std::string mvm_keys_text() {
  MvmOptions defaults;
  std::string text;
  for (const ConfigKey& key : mvm_keys(defaults).keys)
    if (starts_with(key.path, "mvm."))
      text += fmt::format("  {:<22} {} (default {})\n", key.path, key.sentence, to_text(key.get()));
  return text;
}

}  // namespace mimosa
