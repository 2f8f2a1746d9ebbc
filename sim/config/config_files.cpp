// SPDX-License-Identifier: Apache-2.0
#include "sim/config/config_files.hpp"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <map>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/config/names.hpp"
#include "sim/config/yaml_source.hpp"

namespace fs = std::filesystem;

namespace mimosa {
namespace {

/// Name to path of every YAML file of a kind; earlier roots win.
std::map<std::string, std::string> files_of(const std::string& kind, const std::vector<std::string>& roots) {
  std::map<std::string, std::string> files;
  for (const std::string& root : roots) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(fs::path(root) / kind, none))
      if (entry.path().extension() == ".yaml") files.emplace(entry.path().stem(), entry.path());
  }
  return files;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

std::vector<std::string> config_roots(const std::string& experiment_path) {
  std::vector<fs::path> candidates;
  if (const char* given = std::getenv("MIMOSA_CONFIG_DIR"); given != nullptr && *given != '\0') {
    if (!fs::is_directory(given)) throw UserError(fmt::format("MIMOSA_CONFIG_DIR: {}: not a folder", given));
    candidates.emplace_back(given);
  }
  if (!experiment_path.empty()) candidates.push_back(fs::path(experiment_path).parent_path() / "..");
  candidates.emplace_back("configs");
  candidates.emplace_back(MIMOSA_SOURCE_CONFIGS);
  std::vector<std::string> roots;
  for (const fs::path& candidate : candidates)
    if (fs::is_directory(candidate)) roots.push_back(candidate.lexically_normal().string());
  return roots;
}

std::string find_config(const std::string& kind, const std::string& name,
                        const std::vector<std::string>& roots) {
  const std::map<std::string, std::string> files = files_of(kind, roots);
  if (const auto found = files.find(name); found != files.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& file : files) names.push_back(file.first);
  throw UserError(
      fmt::format("no {} named \"{}\"; available: {}", kind, name,
                  names.empty() ? "none" : fmt::format("{}", fmt::join(nearest_first(name, names), ", "))));
}

bool is_config_path(const std::string& name) {
  return name.size() > 5 && name.ends_with(".yaml");
}

std::string find_config_or_path(const std::string& kind, const std::string& name, const std::string& folder,
                                const std::vector<std::string>& roots) {
  if (!is_config_path(name)) return find_config(kind, name, roots);
  for (const fs::path& path : {fs::path(folder) / name, fs::path(name)})
    if (fs::exists(path)) return path.lexically_normal().string();
  throw UserError(fmt::format("{} file {}: no such file", kind, name));
}

std::string find_base(const std::string& kind, const std::string& name, const std::string& folder,
                      const std::vector<std::string>& roots) {
  const fs::path beside = fs::path(folder) / (name + ".yaml");
  return fs::exists(beside) ? beside.lexically_normal().string()
                            : find_config_or_path(kind, name, folder, roots);
}

std::vector<ConfigListing> list_configs(const std::string& kind, const std::vector<std::string>& roots) {
  std::vector<ConfigListing> listings;
  for (const auto& [name, path] : files_of(kind, roots)) {
    const YamlSource source(read_file(path), path);
    std::string description;
    for (const YamlEntry& entry : source.entries(source.root(), ""))
      if (entry.key == "description") description = first_line(source.text(entry.value, "description"));
    listings.push_back({name, path, description});
  }
  return listings;
}

}  // namespace mimosa
