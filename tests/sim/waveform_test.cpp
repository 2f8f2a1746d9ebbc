// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include <catch2/catch.hpp>

#include "hw/program/counts.hpp"
#include "models/data/file.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/config/experiment_reader.hpp"
#include "sim/report/report.hpp"
#include "sim/run/run.hpp"
#include "sim/run/timed_engine.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"
#include "tests/support/task_cycles.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/vcd_reader.hpp"

using namespace mimosa;
using Catch::Matchers::Contains;

namespace {

constexpr int passes = 5;

/// A small network on a small chip, and its waveform.
struct Watched {
  ChipSpec chip = small_chip();
  Program program = compile(small_mimoconv(2, 2), chip, {}).program;
  TimedRun run;
  VcdDump dump;
  std::string arrangement;

  explicit Watched(const std::string& glob, const TraceWindow& window = {}) {
    const TemporaryFolder folder;
    TimedOptions options;
    options.passes = passes;
    options.stop_when_steady = false;
    options.trace = {
        .vcd_glob = glob, .vcd_path = folder.path("w.vcd"), .timeline_path = {}, .window = window};
    run = run_timed(program, chip, options);
    dump = read_vcd(read_file(folder.path("w.vcd")));
    arrangement = read_file(folder.path("w.gtkw"));
  }

  /// Scope of a task: tasks of a tile are numbered in the order of the program.
  [[nodiscard]] std::string scope(std::size_t task) const {
    int number = 0;
    for (std::size_t t = 0; t < task; ++t)
      number += program.tasks[t].tile == program.tasks[task].tile ? 1 : 0;
    return fmt::format("chip.tile_{}.{}_{}", program.tasks[task].tile, to_string(program.tasks[task].kind),
                       number);
  }
};

/// Value of a variable from time to time.
class Course {
 public:
  Course(const VcdDump& dump, const std::string& name) : changes_(dump.changes(name)) {}
  double at(std::int64_t time) {
    while (next_ < changes_.size() && changes_[next_].first <= time) value_ = changes_[next_++].second;
    return value_;
  }

 private:
  std::vector<std::pair<std::int64_t, double>> changes_;
  std::size_t next_ = 0;
  double value_ = 0.0;
};

/// Times when a state is entered with another pass or iteration: instructions of that kind.
std::int64_t instructions_seen(const VcdDump& dump, const std::string& scope, Opcode op) {
  Course state(dump, scope + ".state"), pass(dump, scope + ".pass"), iteration(dump, scope + ".iteration");
  std::set<std::pair<double, double>> seen;
  std::set<std::int64_t> times;
  for (const char* name : {".state", ".pass", ".iteration"})
    for (const auto& [time, value] : dump.changes(scope + name)) times.insert(time);
  for (const std::int64_t time : times)
    if (const double now = state.at(time); now == static_cast<int>(op) + 1)
      seen.emplace(pass.at(time), iteration.at(time));
    else
      (void)pass.at(time), (void)iteration.at(time);
  return static_cast<std::int64_t>(seen.size());
}

}  // namespace

TEST_CASE("a waveform shows every MVM of the report", "[vcd]") {
  const TemporaryFolder folder;
  const Experiment experiment =
      load_experiment(std::string(MIMOSA_TESTS) + "/data/tiny_timing.yaml", {}).experiment;
  RunRequest request;
  request.trace = {.vcd_glob = "*", .vcd_path = folder.path("w.vcd"), .timeline_path = {}, .window = {}};
  const auto report = nlohmann::json::parse(report_json(run(experiment, request)));
  const VcdDump dump = read_vcd(read_file(folder.path("w.vcd")));
  std::int64_t instructions = 0;
  for (const VcdReadVariable& variable : dump.variables)
    if (variable.name.find("array_") != std::string::npos &&
        variable.name.find(".state") != std::string::npos)
      instructions += instructions_seen(dump, variable.name.substr(0, variable.name.rfind('.')), Opcode::Mvm);
  const std::int64_t simulated = report["timing"]["passes_simulated"];
  // Both layers of the network do a row of MVMs in an instruction: 8 for the convolution, 1 for the linear
  // one.
  CHECK(instructions == (8 + 1) * simulated);
  CHECK(report["counts_per_pass"]["mvms"] == 8 * 8 + 1);
  CHECK(dump.changes("chip.passes").back().second == static_cast<double>(simulated));
  CHECK(dump.changes("chip.passes")[1].first == report["timing"]["latency_cycles"]);
  CHECK(dump.changes("chip.energy_pj").back().second ==
        Approx(1e12 * report["energy"]["per_pass_j"].get<double>() * static_cast<double>(simulated))
            .epsilon(1e-12));
}

TEST_CASE("states, work and energy of every task are those of its program", "[vcd]") {
  const Watched w("chip.tile_*");
  double energy = 0.0;
  for (std::size_t t = 0; t < w.program.tasks.size(); ++t) {
    const Task& task = w.program.tasks[t];
    if (task.code.empty()) continue;
    const std::string scope = w.scope(t);
    INFO(scope);
    energy += w.dump.changes(scope + ".energy_pj").back().second;
    const auto count = [&](Opcode op) {
      return std::count_if(task.code.begin(), task.code.end(),
                           [&](const Instruction& i) { return i.op == op; });
    };
    if (task.kind != TaskKind::Array) continue;
    CHECK(instructions_seen(w.dump, scope, Opcode::Mvm) == passes * count(Opcode::Mvm));
    const Stage& stage = w.program.stages[static_cast<std::size_t>(task.stage)];
    const std::int64_t each = array_cycles(stage, task, w.chip);
    CHECK(w.dump.time_at(scope + ".adc_busy", 1) == passes * count(Opcode::Mvm) * each);
    CHECK(w.dump.time_at(scope + ".state", static_cast<int>(Opcode::Mvm) + 1) ==
          w.dump.time_at(scope + ".adc_busy", 1));
  }
  double expected = 0.0;
  for (const auto& [component, joules] : energy_by_component(w.run.counts, w.chip)) expected += joules;
  CHECK(energy == Approx(1e12 * expected).epsilon(1e-12));
}

TEST_CASE("a vector unit is busy as long as its tasks' work takes", "[vcd]") {
  const Watched w("chip.tile_*.vector_unit");
  for (int tile = 0; tile < w.chip.tiles(); ++tile) {
    std::int64_t cycles = 0;
    bool used = false;
    for (const Task& task : w.program.tasks) {
      used = used || task.tile == tile;
      if (task.kind != TaskKind::Vector || task.tile != tile) continue;
      for (const Instruction& i : task.code)
        if (i.op == Opcode::Vec)
          cycles += passes * w.program.work[static_cast<std::size_t>(task.stage)].cycles;
    }
    if (used) CHECK(w.dump.time_at(fmt::format("chip.tile_{}.vector_unit.busy", tile), 1) == cycles);
  }
}

TEST_CASE("channels fill and empty within their buffers, and senders wait for room only", "[vcd]") {
  const Watched w("chip.*");
  std::vector<std::vector<std::size_t>> out_of(w.program.tasks.size());
  for (std::size_t c = 0; c < w.program.channels.size(); ++c)
    out_of[static_cast<std::size_t>(w.program.channels[c].from)].push_back(c);
  std::int64_t waits = 0;
  for (std::size_t c = 0; c < w.program.channels.size(); ++c) {
    const Channel& channel = w.program.channels[c];
    const std::string scope = fmt::format("{}.channel_{}.", w.scope(static_cast<std::size_t>(channel.to)), c);
    INFO(scope);
    Course valid(w.dump, scope + "valid"), ready(w.dump, scope + "ready");
    for (const auto& [time, depth] : w.dump.changes(scope + "depth")) {
      CHECK(depth <= channel.capacity);
      CHECK(valid.at(time) == (depth > 0 ? 1.0 : 0.0));
    }
    CHECK(w.dump.changes(scope + "depth").back().second == 0.0);
    CHECK(w.dump.changes(scope + "ready").back().second == 1.0);
    if (out_of[static_cast<std::size_t>(channel.from)].size() > 1) continue;
    for (const auto& [time, state] :
         w.dump.changes(w.scope(static_cast<std::size_t>(channel.from)) + ".state"))
      if (state == static_cast<int>(Opcode::Send) + 1) {
        CHECK(ready.at(time) == 0.0);
        ++waits;
      }
  }
  CHECK(waits > 0);  // else nothing was looked at
}

TEST_CASE("a window shows what the whole waveform shows there", "[vcd]") {
  const Watched whole("chip.tile_*"), part("chip.tile_*", {.from = 700, .to = 900});
  CHECK(part.dump.first == 700);
  CHECK(part.dump.last == 901);
  for (const VcdReadVariable& variable : part.dump.variables) {
    Course expected(whole.dump, variable.name);
    for (const auto& [time, value] : part.dump.changes(variable.name)) CHECK(expected.at(time) == value);
    std::int64_t count = 0;
    for (const auto& [time, value] : whole.dump.changes(variable.name))
      count += time > 700 && time <= 900 ? 1 : 0;
    CHECK(static_cast<std::int64_t>(part.dump.changes(variable.name).size()) == count + 1);
  }
  CHECK_THROWS_WITH(Watched("chip.tile_*", {.from = 1000000000, .to = 2000000000}),
                    Contains("--from: the run ends at cycle"));
}

TEST_CASE("a run that is broken off leaves a good waveform until then", "[vcd][error]") {
  const ChipSpec chip = small_chip();
  const Program program = compile(small_mimoconv(2, 2), chip, {}).program;
  const TemporaryFolder folder;
  TimedOptions options;
  options.stop_when_steady = false;
  options.trace = {.vcd_glob = "chip.*", .vcd_path = folder.path("w.vcd"), .timeline_path = {}, .window = {}};
  int calls = 0;
  options.progress = [&](double) {
    if (++calls == 3) throw std::runtime_error("stop");
  };
  CHECK_THROWS_WITH(run_timed(program, chip, options), "stop");
  const VcdDump dump = read_vcd(read_file(folder.path("w.vcd")));
  CHECK(dump.last > 4096);  // it was asked every 4096 cycles
  CHECK(dump.last <= 2 * 4096 + 1);
}

TEST_CASE("watching changes nothing", "[vcd]") {
  const Watched all("*"), one("chip.passes");
  CHECK(all.run.timing.cycles_per_pass == one.run.timing.cycles_per_pass);
  CHECK(all.run.timing.latency_cycles == one.run.timing.latency_cycles);
  CHECK(all.run.counts == one.run.counts);
  CHECK(one.dump.variables.size() == 1);
}

TEST_CASE("a glob selects signals or modules with all below, or tells what is near", "[vcd]") {
  const Watched module("chip.tile_0"), signals("*.adc_busy");
  for (const VcdReadVariable& variable : module.dump.variables)
    CHECK_THAT(variable.name, Catch::Matchers::StartsWith("chip.tile_0."));
  for (const VcdReadVariable& variable : signals.dump.variables)
    CHECK_THAT(variable.name, Catch::Matchers::EndsWith(".adc_busy"));
  CHECK(signals.dump.variables.size() > 5);
  const Watched both("chip.passes,*.adc_busy");
  CHECK(both.dump.variables.size() == signals.dump.variables.size() + 1);
  CHECK_THROWS_WITH(Watched("chip.passes,chip.pases"),
                    Contains("nothing is called \"chip.pases\"; nearest: chip.passes"));
  CHECK_THROWS_WITH(Watched("chop.tile_0.vector_unit"),
                    Contains("nothing is called") && Contains("nearest: chip.tile_0.vector_unit,"));
}

TEST_CASE("the arrangement for GTKWave names every signal once", "[vcd]") {
  const Watched w("chip.tile_*");
  for (const VcdReadVariable& variable : w.dump.variables) {
    const std::string line =
        '\n' + variable.name +
        (variable.bits > 1 && !variable.real ? fmt::format("[{}:0]", variable.bits - 1) : "") + '\n';
    const std::size_t at = w.arrangement.find(line);
    CHECK(at != std::string::npos);
    CHECK(w.arrangement.find(line, at + 1) == std::string::npos);
  }
}
