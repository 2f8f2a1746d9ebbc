// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hw/program/datapath.hpp"
#include "models/data/dataset.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/run/timed_engine.hpp"

namespace mimosa {

/// Values by a text that says what they were made from: the last few.
template <class T>
class Kept {
 public:
  /// The value of that key, made where it is not kept.
  template <class Make>
  std::shared_ptr<const T> get(const std::string& key, const Make& make) {
    const auto known =
        std::find_if(values_.begin(), values_.end(), [&](const auto& value) { return value.first == key; });
    if (known != values_.end()) {
      std::rotate(known, known + 1, values_.end());
    } else {
      auto value = std::make_shared<const T>(make());
      ++made_;
      if (values_.size() == most) values_.erase(values_.begin());
      values_.emplace_back(key, std::move(value));
    }
    return values_.back().second;
  }

  /// How often a value was made.
  [[nodiscard]] std::size_t made() const { return made_; }

 private:
  static constexpr std::size_t most = 8;
  std::vector<std::pair<std::string, std::shared_ptr<const T>>> values_;  ///< the last used one at the end
  std::size_t made_ = 0;
};

/// Hashes of the files that results of a network's accuracy hang on.
struct InputFiles {
  std::string weights_sha256, dataset_sha256;
};

/// What runs one after the other need not do again: stages whose result depends on few keys of the experiment
/// (stages.hpp says on which). Belongs to one thread.
struct SharedStages {
  Kept<Network> networks;
  Kept<Dataset> datasets;
  Kept<InputFiles> input_files;
  Kept<Compilation> programs;
  Kept<TimedRun> timings;
  Kept<std::vector<ConverterRange>> ranges;
  Kept<double> float_accuracies, ideal_accuracies;
  ProgrammedRows programmed;
};

}  // namespace mimosa
