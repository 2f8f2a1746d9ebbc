// SPDX-License-Identifier: Apache-2.0
#include "sim/config/experiment_keys.hpp"
#include "sim/config/experiment_reader.hpp"
#include "sim/config/part_reader.hpp"
#include "sim/config/rules.hpp"

namespace mimosa {
namespace {

template <class Spec>
Spec load_part(const char* kind, const std::string& path, const std::vector<std::string>& roots,
               Findings* findings) {
  Spec spec;
  Origins origins;
  PartReader<Spec>(kind, "", roots, findings).load(path, spec, origins);
  check_used(part_keys(spec), origins, findings);
  if (findings == nullptr)
    check(spec);
  else if (findings->empty())
    attempt(findings, path, [&] {
      try {
        check(spec);
      } catch (const UserError& error) {
        throw placed(error, origins, path);
      }
    });
  return spec;
}

}  // namespace

ChipSpec load_chip(const std::string& path, const std::vector<std::string>& roots, Findings* findings) {
  return load_part<ChipSpec>("chip", path, roots, findings);
}

DeviceSpec load_device(const std::string& path, const std::vector<std::string>& roots, Findings* findings) {
  return load_part<DeviceSpec>("device", path, roots, findings);
}

}  // namespace mimosa
