// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

// Seen by the files compiled for AVX2 and AVX-512: plain data and pointers only. An inline function or
// template of the standard library in here might be emitted with AVX code and picked by the linker for the
// whole program.
namespace mimosa {

inline constexpr std::size_t gemm_panel = 32;       ///< columns of a panel
inline constexpr std::size_t gemm_depth = 512;      ///< inputs summed before the accumulators go back to y
inline constexpr std::size_t gemm_block_rows = 96;  ///< batch rows whose inputs are copied at a time
/// Distance of the copied rows: not a power of two, so that the rows of a tile do not share their cache sets.
inline constexpr std::size_t gemm_pitch = gemm_depth + 16;

struct GemmArguments {
  const float* w;  ///< panels of `rows` × 32
  std::size_t rows, cols;
  const float* x;
  std::size_t x_stride, count;
  float* y;
  std::size_t y_stride;
  float* scratch;  ///< gemm_block_rows × gemm_pitch, 64-byte aligned
};

struct NormalsArguments {
  std::uint64_t key;
  std::uint32_t pass, mvm, first;
  float* out;
  std::size_t size;
};

/// out = fma(sigma, normal, base) over `rows` rows of a panel; rows of `normal` are `stride` apart.
struct PanelArguments {
  const float *base, *sigma, *normal;
  std::size_t stride, rows;
  float* out;
};

/// What Poisson events of rate 1 leave, element by element: that of the last one up to `until` in a unit of
/// time, or of the last one in the units before. Unit {high, low} of element `index` has the words of counter
/// {index, high, low, 0}, and beyond three events those of {index, high + 1, low, 0}; `high` goes in twos.
/// Times within a unit and shares are in units of 2⁻¹⁶.
struct LastEventArguments {
  std::uint64_t key;
  const std::uint32_t *index, *high, *low, *until;
  const std::uint32_t* share;  ///< of events that leave a 1
  std::size_t size;            ///< a multiple of 16
  std::uint32_t* state;        ///< 1 or 0
};

/// One digit of integers: out = ±(bits of `field` of |x|, or of x in two's complement) · unit, where `unit`
/// is 1 over the lowest bit of `field`. `positive`, `negative`: whether such numbers have digits other than
/// 0.
struct DigitField {
  std::uint32_t field;
  float unit;
  bool complement, positive, negative;
};

/// The kernels of one instruction set; meanings as in kernels.hpp and random.hpp.
struct KernelTable {
  void (*gemm)(const GemmArguments&);
  void (*normals)(const NormalsArguments&);
  void (*quantise)(const float* x, std::size_t size, float scale, float limit, float* out);
  /// x[i] = clamp(round-half-even(x[i] · scale), low, high) / scale; scale is a power of two; NaN becomes low
  /// / scale.
  void (*fixed_point)(float* x, std::size_t size, float scale, float low, float high);
  void (*square)(const float* x, std::size_t size, float* out);
  void (*magnitude)(const float* x, std::size_t size, float* out);
  void (*add_noise)(const float* variance, const float* normal, std::size_t size, float* value);
  void (*round_to_fp16)(float* x, std::size_t size);
  void (*round_to_bf16)(float* x, std::size_t size);
  void (*scale_shift)(float* x, std::size_t rows, std::size_t cols, const float* scale, const float* shift);
  void (*prelu)(float* x, std::size_t rows, std::size_t cols, const float* slope);
  void (*add)(const float* x, std::size_t size, float* y);
  void (*add_scaled)(const float* x, std::size_t size, float factor, float* y);
  void (*scale_by)(float* x, std::size_t size, float factor, float shift);
  void (*add_quantised)(const float* x, std::size_t size, float scale, float limit, float factor, float* y);
  void (*perturb_panel)(const PanelArguments&);
  void (*last_events)(const LastEventArguments&);
  void (*digits)(const float* x, std::size_t size, const DigitField& of, float* out);
};

extern const KernelTable portable_kernels;
extern const KernelTable avx2_kernels;
extern const KernelTable avx512_kernels;

/// The table in use.
[[nodiscard]] const KernelTable& kernels();

}  // namespace mimosa
