// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdexcept>

namespace mimosa {

/// Something the user can fix: a configuration, a file, an option. The message is one line that names the
/// place, what is wrong and what is allowed.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace mimosa
