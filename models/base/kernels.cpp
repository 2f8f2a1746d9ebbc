// SPDX-License-Identifier: Apache-2.0
#include "models/base/kernels.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cpuid.h>
#include <cstdlib>
#include <memory>
#include <string>

#include "models/base/error.hpp"
#include "models/base/kernel_choice.hpp"
#include "models/base/kernel_table.hpp"

namespace mimosa {

namespace {

bool has_f16c() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & bit_F16C) != 0;
}

bool has_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && has_f16c();
}

bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

const KernelTable& table_of(KernelPath path) {
  switch (path) {
    case KernelPath::Portable:
      return portable_kernels;
    case KernelPath::Avx2:
      return avx2_kernels;
    case KernelPath::Avx512:
      break;
  }
  return avx512_kernels;
}

bool is_available(KernelPath path) {
  const auto paths = available_kernel_paths();
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

[[noreturn]] void refuse(std::string_view place, std::string_view name) {
  std::string allowed;
  for (const auto path : available_kernel_paths()) {
    allowed += (allowed.empty() ? "" : ", ") + std::string(to_string(path));
  }
  throw UserError(std::string(place) + ": no kernel path '" + std::string(name) +
                  "' on this machine; allowed: " + allowed);
}

std::atomic<KernelPath>& current_path() {
  static std::atomic<KernelPath> path = chosen_kernel_path(std::getenv("MIMOSA_KERNELS"));
  return path;
}

}  // namespace

std::string_view to_string(KernelPath path) {
  switch (path) {
    case KernelPath::Portable:
      return "portable";
    case KernelPath::Avx2:
      return "avx2";
    case KernelPath::Avx512:
      break;
  }
  return "avx512";
}

std::vector<KernelPath> available_kernel_paths() {
  std::vector<KernelPath> paths{KernelPath::Portable};
  if (has_avx2()) paths.push_back(KernelPath::Avx2);
  if (has_avx512()) paths.push_back(KernelPath::Avx512);
  return paths;
}

KernelPath chosen_kernel_path(const char* wish) {
  const auto paths = available_kernel_paths();
  if (wish == nullptr) return paths.back();
  for (const auto path : paths) {
    if (to_string(path) == wish) return path;
  }
  refuse("MIMOSA_KERNELS", wish);
}

KernelPath kernel_path() {
  return current_path();
}

void use_kernel_path(KernelPath path) {
  if (!is_available(path)) refuse("use_kernel_path", to_string(path));
  current_path() = path;
}

const KernelTable& kernels() {
  return table_of(current_path().load(std::memory_order_relaxed));
}

PackedMatrix::PackedMatrix(std::size_t rows, std::size_t cols)
    : rows_(rows), cols_(cols), storage_((cols + panel - 1) / panel * rows * (panel / line_size)) {
}

PackedMatrix::PackedMatrix(std::size_t rows, std::size_t cols, const float* data, std::size_t stride)
    : PackedMatrix(rows, cols) {
  set_rows(0, rows, data, stride);
}

void PackedMatrix::set_rows(std::size_t row, std::size_t count, const float* values, std::size_t stride) {
  for (std::size_t first = 0; first < cols_; first += panel) {
    float* to = place(first / panel, row);
    for (std::size_t r = 0; r < count; ++r, to += panel)
      std::copy_n(values + r * stride + first, std::min(panel, cols_ - first), to);
  }
}

void PackedMatrix::get_rows(std::size_t row, std::size_t count, float* values, std::size_t stride) const {
  for (std::size_t first = 0; first < cols_; first += panel) {
    const float* from = panel_data(first / panel) + row * panel;
    for (std::size_t r = 0; r < count; ++r, from += panel)
      std::copy_n(from, std::min(panel, cols_ - first), values + r * stride + first);
  }
}

void PackedMatrix::set_perturbed(const PackedMatrix& base, const PackedMatrix& sigma, std::size_t p,
                                 std::size_t row, std::size_t count, const float* normal,
                                 std::size_t stride) {
  assert(base.rows_ == rows_ && base.cols_ == cols_ && sigma.rows_ == rows_ && sigma.cols_ == cols_);
  kernels().perturb_panel({base.panel_data(p) + row * panel, sigma.panel_data(p) + row * panel, normal,
                           stride, count, place(p, row)});
}

void gemm(const PackedMatrix& w, const float* x, std::size_t x_stride, std::size_t count, float* y,
          std::size_t y_stride) {
  static_assert(PackedMatrix::panel == gemm_panel);
  struct alignas(64) Scratch {
    float value[gemm_block_rows * gemm_pitch];
  };
  // Not on the stack: SystemC threads have small ones.
  thread_local const auto scratch = std::make_unique<Scratch>();
  kernels().gemm({w.panel_data(0), w.rows(), w.cols(), x, x_stride, count, y, y_stride, scratch->value});
}

void quantise(std::span<const float> x, float scale, float limit, std::span<float> out) {
  assert(x.size() == out.size());
  kernels().quantise(x.data(), x.size(), scale, limit, out.data());
}

void square(std::span<const float> x, std::span<float> out) {
  assert(x.size() == out.size());
  kernels().square(x.data(), x.size(), out.data());
}

void magnitude(std::span<const float> x, std::span<float> out) {
  assert(x.size() == out.size());
  kernels().magnitude(x.data(), x.size(), out.data());
}

void add_noise(std::span<const float> variance, std::span<const float> normal, std::span<float> value) {
  assert(variance.size() == value.size() && normal.size() == value.size());
  kernels().add_noise(variance.data(), normal.data(), value.size(), value.data());
}

void round_to_fp16(std::span<float> x) {
  kernels().round_to_fp16(x.data(), x.size());
}

void round_to_bf16(std::span<float> x) {
  kernels().round_to_bf16(x.data(), x.size());
}

void scale_shift(std::span<float> x, std::span<const float> scale, std::span<const float> shift) {
  assert(scale.size() == shift.size() && (x.empty() || x.size() % scale.size() == 0));
  if (x.empty()) return;
  kernels().scale_shift(x.data(), x.size() / scale.size(), scale.size(), scale.data(), shift.data());
}

void prelu(std::span<float> x, std::span<const float> slope) {
  assert(x.empty() || x.size() % slope.size() == 0);
  if (x.empty()) return;
  kernels().prelu(x.data(), x.size() / slope.size(), slope.size(), slope.data());
}

void add(std::span<const float> x, std::span<float> y) {
  assert(x.size() == y.size());
  kernels().add(x.data(), x.size(), y.data());
}

void add_scaled(std::span<const float> x, float factor, std::span<float> y) {
  assert(x.size() == y.size());
  kernels().add_scaled(x.data(), x.size(), factor, y.data());
}

void scale_by(std::span<float> x, float factor, float shift) {
  kernels().scale_by(x.data(), x.size(), factor, shift);
}

void add_quantised(std::span<const float> x, float scale, float limit, float factor, std::span<float> y) {
  assert(x.size() == y.size());
  kernels().add_quantised(x.data(), x.size(), scale, limit, factor, y.data());
}

void digits(std::span<const float> x, const DigitField& of, std::span<float> out) {
  assert(x.size() == out.size());
  kernels().digits(x.data(), x.size(), of, out.data());
}

}  // namespace mimosa
