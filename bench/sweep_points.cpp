// SPDX-License-Identifier: Apache-2.0
// A sweep of a million points without their simulations: expanded and addressed; its journal made into an
// index, opened to go on, and reported. Each work runs in a process of its own, whose CPU time and largest
// memory count.
#include <benchmark/benchmark.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/scratch_folder.hpp"
#include "models/data/file.hpp"
#include "sim/config/axis_values.hpp"
#include "sim/run/version.hpp"
#include "sim/study/study_page.hpp"
#include "sim/sweep/expansion.hpp"
#include "sim/sweep/index.hpp"
#include "sim/sweep/journal.hpp"
#include "sim/sweep/store.hpp"

namespace {

using namespace mimosa;

constexpr std::size_t points = 1000000;

/// Two axes of a thousand numbers.
Expansion million_points(const ScratchFolder& folder) {
  const std::string path = folder / "experiment.yaml";
  write_file(path, "network: none.yaml\n");
  write_file(folder / "none.yaml", "name: none\n");
  return Expansion(make_plan(path, {},
                             {axis_of_text("device.time_s", "linear(1,1000,1000)", "bench"),
                              axis_of_text("chip.adc.noise_lsb", "linear(0,0.999,1000)", "bench")}));
}

/// As sweeps with two recorded figures write it, in one file.
void write_journal(const std::string& folder) {
  std::filesystem::create_directories(journals_of(folder));
  write_file(folder + "/sweep.json", "{\"format\":1}\n");
  std::ofstream out(journals_of(folder) + "/bench.jsonl");
  for (std::size_t i = 0; i < points; ++i)
    out << sealed(fmt::format("{{\"address\":\"{}\",\"status\":\"ok\",\"results_version\":{},\"wall_s\":0.5,"
                              "\"axes\":{{\"device.time_s\":{},\"chip.adc.noise_lsb\":{}}},\"seed\":1,"
                              "\"config_sha256\":\"{:064x}\",\"figures\":[{{\"network\":\"net\","
                              "\"accuracy\":{},\"energy_j\":{}}}]}}",
                              digest_of("point", std::to_string(i)).hex(), results_version, i / 1000,
                              static_cast<double>(i % 1000) * 1e-3, i, static_cast<double>(i) * 1e-6,
                              1e-6 / static_cast<double>(i + 1)))
        << '\n';
  if (!out.flush()) throw std::runtime_error("no room for a journal of a million lines");
}

/// Runs `work` in a child; its CPU seconds and peak memory become the time and a counter.
void measure(benchmark::State& state, const std::function<void()>& work) {
  for (auto _ : state) {
    const pid_t child = fork();
    if (child == 0) {
      try {
        work();
      } catch (const std::exception& e) {
        fmt::print(stderr, "{}\n", e.what());
        _exit(1);
      }
      _exit(0);
    }
    int status = 0;
    rusage used{};
    if (child < 0 || wait4(child, &status, 0, &used) != child || status != 0)
      return state.SkipWithError("the work failed");
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    state.SetIterationTime(seconds(used.ru_utime) + seconds(used.ru_stime));
    state.counters["peak_mb"] = static_cast<double>(used.ru_maxrss) * 1e-3;
  }
}

const std::string& journal_folder() {
  static const ScratchFolder folder;
  static const std::string path = [] {
    write_journal(folder / "sweep");
    return folder / "sweep";
  }();
  return path;
}

void expand(benchmark::State& state) {
  const ScratchFolder folder;
  measure(state, [&] {
    if (million_points(folder).size() != points) throw std::runtime_error("not a million points");
  });
}

void index(benchmark::State& state) {
  const std::string& folder = journal_folder();
  measure(state, [&] {
    if (build_index(folder) != points) throw std::runtime_error("not a million rows");
  });
  state.counters["index_mb"] = static_cast<double>(std::filesystem::file_size(index_path(folder))) * 1e-6;
}

void open(benchmark::State& state) {
  const std::string& folder = journal_folder();
  measure(state, [&] {
    if (read_store(folder, {"accuracy"}).finished != points) throw std::runtime_error("points are missing");
  });
}

void report(benchmark::State& state) {
  const std::string& folder = journal_folder();
  if (!std::filesystem::exists(index_path(folder))) build_index(folder);
  measure(state, [&] {
    const std::string page = study_html("bench", read_index(index_path(folder), most_page_rows));
    if (page.size() > 4000000) throw std::runtime_error("a page that shows every point");
  });
}

BENCHMARK(expand)->Name("sweep/expand_million")->UseManualTime()->Unit(benchmark::kSecond)->Iterations(1);
BENCHMARK(index)->Name("sweep/index_million")->UseManualTime()->Unit(benchmark::kSecond)->Iterations(1);
BENCHMARK(open)->Name("sweep/open_million")->UseManualTime()->Unit(benchmark::kSecond)->Iterations(1);
BENCHMARK(report)->Name("sweep/report_million")->UseManualTime()->Unit(benchmark::kSecond)->Iterations(1);

}  // namespace
