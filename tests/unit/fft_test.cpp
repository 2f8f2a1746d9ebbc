// SPDX-License-Identifier: Apache-2.0
#include "models/digital/fft.hpp"

#include <cmath>
#include <complex>
#include <cstring>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/portable_math.hpp"
#include "models/base/random.hpp"
#include "tests/support/forced_kernel_path.hpp"

using namespace mimosa;

namespace {

constexpr double pi = 3.14159265358979323846;
const std::vector<Rounding> all_roundings = {
    {NumberFormat::Fp32, 0}, {NumberFormat::Bf16, 0}, {NumberFormat::Fp16, 0}, {NumberFormat::Int16, 8}};
const std::vector<std::size_t> sizes = {2, 4, 8, 16, 32, 64, 128};

std::vector<float> random_values(std::size_t size, std::uint32_t pass, Rounding rounding = {}) {
  std::vector<float> x(size);
  normals(13, pass, 0, 0, x);
  round_values(x, rounding);
  return x;
}

bool same_bytes(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

double norm(const std::vector<float>& x) {
  double sum = 0.0;
  for (const float v : x) sum += static_cast<double>(v) * static_cast<double>(v);
  return std::sqrt(sum);
}

/// The discrete Fourier transform by its definition.
std::vector<std::complex<double>> dft(const std::vector<float>& x) {
  std::vector<std::complex<double>> out(x.size());
  for (std::size_t k = 0; k < x.size(); ++k)
    for (std::size_t t = 0; t < x.size(); ++t)
      out[k] +=
          static_cast<double>(x[t]) *
          std::polar(1.0, -2.0 * pi * static_cast<double>(k * t % x.size()) / static_cast<double>(x.size()));
  return out;
}

std::complex<double> at(const std::vector<float>& spectrum, std::size_t k) {
  const std::size_t n = spectrum.size();
  const double im = k == 0 || 2 * k == n ? 0.0 : static_cast<double>(spectrum[n - k]);
  return {static_cast<double>(spectrum[k]), im};
}

/// Cooley and Tukey's recursion on one vector, written for complex numbers, that rounds and counts every
/// operation on numbers that are not known to be 0, ± 1 or another's conjugate.
class Recursion {
 public:
  explicit Recursion(Rounding rounding) : rounding_(rounding) {}
  FftWork work;

  struct Complex {
    float re = 0.0F, im = 0.0F;
  };
  /// Entries 0 … size / 2.
  std::vector<Complex> forward(const std::vector<float>& x) {
    const std::size_t n = x.size(), h = n / 2;
    if (n == 1) return {{x[0], 0.0F}};
    std::vector<float> even, odd;
    for (std::size_t i = 0; i < n; i += 2) {
      even.push_back(x[i]);
      odd.push_back(x[i + 1]);
    }
    const std::vector<Complex> e = forward(even), o = forward(odd);
    const bool halves = static_cast<int>(std::log2(n) + 0.5) % 2 == 0;
    std::vector<Complex> out(h + 1);
    out[0].re = sum(e[0].re, o[0].re, halves);
    out[h].re = sum(e[0].re, -o[0].re, halves);
    if (h >= 2) out[h / 2] = {scaled(e[h / 2].re, halves), scaled(-o[h / 2].re, halves)};
    for (std::size_t k = 1; 2 * k < h; ++k) {
      const double angle = 2.0 * pi * static_cast<double>(k) / static_cast<double>(n);
      const auto c = static_cast<float>(portable_cos(angle)), s = static_cast<float>(portable_sin(angle));
      const Complex t{sum(product(c, o[k].re), product(s, o[k].im), false),
                      sum(product(c, o[k].im), -product(s, o[k].re), false)};
      out[k] = {sum(e[k].re, t.re, halves), sum(e[k].im, t.im, halves)};
      out[h - k] = {sum(e[k].re, -t.re, halves), sum(t.im, -e[k].im, halves)};
    }
    return out;
  }

 private:
  float rounded(float x) const {
    round_values({&x, 1}, rounding_);
    return x;
  }
  float scaled(float x, bool halves) const { return rounded(halves ? x * 0.5F : x); }
  float sum(float a, float b, bool halves) {
    ++work.adds;
    return scaled(a + b, halves);
  }
  float product(float a, float b) {
    ++work.muls;
    return rounded(a * b);
  }
  Rounding rounding_;
};

}  // namespace

TEST_CASE("the transform is Fourier's, scaled, and its inverse undoes it", "[fft]") {
  for (const std::size_t n : sizes) {
    const RealFft fft(n);
    const std::vector<float> x = random_values(n, 1);
    std::vector<float> spectrum(n), back(n);
    fft.forward(x.data(), 1, spectrum.data(), {});
    fft.inverse(spectrum.data(), 1, back.data(), {});
    const int steps = static_cast<int>(std::log2(n) + 0.5);
    const auto exact = dft(x);
    // Every step adds a few roundings of the norm of a half-transformed vector.
    const double bound = 4.0 * steps * 0x1p-24 * norm(x);
    for (std::size_t k = 0; k <= n / 2; ++k)
      CHECK(std::abs(at(spectrum, k) - exact[k] * std::exp2(-(steps / 2))) <= 2.0 * bound);
    for (std::size_t t = 0; t < n; ++t)
      CHECK(std::fabs(static_cast<double>(back[t]) - static_cast<double>(x[t])) <= 2.0 * bound);
  }
}

TEST_CASE("each sum, difference and product is rounded, and the cost counts just these", "[fft]") {
  for (const Rounding rounding : all_roundings)
    for (const std::size_t n : sizes) {
      const RealFft fft(n);
      const std::vector<float> x = random_values(n, 2, rounding);
      std::vector<float> spectrum(n), expected(n);
      fft.forward(x.data(), 1, spectrum.data(), rounding);
      Recursion recursion(rounding);
      const auto bins = recursion.forward(x);
      for (std::size_t k = 0; k <= n / 2; ++k) {
        expected[k] = bins[k].re;
        if (k > 0 && 2 * k < n) expected[n - k] = bins[k].im;
      }
      CHECK(spectrum == expected);  // zeros may differ in sign
      CHECK(fft_work(static_cast<int>(n)) == recursion.work);
    }
}

TEST_CASE("operations of a transform follow the published closed form", "[fft]") {
  for (int log = 2; log <= 12; ++log) {
    const std::int64_t n = std::int64_t{1} << log;
    CHECK(fft_work(static_cast<int>(n)).adds == (3 * n * log - 5 * n) / 2 + 4);
    CHECK(fft_work(static_cast<int>(n)).muls == n * log - 3 * n + 4);
  }
  CHECK(fft_work(2) == FftWork{.adds = 2, .muls = 0});
  CHECK(spectral_product_work(64) == FftWork{.adds = 62, .muls = 126});
  CHECK(has_fft(2));
  for (const int size : {0, 1, 3, 48}) CHECK_FALSE(has_fft(size));
}

TEST_CASE("slots bound by spectra add up to the bundle of direct binding", "[fft]") {
  const std::size_t slots = 4;
  for (const std::size_t n : sizes) {
    const RealFft fft(n);
    std::vector<float> spectra(n), direct(n), bundle(n);
    double bound = 0.0;
    for (std::size_t j = 0; j < slots; ++j) {
      const auto key = random_values(n, static_cast<std::uint32_t>(10 + j)),
                 x = random_values(n, static_cast<std::uint32_t>(20 + j));
      std::vector<float> one(n);
      SpectralBinder(key).bind(x.data(), 1, one.data(), {});
      for (std::size_t i = 0; i < n; ++i) spectra[i] += one[i];
      CircularBinder(key).bind(x.data(), 1, one.data(), {});
      for (std::size_t i = 0; i < n; ++i) direct[i] += one[i];
      bound +=
          16.0 * static_cast<double>(n) * 0x1p-24 * norm(key) * norm(x) / std::sqrt(static_cast<double>(n));
    }
    fft.inverse(spectra.data(), 1, bundle.data(), {});
    for (std::size_t i = 0; i < n; ++i)
      CHECK(std::fabs(static_cast<double>(bundle[i]) - static_cast<double>(direct[i])) <= bound);
  }
}

TEST_CASE("a narrow format blurs binding by about its step, whatever the length", "[fft]") {
  // Unscaled steps would overflow int16, or lose log2(C) / 2 bits more, where these lose a part of a step
  // each.
  for (const Rounding rounding : all_roundings)
    for (const std::size_t n : {std::size_t{16}, std::size_t{64}, std::size_t{256}}) {
      const std::size_t count = 64;
      std::vector<float> key = random_values(n, 3);
      for (float& v : key) v /= static_cast<float>(std::sqrt(static_cast<double>(n)));
      const std::vector<float> x = random_values(n * count, 4, rounding);
      std::vector<float> spectra(n * count), fourier(n * count), direct(n * count);
      SpectralBinder(key).bind(x.data(), count, spectra.data(), rounding);
      RealFft(n).inverse(spectra.data(), count, fourier.data(), rounding);
      CircularBinder(key).bind(x.data(), count, direct.data(), {});
      for (std::size_t i = 0; i < fourier.size(); ++i) direct[i] -= fourier[i];
      const double rms = norm(direct) / std::sqrt(static_cast<double>(direct.size()));
      const double step = rounding.format == NumberFormat::Fp32   ? 0x1p-24
                          : rounding.format == NumberFormat::Fp16 ? 0x1p-11
                                                                  : 0x1p-8;
      INFO(to_string(rounding.format) << ", " << n << " values: rms " << rms);
      CHECK(rms < (2.0 + std::log2(n) / 2.0) * step);
      std::vector<float> again = fourier;
      round_values(again, rounding);
      CHECK(same_bytes(again, fourier));
    }
}

TEST_CASE("spectra have the same bytes whatever the batch and the kernel path", "[fft]") {
  const std::size_t n = 64, count = 29;
  const SpectralBinder binder(random_values(n, 5));
  const RealFft fft(n);
  for (const Rounding rounding : all_roundings) {
    const std::vector<float> x = random_values(n * count, 6, rounding);
    std::vector<float> once(n * count), back(n * count);
    binder.bind(x.data(), count, once.data(), rounding);
    fft.inverse(once.data(), count, back.data(), rounding);
    for (const KernelPath path : available_kernel_paths()) {
      const ForcedKernelPath forced(path);
      std::vector<float> one(n * count), one_back(n * count);
      for (std::size_t v = 0; v < count; ++v) {
        binder.bind(x.data() + v * n, 1, one.data() + v * n, rounding);
        fft.inverse(one.data() + v * n, 1, one_back.data() + v * n, rounding);
      }
      CHECK(same_bytes(one, once));
      CHECK(same_bytes(one_back, back));
    }
  }
}
