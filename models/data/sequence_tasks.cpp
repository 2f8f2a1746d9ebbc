// SPDX-License-Identifier: Apache-2.0
#include "models/data/sequence_tasks.hpp"

#include <algorithm>

#include "models/base/random.hpp"
#include "models/data/list_ops.hpp"

namespace mimosa {
namespace {

std::optional<Example> attempt(const std::string& dataset, const TaskSpec& task, Draws draws) {
  if (dataset == "list_ops") return list_ops(task, draws);
  return dataset == "induction_head" ? induction_head(task, draws) : associative_recall(task, draws);
}

bool belongs(const Example& example, Split split) {
  const int kind = hash_class(std::span(example.tokens).first(example.context));
  return split == Split::Test ? kind == 0 : split == Split::HeldOut ? kind == 1 : kind > 1;
}

std::uint8_t symbol(std::uint32_t value) {
  return static_cast<std::uint8_t>(value);
}

}  // namespace

std::uint32_t Draws::below(int n) {
  if (next_ % 4 == 0) block_ = random_block(key_, next_ / 4, attempt_, sequence_);
  return static_cast<std::uint32_t>((std::uint64_t{block_[next_++ % 4]} * static_cast<std::uint64_t>(n)) >>
                                    32);
}

Example associative_recall(const TaskSpec& task, Draws& draws) {
  const auto keys = static_cast<std::uint32_t>(task.keys),
             arrow = keys + static_cast<std::uint32_t>(task.values) + 1;
  std::vector<std::uint32_t> value(keys), present;
  for (std::uint32_t& v : value) v = 1 + keys + draws.below(task.values);
  Example example;
  for (int i = 0; i < task.pairs; ++i) {
    const std::uint32_t key = draws.below(task.keys);
    present.push_back(key);
    example.tokens.insert(example.tokens.end(), {symbol(1 + key), symbol(value[key])});
  }
  std::sort(present.begin(), present.end());
  present.erase(std::unique(present.begin(), present.end()), present.end());
  const std::uint32_t asked = present[draws.below(static_cast<int>(present.size()))];
  example.context = example.tokens.size();
  example.tokens.insert(example.tokens.end(), {symbol(arrow), symbol(1 + asked)});
  example.answer = static_cast<int>(value[asked]);
  return example;
}

Example induction_head(const TaskSpec& task, Draws& draws) {
  const std::uint8_t arrow = symbol(static_cast<std::uint32_t>(task.vocabulary) - 1);
  Example example;
  for (int i = 0; i < task.length; ++i)
    example.tokens.push_back(symbol(1 + draws.below(task.vocabulary - 2)));
  const std::size_t at = draws.below(task.length - 2);
  example.tokens[at] = arrow;
  example.context = example.tokens.size();
  example.answer = example.tokens[at + 1];
  example.tokens.push_back(arrow);
  return example;
}

int hash_class(std::span<const std::uint8_t> context) {
  std::uint64_t h = 0xCBF29CE484222325U;
  for (const std::uint8_t token : context) h = (h ^ token) * 0x100000001B3U;
  return static_cast<int>((h ^ (h >> 32)) % 16);
}

Dataset draw_sequences(const std::string& dataset, const TaskSpec& task, std::size_t length, Split split,
                       std::size_t count, std::uint64_t seed) {
  Dataset result{.inputs = {}, .labels = {}, .input_size = length, .tokens = true};
  const std::uint64_t key =
      random_key({.seed = seed, .chip = 0, .layer = dataset, .part = static_cast<std::uint32_t>(split)},
                 Effect::Sequences);
  for (std::size_t i = 0; i < count; ++i) {
    std::optional<Example> example;
    for (std::uint32_t tried = 0; !example || !belongs(*example, split); ++tried)
      example = attempt(dataset, task, {key, static_cast<std::uint32_t>(i), tried});
    example->tokens.resize(length, Fill);
    result.inputs.insert(result.inputs.end(), example->tokens.begin(), example->tokens.end());
    result.labels.push_back(static_cast<std::uint8_t>(example->answer));
  }
  return result;
}

Dataset pixel_sequences(const Dataset& images, int pool) {
  constexpr int side = 28;
  const int pixels = pool * pool, across = side / pool;
  Dataset result{.inputs = {},
                 .labels = images.labels,
                 .input_size = static_cast<std::size_t>(across * across),
                 .tokens = true};
  result.inputs.reserve(images.size() * result.input_size);
  for (std::size_t i = 0; i < images.size(); ++i) {
    const std::uint8_t* image = images.inputs.data() + i * images.input_size;
    for (int y = 0; y < across; ++y)
      for (int x = 0; x < across; ++x) {
        int sum = pixels / 2;
        for (int p = 0; p < pixels; ++p) sum += image[(y * pool + p / pool) * side + x * pool + p % pool];
        result.inputs.push_back(static_cast<std::uint8_t>(sum / pixels));
      }
  }
  return result;
}

}  // namespace mimosa
