// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "models/base/random.hpp"
#include "models/converter/dac.hpp"

// An array read cell by cell: a normal of its own for every cell and pulse, and nothing of the product but
// its normals.
namespace mimosa {

/// A device of a pair, in units of the range of a cell, with the standard deviations of its noise at full
/// input: new in every pulse; new in every read and constant during it; new in every pass.
struct NoisyCell {
  double sign = 1.0, g = 0.0;
  double white = 0.0, held = 0.0, pass = 0.0;
};

/// What one word line is given in one read: `digit` of at most `full`, which counts `weight` times.
struct AppliedDigit {
  int digit = 0;
  double weight = 1.0;
};

/// How codes are applied, from the definition of the drive and not from the converter's code.
struct Drive {
  const char* name;
  bool pulse_width;  ///< a digit is a number of pulses of equal height, else the height of one
  int full;          ///< the largest digit
  std::vector<AppliedDigit> (*digits)(int code);
};

struct ColumnOfCells {
  std::vector<std::vector<NoisyCell>> rows;
  double mean = 0.0, deviation = 0.0;  ///< of a read of given inputs, summed cell by cell
};

inline void sum_moments(ColumnOfCells& column, const std::vector<int>& codes, const Drive& drive) {
  double mean = 0.0, variance = 0.0;
  for (std::size_t r = 0; r < codes.size(); ++r)
    for (const NoisyCell& cell : column.rows[r]) {
      mean += cell.sign * cell.g * codes[r];
      variance += std::pow(cell.pass * codes[r], 2);
      for (const AppliedDigit& d : drive.digits(codes[r])) {
        const double drives = drive.pulse_width ? std::abs(d.digit) * drive.full : d.digit * d.digit;
        variance += d.weight * d.weight *
                    (drives * cell.white * cell.white + d.digit * d.digit * cell.held * cell.held);
      }
    }
  column.mean = mean;
  column.deviation = std::sqrt(variance);
}

/// Reads one column again and again, each time in a pass of its own.
class CellReader {
 public:
  CellReader(const ColumnOfCells& column, const std::vector<int>& codes, const Drive& drive)
      : column_(column), drive_(drive) {
    for (const int code : codes) digits_.push_back(drive.digits(code));
    std::size_t most = 0;
    for (std::size_t r = 0; r < codes.size(); ++r)
      for (const AppliedDigit& d : digits_[r])
        most += column.rows[r].size() * static_cast<std::size_t>(std::abs(d.digit) + 2);
    normal_.resize(most + 4);
  }

  /// Σ g · code with the noise of read `i`; `key`: of this column's normals.
  double read(std::uint64_t key, std::uint32_t i) {
    normals(key, 0, i, 0, normal_);
    const float* xi = normal_.data();
    double sum = 0.0;
    for (std::size_t r = 0; r < digits_.size(); ++r) {
      if (digits_[r].empty()) continue;
      for (const NoisyCell& cell : column_.rows[r]) sum += cell.sign * read_cell(cell, digits_[r], xi);
    }
    return sum;
  }

 private:
  double read_cell(const NoisyCell& cell, const std::vector<AppliedDigit>& digits, const float*& xi) const {
    const auto draw = [&](double sigma) { return sigma == 0.0 ? 0.0 : sigma * static_cast<double>(*xi++); };
    const double of_pass = cell.g + draw(cell.pass), pulse = cell.white * std::sqrt(drive_.full);
    double sum = 0.0;
    for (const AppliedDigit& d : digits) {
      const double of_read = of_pass + draw(cell.held);
      if (drive_.pulse_width) {
        // A pulse of 1/full of the time has noise sqrt(full) as strong as one of the whole time.
        const double sign = d.digit < 0 ? -d.weight : d.weight;
        for (int p = 0; p < std::abs(d.digit); ++p) sum += sign * (of_read + draw(pulse));
      } else {
        sum += d.weight * d.digit * (of_read + draw(cell.white));
      }
    }
    return sum;
  }

  const ColumnOfCells& column_;
  const Drive& drive_;
  std::vector<std::vector<AppliedDigit>> digits_;  ///< of each word line that is driven
  std::vector<float> normal_;
};

}  // namespace mimosa
