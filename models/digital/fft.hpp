// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/digital/ops.hpp"

namespace mimosa {

// Binding by Fourier transform: circular convolution is a product of spectra. A spectrum of C real values is
// held as C numbers (half-complex order: real parts of 0 … C/2, then imaginary parts of C/2 − 1 … 1).

/// Whether the transform knows vectors of that many values: powers of two from 2 on.
[[nodiscard]] bool has_fft(int size);

/// Operations of the vector unit; changes of sign, shifts and the order of values cost none.
struct FftWork {
  std::int64_t adds = 0, muls = 0;
  friend bool operator==(const FftWork&, const FftWork&) = default;
};
/// One transform of C = `size` values, either way: 3/2 C log2 C − 5/2 C + 4 additions and C log2 C − 3 C + 4
/// multiplications for C ≥ 4 (Sorensen et al., IEEE Trans. ASSP 35 (1987) 849, radix 2, trivial factors left
/// out).
[[nodiscard]] FftWork fft_work(int size);
/// One product of two spectra.
[[nodiscard]] FftWork spectral_product_work(int size);

/// Fast Fourier transform of real vectors, decimation in time, in radix-2 steps of a fixed order; every sum,
/// difference and product is rounded to the unit's format. Every second step halves (a shift), so that values
/// neither grow nor fade: `forward` gives the spectrum over 2^⌊log2(C)/2⌋, and `inverse` takes such a one
/// back.
class RealFft {
 public:
  /// `has_fft(size)`
  explicit RealFft(std::size_t size);
  [[nodiscard]] std::size_t size() const { return size_; }
  /// `count` vectors of size() values each, [vector][value]; the same place for both is allowed.
  void forward(const float* x, std::size_t count, float* spectra, Rounding rounding) const;
  void inverse(const float* spectra, std::size_t count, float* x, Rounding rounding) const;
  /// cos and sin of 2π i / size, i < size.
  [[nodiscard]] std::span<const double> cosines() const { return cosines_; }
  [[nodiscard]] std::span<const double> sines() const { return sines_; }

 private:
  struct Step;
  void forward_step(const Step& step, std::vector<float>& values, Rounding rounding) const;
  void inverse_step(const Step& step, std::vector<float>& values, Rounding rounding) const;

  std::size_t size_;
  std::vector<double> cosines_, sines_;
  std::vector<std::size_t> reversed_;  ///< place of a value whose index has its bits in the other order
};

/// Binds vectors with one key and leaves them as spectra, which add up like the vectors themselves. The key's
/// spectrum is held in fp32.
class SpectralBinder {
 public:
  explicit SpectralBinder(std::span<const float> key);
  /// `count` vectors of C values each, to their spectra times the key's.
  void bind(const float* x, std::size_t count, float* spectra, Rounding rounding) const;

 private:
  RealFft fft_;
  std::vector<float> key_;  ///< half-complex
};

}  // namespace mimosa
