// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "models/base/kernels.hpp"
#include "models/converter/converter.hpp"
#include "models/device/device_spec.hpp"

namespace mimosa {

/// Which cells these are: the block of a layer's matrix at (row0, col0) in one replica on one chip sample.
struct ArraySite {
  std::uint64_t seed = 1;
  std::uint32_t chip = 0;
  std::string layer;
  std::uint32_t replica = 0;
  int row0 = 0, col0 = 0;
  int layer_cols = 0;  ///< columns of the whole matrix: a weight's random index is row · layer_cols + col
};

/// Address of one MVM's read noise.
struct MvmId {
  std::uint32_t pass = 0;
  std::uint32_t mvm = 0;  ///< position within the layer and pass
};

/// One programmed array of differential pairs at a fixed time after programming: effective weights w = (g⁺ −
/// g⁻)/g_max and the white-noise variance of each pair. Wires are ideal. T is float in runs, double in `mvm`
/// and parity tests.
template <class T>
class Array {
 public:
  /// `weights`: rows × cols, row-major with `stride`, normalised to −1 … 1. UserError where the layer has
  /// more than 2^32 weights.
  Array(std::span<const float> weights, std::size_t rows, std::size_t cols, std::size_t stride,
        const DeviceSpec& device, const ConverterSpec& converter, const ArraySite& site);

  /// ADC codes (integers in T) of `ids.size()` vectors of DAC codes; vector b starts at codes + b · stride.
  /// `full_scale` is the ADC's range in units of Σ x·w with x in −1 … 1. Depends on nothing but each vector
  /// and its id. `codes` and `adc_codes` do not overlap.
  void mvm(const T* codes, std::size_t stride, std::span<const MvmId> ids, double full_scale, T* adc_codes,
           std::size_t adc_stride) const;

  /// The same before the ADC, without read noise, in units of Σ x·w; for calibration and tests.
  void mvm_analog(const T* codes, std::size_t stride, std::size_t count, T* out,
                  std::size_t out_stride) const;

  /// Digital factor that undoes the mean drift: mean |w| read after programming (programming noise, no drift,
  /// no 1/f noise) over mean |w| now (1 when off), each floored at 1e-4.
  [[nodiscard]] double drift_factor() const { return drift_factor_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  /// Effective weight and white-noise variance of a cell pair (tests).
  [[nodiscard]] T weight(std::size_t row, std::size_t col) const { return element(weights_, row, col); }
  [[nodiscard]] T variance(std::size_t row, std::size_t col) const;
  /// Standard deviation of the white noise of a device at g_max in units of w; 0 when there is none.
  [[nodiscard]] double read_sigma() const { return read_sigma_; }

 private:
  /// The kernels' panels for float, plain rows for double.
  using Storage = std::conditional_t<std::is_same_v<T, float>, PackedMatrix, std::vector<T>>;

  double program(std::span<const float> weights, std::size_t stride, const DeviceSpec& device,
                 const ArraySite& site, std::span<T> w, std::span<T> v) const;
  [[nodiscard]] double variance_scale() const;
  [[nodiscard]] T element(const Storage& matrix, std::size_t row, std::size_t col) const;
  void multiply(const Storage& matrix, const T* x, std::size_t stride, std::size_t count, T* y,
                std::size_t y_stride) const;
  void noisy_block(const T* codes, std::size_t stride, std::span<const MvmId> ids, T* y,
                   std::size_t y_stride) const;

  std::size_t rows_, cols_;
  ConverterSpec converter_;
  std::uint64_t read_key_;
  std::uint32_t col0_;
  double read_sigma_ = 0.0, drift_factor_ = 1.0;
  Storage weights_;
  Storage variances_;  ///< in units of (code · w)² per code² (voltage) or per |code| (pulse width); empty
                       ///< without noise
};

extern template class Array<float>;
extern template class Array<double>;

/// How far unclamped Gaussian reads are from reads clamped at zero conductance: rms over the array's pairs of
/// the mean shift of w that the clamp would cause, at full input. 0 without read noise.
[[nodiscard]] double clamped_read_gap(const Array<float>& array);

}  // namespace mimosa
