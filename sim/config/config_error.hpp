// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "models/base/error.hpp"

namespace mimosa {

/// A place in a config; lines and columns count from 1, 0: not known. `file` may be the name of an option.
struct Place {
  std::string file;
  int line = 0, column = 0;

  /// "file:line:column" as far as known.
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Place&, const Place&) = default;
};

/// A mistake in a config: `place: key: what`, the key where there is one.
class ConfigError : public UserError {
 public:
  ConfigError(Place place, std::string key, std::string what);

  [[nodiscard]] const Place& place() const { return place_; }
  [[nodiscard]] const std::string& key() const { return key_; }
  /// The message without the place.
  [[nodiscard]] std::string sentence() const;

 private:
  Place place_;
  std::string key_, what_;
};

/// The mistakes of a reader that goes on after each.
using Findings = std::vector<ConfigError>;

/// `text` without `prefix`, where it begins so.
[[nodiscard]] std::string without_prefix(const std::string& text, const std::string& prefix);

/// Does a part of the reading of `file`. A UserError of it is noted in `findings`, or goes on up where these
/// are null.
template <class Body>
void attempt(Findings* findings, const std::string& file, Body body) {
  if (findings == nullptr) {
    body();
    return;
  }
  try {
    body();
  } catch (const ConfigError& error) {
    findings->push_back(error);
  } catch (const UserError& error) {
    findings->emplace_back(Place{file}, "", without_prefix(error.what(), file + ": "));
  }
}

/// Of an origin, "file:line" or the name of an option; the column where the line gives the last part of
/// `key`.
[[nodiscard]] Place place_of(const std::string& origin, const std::string& key);

/// The line of a file, without its end; empty where there is none.
[[nodiscard]] std::string line_of(const std::string& file, int line);

}  // namespace mimosa
