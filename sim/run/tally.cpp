// SPDX-License-Identifier: Apache-2.0
#include "sim/run/tally.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "models/base/statistics.hpp"

namespace mimosa {
namespace {

/// The class with the largest output, of each row.
std::vector<std::uint8_t> answers_of(std::span<const float> outputs, std::size_t classes) {
  std::vector<std::uint8_t> answers(outputs.size() / classes);
  for (std::size_t r = 0; r < answers.size(); ++r) {
    const auto row = outputs.subspan(r * classes, classes);
    answers[r] = static_cast<std::uint8_t>(std::max_element(row.begin(), row.end()) - row.begin());
  }
  return answers;
}

}  // namespace

std::vector<float> picked(std::span<const float> outputs, std::span<const std::size_t> rows,
                          std::size_t classes) {
  std::vector<float> answers(rows.size() * classes);
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::copy_n(outputs.begin() + static_cast<std::ptrdiff_t>(rows[i] * classes), classes,
                answers.begin() + static_cast<std::ptrdiff_t>(i * classes));
  return answers;
}

Tally::Tally(Arrangement arrangement, std::vector<std::uint8_t> labels, std::size_t classes)
    : arrangement_(std::move(arrangement)),
      labels_(std::move(labels)),
      classes_(classes),
      of_slots_(static_cast<std::size_t>(arrangement_.inputs_per_pass)),
      answers_(classes, 0.0) {
  right_.of_inputs.assign(labels_.size(), 0.0);
  wrong_key_.of_inputs.assign(labels_.size(), 0.0);
}

std::size_t Tally::next_row(std::size_t input) const {
  const auto n = static_cast<std::size_t>(arrangement_.inputs_per_pass);
  return arrangement_.pass_of(input) * n + (arrangement_.rows[input] + 1) % n;
}

/// Not in a short last pass, whose slots repeat.
bool Tally::has_next_slot(std::size_t input) const {
  const auto n = static_cast<std::size_t>(arrangement_.inputs_per_pass);
  return n > 1 && (arrangement_.pass_of(input) + 1) * n <= arrangement_.inputs.size();
}

void Tally::count(Count& count, std::span<const std::uint8_t> answers, bool next_slot) const {
  double hits = 0.0, inputs = 0.0;
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    if (next_slot && !has_next_slot(i)) continue;
    const bool hit = answers[next_slot ? next_row(i) : arrangement_.rows[i]] == labels_[i];
    count.of_inputs[i] += hit ? 1.0 : 0.0;
    hits += hit ? 1.0 : 0.0;
    inputs += 1.0;
  }
  if (inputs > 0.0) count.of_chips.push_back(hits / inputs);
}

void Tally::add(std::span<const float> outputs) {
  const std::vector<std::uint8_t> answers = answers_of(outputs, classes_);
  count(right_, answers, false);
  count(wrong_key_, answers, true);
  std::vector<double> hits(of_slots_.size(), 0.0), inputs(of_slots_.size(), 0.0);
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    const auto slot = static_cast<std::size_t>(arrangement_.slot_of(i));
    hits[slot] += answers[arrangement_.rows[i]] == labels_[i] ? 1.0 : 0.0;
    inputs[slot] += 1.0;
    if (has_next_slot(i)) answers_[answers[next_row(i)]] += 1.0;
  }
  for (std::size_t s = 0; s < hits.size(); ++s)
    if (inputs[s] > 0.0) of_slots_[s].push_back(hits[s] / inputs[s]);
}

std::optional<double> Tally::inputs_ci95(const Count& count, bool next_slot) const {
  std::map<std::size_t, std::pair<double, double>> passes;  // sum and number of inputs
  const auto chips = static_cast<double>(count.of_chips.size());
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    if (next_slot && !has_next_slot(i)) continue;
    auto& [sum, inputs] = passes[arrangement_.pass_of(i)];
    sum += count.of_inputs[i] / chips;
    inputs += 1.0;
  }
  if (passes.size() < 2) return std::nullopt;
  std::vector<double> means;
  for (const auto& [pass, sums] : passes) means.push_back(sums.first / sums.second);
  return mean_interval(means).ci95;
}

/// Σ over classes of the share of labels times the share of answers.
double Tally::chance() const {
  std::vector<double> labels(classes_, 0.0);
  double inputs = 0.0, answers = 0.0, sum = 0.0;
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    if (!has_next_slot(i)) continue;
    labels[labels_[i]] += 1.0;
    inputs += 1.0;
  }
  for (std::size_t c = 0; c < classes_; ++c) {
    sum += labels[c] * answers_[c];
    answers += answers_[c];
  }
  return answers > 0.0 ? sum / (inputs * answers) : 0.0;
}

void Tally::write(AccuracyResult& result) const {
  result.inputs = static_cast<std::int64_t>(labels_.size());
  result.analog = right_.of_chips;
  result.analog_interval = mean_interval(right_.of_chips);
  result.inputs_ci95 = inputs_ci95(right_, false);
  result.of_inputs.assign(labels_.size(), 0.0);
  std::vector<std::size_t> order(labels_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return arrangement_.rows[a] < arrangement_.rows[b]; });
  for (std::size_t place = 0; place < order.size(); ++place)
    result.of_inputs[place] = right_.of_inputs[order[place]] / static_cast<double>(right_.of_chips.size());
  result.inputs_that_count = arrangement_.inputs.size() == labels_.size() ? arrangement_.inputs_per_pass : 1;
  if (arrangement_.inputs_per_pass == 1) return;
  for (std::size_t s = 0; s < of_slots_.size(); ++s) {
    const auto in_slot = [&](std::size_t i) { return arrangement_.slot_of(i) == static_cast<int>(s); };
    result.slots.push_back({std::count_if(order.begin(), order.end(), in_slot), mean_interval(of_slots_[s])});
  }
  if (!wrong_key_.of_chips.empty())
    result.wrong_key =
        WrongKeyResult{mean_interval(wrong_key_.of_chips), inputs_ci95(wrong_key_, true), chance()};
}

}  // namespace mimosa
