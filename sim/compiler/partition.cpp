// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/partition.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "hw/program/geometry.hpp"
#include "hw/program/signed_copies.hpp"
#include "hw/program/text.hpp"
#include "models/base/error.hpp"
#include "models/digital/fft.hpp"
#include "sim/compiler/reduce.hpp"
#include "sim/compiler/replicate.hpp"

namespace mimosa {
namespace {

constexpr int host = -1;  // stage of the network's input

/// Walks the graph once and hands every node to a stage.
class Grouping {
 public:
  Grouping(const Graph& graph, const ChipSpec& chip, const CompilerOptions& options)
      : graph_(graph), chip_(chip), options_(options), stage_of_(graph.nodes.size(), host) {
    if (options.signs == SignPlace::Crossbar) find_copies();
    for (std::size_t i = 1; i < graph.nodes.size(); ++i) place(static_cast<int>(i));
    find_exports();
  }
  std::vector<Stage> take() { return std::move(stages_); }

 private:
  const Node& node(int index) const { return graph_.nodes[static_cast<std::size_t>(index)]; }
  int stage_of(int index) const { return stage_of_[static_cast<std::size_t>(index)]; }

  int readers(int index) const {
    int count = 0;
    for (const Node& n : graph_.nodes)
      count += static_cast<int>(std::count(n.inputs.begin(), n.inputs.end(), index));
    return count;
  }

  void place(int index) {
    const Node& n = node(index);
    check_matrix_unit(n);
    if (const auto found = copies_.find(index); found != copies_.end()) return start_copies(found->second);
    if (joins_copies_.count(index) != 0) return;
    if (n.op == OpKind::Conv2d || n.op == OpKind::Linear || n.op == OpKind::Unbind) return start(index, true);
    const bool in_crossbar = options_.binding == BindingPlace::Crossbar, is_bind = n.op == OpKind::Bind;
    if (is_bind && options_.binding != BindingPlace::Digital) check_bundled(index);
    if (is_bind && in_crossbar) return;  // joins its bundle
    if (is_bind && options_.binding == BindingPlace::Fft) check_transform(n);
    if (n.op == OpKind::Bundle && in_crossbar && node(n.inputs[0]).op == OpKind::Bind)
      return start(index, true);
    if (gathers_rows(graph_, n)) return start(index, false);
    const int last = *std::max_element(n.inputs.begin(), n.inputs.end());
    const int stage = stage_of(last);
    if (stage == host || would_wait_for_itself(n, stage)) return start(index, false);
    join(index, stage, last);
  }

  /// Stacked circulants add the slots on the bit line, and spectra are only turned back once added, so
  /// nothing else may read the single bound slots.
  void check_bundled(int index) const {
    const char* form = options_.binding == BindingPlace::Crossbar ? "in a crossbar" : "by Fourier transform";
    for (const Node& n : graph_.nodes)
      for (const int input : n.inputs)
        if (input == index && n.op != OpKind::Bundle)
          throw UserError("node " + node(index).name + ": binding " + form + " gives only the bundle, but " +
                          n.name + " reads the bound slots; use compiler.binding: digital");
    if (index == static_cast<int>(graph_.nodes.size()) - 1)
      throw UserError("node " + node(index).name +
                      ": a bound value is never bundled; use compiler.binding: digital");
  }

  void check_matrix_unit(const Node& n) const {
    if ((n.op == OpKind::Attention || n.op == OpKind::SoftmaxAttention) && chip_.matrix.macs_per_cycle == 0)
      throw UserError("chip.matrix.macs_per_cycle: 0, but " + n.name + " is " + std::string(to_string(n.op)) +
                      ", whose products need a matrix unit; take chip hermes-attention or set it from 1 up");
  }

  static void check_transform(const Node& bind) {
    if (!has_fft(bind.shape.channels))
      throw UserError("node " + bind.name + ": binding by Fourier transform needs a power of two of " +
                      "channels, not " + std::to_string(bind.shape.channels) +
                      "; use compiler.binding: digital or crossbar");
  }

  /// Whether the stage of a node must know that the slots are bound as spectra.
  bool uses_spectra(const Node& n) const {
    const bool reads = n.op == OpKind::Bundle && node(n.inputs[0]).op == OpKind::Bind;
    return options_.binding == BindingPlace::Fft && (n.op == OpKind::Bind || reads);
  }

  /// Sums over a grid that bit lines add, and what is in arrays with them.
  void find_copies() {
    for (std::size_t i = 1; i < graph_.nodes.size(); ++i)
      if (const auto found = signed_copies(graph_, static_cast<int>(i))) {
        copies_[found->sum] = *found;
        joins_copies_.insert({found->projection, found->keys});
        for (int heads = node(found->keys).inputs.front(); heads != found->projection;
             heads = node(heads).inputs.front())
          joins_copies_.insert(heads);
      }
  }

  void start_copies(const SignedCopies& copies) {
    const Node &projection = node(copies.projection), &sum = node(copies.sum);
    Stage s;
    s.name = s.analog = projection.name;
    s.result = sum.name;
    s.iterations = sum.shape.height;
    s.rows_per_iteration = sum.slots;
    s.mvms = 1;
    s.signed_copies = true;
    s.blocks = copy_blocks(copies, chip_.array.rows, logical_cols(chip_.analog, chip_.array.cols));
    s.sums = reduction_tree(s, chip_, options_.sum_fan_in);
    stage_of_[static_cast<std::size_t>(copies.sum)] = add(std::move(s));
    note_inputs(projection, stage_of(copies.sum));
  }

  int add(Stage stage) {
    stages_.push_back(std::move(stage));
    depends_.emplace_back();
    return static_cast<int>(stages_.size()) - 1;
  }

  void start(int index, bool analog) {
    const Node& n = node(index);
    Stage s;
    s.name = n.name;
    s.iterations = n.op == OpKind::Unbind ? 1 : row_count(n);
    s.rows_per_iteration = n.op == OpKind::Unbind ? row_count(n) : 1;
    s.slots = n.op == OpKind::Unbind ? 1 : n.slots;
    if (n.op == OpKind::Attention) {
      s.recurrence = {.positions = n.shape.height,
                      .mutual = mutual_positions(n.sequence, n.shape.height),
                      .absorb = absorb_work(graph_, n, chip_)};
      s.iterations = 2 * n.shape.height;
      s.rows_per_iteration = n.slots;
      s.slots = 1;
    }
    if (analog) {
      s.analog = s.result = n.name;
      s.mvms = n.op == OpKind::Unbind ? 1 : n.shape.width;
      s.blocks = cut(matrix_shape(graph_, n));
      s.sums = reduction_tree(s, chip_, options_.sum_fan_in);
    } else {
      s.digital.push_back(n.name);
      s.fft = uses_spectra(n);
    }
    const int stage = add(std::move(s));
    stage_of_[static_cast<std::size_t>(index)] = stage;
    note_inputs(n, stage);
    if (analog && n.op == OpKind::Bundle) note_inputs(node(n.inputs[0]), stage);
  }

  void join(int index, int stage, int last) {
    const Node& n = node(index);
    Stage& s = stages_[static_cast<std::size_t>(stage)];
    const bool folds = n.op == OpKind::BatchNorm && s.result == node(last).name && s.result == s.analog &&
                       readers(last) == 1;
    if (folds)
      s.result = n.name;
    else
      s.digital.push_back(n.name);
    s.fft = s.fft || uses_spectra(n);
    stage_of_[static_cast<std::size_t>(index)] = stage;
    note_inputs(n, stage);
  }

  void note_inputs(const Node& n, int stage) {
    auto& mine = depends_[static_cast<std::size_t>(stage)];
    for (const int input : n.inputs) {
      const int from = stage_of(input);
      if (from == host || from == stage) continue;
      mine.insert(from);
      mine.insert(depends_[static_cast<std::size_t>(from)].begin(),
                  depends_[static_cast<std::size_t>(from)].end());
    }
  }

  /// A stage runs its nodes together, so it must not read what depends on another of its own rows.
  bool would_wait_for_itself(const Node& n, int stage) const {
    return std::any_of(n.inputs.begin(), n.inputs.end(), [&](int input) {
      const int from = stage_of(input);
      return from != host && from != stage && depends_[static_cast<std::size_t>(from)].count(stage) != 0;
    });
  }

  std::vector<Block> cut(const MatrixShape& m) const {
    std::vector<Block> blocks;
    const int cols = logical_cols(chip_.analog, chip_.array.cols);
    for (int col = 0; col < m.cols; col += cols)
      for (int row = 0; row < m.rows; row += chip_.array.rows)
        blocks.push_back({row, std::min(chip_.array.rows, m.rows - row), col, std::min(cols, m.cols - col)});
    return blocks;
  }

  void find_exports() {
    for (std::size_t i = 1; i < graph_.nodes.size(); ++i) {
      const int stage = stage_of(static_cast<int>(i));
      if (stage == host) continue;  // joined its bundle
      bool leaves = i + 1 == graph_.nodes.size();
      for (std::size_t j = i + 1; j < graph_.nodes.size(); ++j)
        for (const int input : graph_.nodes[j].inputs)
          leaves = leaves || (input == static_cast<int>(i) && stage_of(static_cast<int>(j)) != stage);
      if (leaves) stages_[static_cast<std::size_t>(stage)].exports.push_back(graph_.nodes[i].name);
    }
  }

  const Graph& graph_;
  const ChipSpec& chip_;
  const CompilerOptions& options_;
  std::vector<int> stage_of_;
  std::map<int, SignedCopies> copies_;  ///< by their sum
  std::set<int> joins_copies_;
  std::vector<Stage> stages_;
  std::vector<std::set<int>> depends_;
};

}  // namespace

Partition partition(const Graph& graph, const ChipSpec& chip, const CompilerOptions& options) {
  return {Grouping(graph, chip, options).take()};
}

std::string to_text(const Partition& p) {
  std::string text;
  for (const Stage& stage : p.stages) append_stage(text, stage);
  return text;
}

Partition partition_from_text(const std::string& text) {
  Partition p;
  for (const Record& record : parse_records(text))
    if (!take_stage_record(record, p.stages)) refuse_record(record, "stage, block or sum");
  return p;
}

}  // namespace mimosa
