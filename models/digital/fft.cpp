// SPDX-License-Identifier: Apache-2.0
#include "models/digital/fft.hpp"

#include <bit>
#include <cassert>

#include "models/base/portable_math.hpp"

namespace mimosa {
namespace {

constexpr double pi = 3.14159265358979323846;

/// Values of one index for all vectors, next to one another.
struct Rows {
  float* data;
  std::size_t count;
  [[nodiscard]] float* at(std::size_t index) const { return data + index * count; }
};

/// visit(place in the vectors, place in the rows) of every value; `order` empty: rows in the vectors' order.
template <class Visit>
void for_values(std::size_t size, std::size_t count, std::span<const std::size_t> order, const Visit& visit) {
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t v = 0; v < count; ++v) visit(v * size + i, (order.empty() ? i : order[i]) * count + v);
}

/// (a, b) ← (a + b, a − b), not yet rounded.
void sum_and_difference(float* a, float* b, std::size_t count) {
  for (std::size_t v = 0; v < count; ++v) {
    const float x = a[v], y = b[v];
    a[v] = x + y;
    b[v] = x - y;
  }
}

/// Products of a complex number with cos + i sin: cos · re, sin · im, cos · im, sin · re.
void multiply(const float* re, const float* im, float cosine, float sine, std::size_t count, float* out) {
  for (std::size_t v = 0; v < count; ++v) {
    out[v] = cosine * re[v];
    out[count + v] = sine * im[v];
    out[2 * count + v] = cosine * im[v];
    out[3 * count + v] = sine * re[v];
  }
}

/// The products put together: turned by +angle (`sign` 1) or −angle (−1).
void add_products(const float* products, float sign, std::size_t count, float* re, float* im) {
  for (std::size_t v = 0; v < count; ++v) {
    re[v] = products[v] - sign * products[count + v];
    im[v] = products[2 * count + v] + sign * products[3 * count + v];
  }
}

/// Rounding what is rounded already changes nothing, so that all values may be taken at once.
void finish(std::vector<float>& values, bool halves, Rounding rounding) {
  if (halves)
    for (float& v : values) v *= 0.5F;
  round_values(values, rounding);
}

int log2_of(std::size_t size) {
  return std::countr_zero(size);
}

}  // namespace

bool has_fft(int size) {
  return size >= 2 && std::has_single_bit(static_cast<unsigned>(size));
}

FftWork fft_work(int size) {
  FftWork work;
  for (std::int64_t whole = 2; whole <= size; whole *= 2) {
    const std::int64_t groups = size / whole, turned = whole >= 4 ? whole / 4 - 1 : 0;
    work.adds += groups * (2 + 6 * turned);
    work.muls += groups * 4 * turned;
  }
  return work;
}

FftWork spectral_product_work(int size) {
  const std::int64_t complex = size / 2 - 1;
  return {.adds = 2 * complex, .muls = 2 + 4 * complex};
}

/// Spectra of `whole` values from those of the even and the odd ones, or back, in all groups.
struct RealFft::Step {
  std::size_t whole, count;  ///< values of a group; vectors
  bool halves;

  /// visit(group, k, index of the factor) for every factor that is not 1 or i.
  template <class Visit>
  void for_turned(std::size_t size, const Visit& visit) const {
    for (std::size_t first = 0; first < size; first += whole)
      for (std::size_t k = 1; 4 * k < whole; ++k) visit(first, k, k * (size / whole));
  }
};

RealFft::RealFft(std::size_t size) : size_(size), reversed_(size) {
  assert(has_fft(static_cast<int>(size)));
  const int bits = log2_of(size);
  for (std::size_t i = 0; i < size; ++i) {
    const double angle = 2.0 * pi * static_cast<double>(i) / static_cast<double>(size);
    cosines_.push_back(portable_cos(angle));
    sines_.push_back(portable_sin(angle));
    for (int b = 0; b < bits; ++b) reversed_[i] |= ((i >> b) & 1U) << (bits - 1 - b);
  }
}

/// In place: with h half of a group, E and O the spectra of even and odd values and t = O[k] exp(−2πi k /
/// 2h), X[k] = E[k] + t and X[h − k] = conj(E[k] − t) take the four places of E[k] and O[k].
void RealFft::forward_step(const Step& step, std::vector<float>& values, Rounding rounding) const {
  const std::size_t h = step.whole / 2, count = step.count;
  const Rows rows{values.data(), count};
  thread_local std::vector<float> products;
  products.resize(4 * count * (size_ / 4 + 1));
  std::size_t used = 0;
  step.for_turned(size_, [&](std::size_t g, std::size_t k, std::size_t factor) {
    multiply(rows.at(g + h + k), rows.at(g + step.whole - k), static_cast<float>(cosines_[factor]),
             static_cast<float>(sines_[factor]), count, products.data() + used);
    used += 4 * count;
  });
  round_values(std::span(products).first(used), rounding);
  used = 0;
  step.for_turned(size_, [&](std::size_t g, std::size_t k, std::size_t) {
    add_products(products.data() + used, -1.0F, count, rows.at(g + h + k), rows.at(g + step.whole - k));
    used += 4 * count;
  });
  round_values(values, rounding);
  for (std::size_t g = 0; g < size_; g += step.whole) {
    sum_and_difference(rows.at(g), rows.at(g + h), count);
    if (h < 2) continue;
    float* middle = rows.at(g + h + h / 2);  // X[h / 2] = E[h / 2] − i O[h / 2]
    for (std::size_t v = 0; v < count; ++v) middle[v] = -middle[v];
  }
  step.for_turned(size_, [&](std::size_t g, std::size_t k, std::size_t) {
    float *a = rows.at(g + k), *b = rows.at(g + h - k), *c = rows.at(g + h + k),
          *d = rows.at(g + step.whole - k);
    for (std::size_t v = 0; v < count; ++v) {
      const float e_re = a[v], e_im = b[v], t_re = c[v], t_im = d[v];
      a[v] = e_re + t_re;
      b[v] = e_re - t_re;
      c[v] = t_im - e_im;
      d[v] = e_im + t_im;
    }
  });
  finish(values, step.halves, rounding);
}

/// The same backwards: 2 E[k] = X[k] + conj(X[h − k]), 2 t = X[k] − conj(X[h − k]), O[k] = t exp(2πi k / 2h).
void RealFft::inverse_step(const Step& step, std::vector<float>& values, Rounding rounding) const {
  const std::size_t h = step.whole / 2, count = step.count;
  const Rows rows{values.data(), count};
  for (std::size_t g = 0; g < size_; g += step.whole) {
    sum_and_difference(rows.at(g), rows.at(g + h), count);
    if (h < 2) continue;
    float *re = rows.at(g + h / 2), *im = rows.at(g + h + h / 2);
    for (std::size_t v = 0; v < count; ++v) {
      re[v] *= 2.0F;
      im[v] *= -2.0F;
    }
  }
  step.for_turned(size_, [&](std::size_t g, std::size_t k, std::size_t) {
    float *a = rows.at(g + k), *b = rows.at(g + h - k), *c = rows.at(g + h + k),
          *d = rows.at(g + step.whole - k);
    for (std::size_t v = 0; v < count; ++v) {
      const float near_re = a[v], far_re = b[v], far_im = c[v], near_im = d[v];
      a[v] = near_re + far_re;
      b[v] = near_im - far_im;
      c[v] = near_re - far_re;
      d[v] = near_im + far_im;
    }
  });
  finish(values, step.halves, rounding);
  thread_local std::vector<float> products;
  products.resize(4 * count * (size_ / 4 + 1));
  std::size_t used = 0;
  step.for_turned(size_, [&](std::size_t g, std::size_t k, std::size_t factor) {
    multiply(rows.at(g + h + k), rows.at(g + step.whole - k), static_cast<float>(cosines_[factor]),
             static_cast<float>(sines_[factor]), count, products.data() + used);
    used += 4 * count;
  });
  round_values(std::span(products).first(used), rounding);
  used = 0;
  step.for_turned(size_, [&](std::size_t g, std::size_t k, std::size_t) {
    add_products(products.data() + used, 1.0F, count, rows.at(g + h + k), rows.at(g + step.whole - k));
    used += 4 * count;
  });
  round_values(values, rounding);
}

void RealFft::forward(const float* x, std::size_t count, float* spectra, Rounding rounding) const {
  thread_local std::vector<float> values;
  values.resize(size_ * count);
  for_values(size_, count, reversed_, [&](std::size_t from, std::size_t to) { values[to] = x[from]; });
  bool halves = false;
  for (std::size_t whole = 2; whole <= size_; whole *= 2, halves = !halves)
    forward_step({whole, count, halves}, values, rounding);
  for_values(size_, count, {}, [&](std::size_t to, std::size_t from) { spectra[to] = values[from]; });
}

void RealFft::inverse(const float* spectra, std::size_t count, float* x, Rounding rounding) const {
  thread_local std::vector<float> values;
  values.resize(size_ * count);
  for_values(size_, count, {}, [&](std::size_t from, std::size_t to) { values[to] = spectra[from]; });
  bool halves = log2_of(size_) % 2 == 1;  // where `forward` does not
  for (std::size_t whole = size_; whole >= 2; whole /= 2, halves = !halves)
    inverse_step({whole, count, halves}, values, rounding);
  for_values(size_, count, reversed_, [&](std::size_t to, std::size_t from) { x[to] = values[from]; });
}

SpectralBinder::SpectralBinder(std::span<const float> key) : fft_(key.size()), key_(key.size()) {
  const std::size_t size = key.size();
  for (std::size_t k = 0; k <= size / 2; ++k) {
    double re = 0.0, im = 0.0;
    for (std::size_t m = 0; m < size; ++m) {
      re += static_cast<double>(key[m]) * fft_.cosines()[k * m % size];
      im -= static_cast<double>(key[m]) * fft_.sines()[k * m % size];
    }
    key_[k] = static_cast<float>(re);
    if (k > 0 && 2 * k < size) key_[size - k] = static_cast<float>(im);
  }
}

void SpectralBinder::bind(const float* x, std::size_t count, float* spectra, Rounding rounding) const {
  fft_.forward(x, count, spectra, rounding);
  const std::size_t size = fft_.size();
  thread_local std::vector<float> products;
  products.resize(2 * size);
  for (std::size_t v = 0; v < count; ++v) {
    float* y = spectra + v * size;
    for (const std::size_t k : {std::size_t{0}, size / 2}) y[k] *= key_[k];
    for (std::size_t k = 1; 2 * k < size; ++k)
      multiply(y + k, y + size - k, key_[k], key_[size - k], 1, products.data() + 4 * (k - 1));
    round_values(std::span(products).first(4 * (size / 2 - 1)), rounding);
    for (std::size_t k = 1; 2 * k < size; ++k)
      add_products(products.data() + 4 * (k - 1), 1.0F, 1, y + k, y + size - k);
  }
  round_values({spectra, count * size}, rounding);
}

}  // namespace mimosa
