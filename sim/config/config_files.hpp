// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

namespace mimosa {

/// Folders that hold chip/, device/, network/ and experiment/, in the order names are looked up:
/// MIMOSA_CONFIG_DIR, the folder above the experiment file's, ./configs, the source tree's. Only those that
/// exist. UserError where MIMOSA_CONFIG_DIR is set to something else than a folder.
[[nodiscard]] std::vector<std::string> config_roots(const std::string& experiment_path);

/// Path of <root>/<kind>/<name>.yaml. UserError that lists the available names, the nearest first.
[[nodiscard]] std::string find_config(const std::string& kind, const std::string& name,
                                      const std::vector<std::string>& roots);

/// A name as above, or, where it ends in .yaml, a path relative to `folder` or to the current folder.
[[nodiscard]] std::string find_config_or_path(const std::string& kind, const std::string& name,
                                              const std::string& folder,
                                              const std::vector<std::string>& roots);
[[nodiscard]] bool is_config_path(const std::string& name);

/// What a file in `folder` extends: a name, looked up beside the file first, or a path.
[[nodiscard]] std::string find_base(const std::string& kind, const std::string& name,
                                    const std::string& folder, const std::vector<std::string>& roots);

/// One file of a kind, with the first line of its `description`.
struct ConfigListing {
  std::string name, path, description;
};
/// Sorted by name; a name in several roots stands once, as it is found.
[[nodiscard]] std::vector<ConfigListing> list_configs(const std::string& kind,
                                                      const std::vector<std::string>& roots);

}  // namespace mimosa
