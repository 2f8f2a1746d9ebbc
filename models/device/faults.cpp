// SPDX-License-Identifier: Apache-2.0
#include "models/device/faults.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <iterator>
#include <regex>

#include "models/base/error.hpp"

namespace mimosa {

namespace {

constexpr double good = -1.0;

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw UserError(path + ": " + what);
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file || bytes.empty()) fail(path, "cannot be read");
  return bytes;
}

/// Offset of the data of a version-1 .npy file (what numpy.save writes for an array of numbers).
std::size_t data_offset(const std::string& path, const std::string& bytes) {
  if (bytes.size() < 10 || bytes.compare(0, 6, "\x93NUMPY") != 0 || bytes[6] != 1)
    fail(path, "not a .npy file of version 1");
  const std::size_t length =
      static_cast<unsigned char>(bytes[8]) + 256U * static_cast<unsigned char>(bytes[9]);
  if (length > bytes.size() - 10 || length > 4096) fail(path, "its .npy header does not fit the file");
  return 10 + length;
}

std::vector<std::size_t> shape_of(const std::string& path, const std::string& header) {
  std::smatch found;
  if (!std::regex_search(header, found, std::regex("'descr':\\s*'\\|i1'")))
    fail(path, "its type is not '|i1'; allowed: int8");
  if (!std::regex_search(header, found, std::regex("'fortran_order':\\s*False")))
    fail(path, "it is in Fortran order; save it in C order (numpy.ascontiguousarray)");
  if (!std::regex_search(header, found, std::regex("'shape':\\s*\\(([0-9, ]*)\\)")))
    fail(path, "its .npy header lacks a shape");
  const std::string text = found[1];
  std::vector<std::size_t> shape;
  const std::regex number("[0-9]+");
  for (std::sregex_iterator it(text.begin(), text.end(), number), end; it != end; ++it) {
    if (it->length() > 9) fail(path, "a dimension of its shape is too large");
    shape.push_back(std::stoul(it->str()));
  }
  if (shape.size() != 2 && shape.size() != 3)
    fail(path, fmt::format("its shape is [{}]; allowed: [rows, cols] or [parts, rows, cols]",
                           fmt::join(shape, ", ")));
  if (shape.size() == 2) shape.insert(shape.begin(), 1);
  return shape;
}

}  // namespace

FaultMap read_fault_map(const std::string& path) {
  const std::string bytes = bytes_of(path);
  const std::size_t offset = data_offset(path, bytes);
  const std::vector<std::size_t> shape = shape_of(path, bytes.substr(10, offset - 10));
  FaultMap map{shape[0], shape[1], shape[2], {}};
  if (map.parts * map.rows * map.cols != bytes.size() - offset)
    fail(path, fmt::format("its shape needs {} bytes of data, the file holds {}",
                           map.parts * map.rows * map.cols, bytes.size() - offset));
  map.states.assign(bytes.begin() + static_cast<std::ptrdiff_t>(offset), bytes.end());
  const auto wrong =
      std::find_if(map.states.begin(), map.states.end(), [](std::int8_t s) { return s < 0 || s > 2; });
  if (wrong != map.states.end())
    fail(path, fmt::format("value {}; allowed: 0 good, 1 stuck on, 2 stuck off", static_cast<int>(*wrong)));
  return map;
}

double stuck_conductance(const FaultSpec& spec, const CellRange& range, double scale, double u) {
  const double on = scale * spec.stuck_on, off = on + scale * spec.stuck_off;
  if (u < on) return range.g_max_us;
  if (u < off) return range.g_min_us;
  const double lost = (1.0 - off) * std::min(1.0, scale * (1.0 - spec.yield));
  if (u >= off + lost) return good;
  if (spec.unprogrammed == UnprogrammedState::Off) return range.g_min_us;
  return range.g_min_us + (u - off) / lost * (range.g_max_us - range.g_min_us);
}

double mapped_conductance(std::int8_t state, const CellRange& range) {
  if (state == 0) return good;
  return state == 1 ? range.g_max_us : range.g_min_us;
}

}  // namespace mimosa
