// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

namespace mimosa {

/// Parameters of the data sets of sequences (`models/data/sequence_tasks.hpp`); each has some of them.
struct TaskSpec {
  int keys = 5, values = 5, pairs = 10;  ///< associative_recall
  int vocabulary = 20, length = 30;      ///< induction_head
  int shortest = 500, longest = 2000;    ///< list_ops
  int pool = 2;                          ///< fashion_mnist_sequence
  friend bool operator==(const TaskSpec&, const TaskSpec&) = default;
};

/// The parameters of one data set, each once; tokens stay below 256.
template <class Visitor>
void describe_task(Visitor& visit, std::string_view dataset, TaskSpec& task) {
  if (dataset == "associative_recall") {
    visit.field("keys", task.keys, "1", "symbols that are keys", 1, 126);
    visit.field("values", task.values, "1", "symbols that are values", 1, 126);
    visit.field("pairs", task.pairs, "1", "pairs before the question", 1, 4096);
  }
  if (dataset == "induction_head") {
    visit.field("vocabulary", task.vocabulary, "1", "tokens, two of them special", 3, 256);
    visit.field("length", task.length, "1", "tokens before the last one", 3, 8192);
  }
  if (dataset == "list_ops") {
    visit.field("shortest", task.shortest, "1", "expressions have more tokens", 0, 8192);
    visit.field("longest", task.longest, "1", "expressions have fewer tokens", 5, 8192);
  }
  if (dataset == "fashion_mnist_sequence")
    visit.field("pool", task.pool, "1", "a token is the mean of pool x pool pixels", 1, 28);
}

}  // namespace mimosa
