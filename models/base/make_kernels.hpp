// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "models/base/elementwise_template.hpp"
#include "models/base/events_template.hpp"
#include "models/base/gemm_template.hpp"
#include "models/base/kernel_table.hpp"
#include "models/base/normals_template.hpp"

// Anonymous: see kernel_table.hpp.
namespace mimosa {
namespace {

template <class V>
constexpr KernelTable make_kernels() {
  return {.gemm = gemm<V>,
          .normals = normals<V>,
          .quantise = quantise<V>,
          .fixed_point = fixed_point<V>,
          .square = square<V>,
          .magnitude = magnitude<V>,
          .add_noise = add_noise<V>,
          .round_to_fp16 = round_to_fp16<V>,
          .round_to_bf16 = round_to_bf16<V>,
          .scale_shift = scale_shift<V>,
          .prelu = prelu<V>,
          .add = add<V>,
          .add_scaled = add_scaled<V>,
          .scale_by = scale_by<V>,
          .add_quantised = add_quantised<V>,
          .perturb_panel = perturb_panel<V>,
          .last_events = last_events<V>,
          .digits = digits<V>};
}

}  // namespace
}  // namespace mimosa
