// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "sim/config/check.hpp"
#include "sim/config/key_table.hpp"

namespace mimosa {

using Schema = nlohmann::ordered_json;

/// The JSON Schema (draft-07, which editors' YAML language servers take) of a kind of config file, made from
/// the descriptions its reader uses. It holds every rule of a single key; those across keys need
/// `mimosa check`.
[[nodiscard]] std::string config_schema(ConfigKind kind);

/// Of a key: type, limits, default, and a description with unit and law.
[[nodiscard]] Schema key_schema(const ConfigKey& key);
/// Of the keys below a section ("" is all), as nested maps that know no others.
[[nodiscard]] Schema section_schema(const KeyTable& table, const std::string& section);
/// A map of these keys and no others.
[[nodiscard]] Schema closed_map(Schema properties);
/// Text, with what it means.
[[nodiscard]] Schema text_schema(const std::string& sentence);

[[nodiscard]] Schema network_schema();

}  // namespace mimosa
