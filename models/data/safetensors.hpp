// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>

#include "models/nn/graph.hpp"

namespace mimosa {

/// Tensors of a safetensors file, as float, and its `__metadata__`.
struct SafeTensors {
  TensorMap tensors;
  std::map<std::string, std::string> metadata;
};

enum class StoredType { F16, F32 };

/// A tensor's name and how it is stored; names not listed are F32.
using StoredTypes = std::map<std::string, StoredType>;

/// Reads F16, BF16 and F32 tensors. Anything else, and any file that breaks the format, is a UserError with
/// the path: short file, header not JSON, names twice, types unknown, offsets outside, overlapping or with
/// holes, sizes that do not fit shapes.
[[nodiscard]] SafeTensors read_safetensors(const std::string& path);

/// Writes the file whole or not at all. F16 values are rounded to nearest, ties to even.
void write_safetensors(const std::string& path, const SafeTensors& content, const StoredTypes& types = {});

}  // namespace mimosa
