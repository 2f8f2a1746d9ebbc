// SPDX-License-Identifier: Apache-2.0
// Converters of arrays whose times are of parts, as traces show them.
#include <map>

#include <catch2/catch.hpp>

#include "tests/support/drawn_timeline.hpp"
#include "tests/support/vcd_reader.hpp"

using namespace mimosa;
using namespace mimosa::drawn;

namespace {

/// Arrays whose times are of parts: two reads of 20 ns an MVM and `convert_ns` for the columns of a full one.
ChipSpec chip_of_parts(int convert_ns, bool overlap) {
  ChipSpec chip = small_chip();
  chip.mvm.model = MvmCostModel::Components;
  chip.mvm.step_ns = 20.0;
  chip.mvm.overlap = overlap;
  chip.mvm.adc.per_array = chip.array.cols / convert_ns;
  chip.mvm.adc.rate_gs = 1.0;
  chip.analog.dac.slice_bits = (chip.analog.dac.bits + 1) / 2;
  return chip;
}

}  // namespace

TEST_CASE("converters have a row of their own and work as long as their columns take", "[timeline]") {
  const auto [convert_ns, overlap] =
      GENERATE(table<int, bool>({{8, true}, {8, false}, {32, true}, {32, false}}));
  const Drawn d({}, 0, chip_of_parts(convert_ns, overlap));
  check_form(d);
  std::map<ReadTrack, std::int64_t> expected, seen;
  std::map<int, int> arrays;
  for (const Task& task : d.program.tasks) {
    if (task.kind != TaskKind::Array) continue;
    const ReadTrack track{2 + task.tile, first_array_row + rows_of_array * arrays[task.tile]++ + 1};
    CHECK_THAT(d.timeline.threads.at(track), Catch::Matchers::EndsWith(", converters"));
    const Stage& stage = d.program.stages[static_cast<std::size_t>(task.stage)];
    const int cols = stage.blocks[static_cast<std::size_t>(task.block)].cols;
    const int turns = (cols + d.chip.mvm.adc.per_array - 1) / d.chip.mvm.adc.per_array;  // of 1 ns
    const auto runs = std::count_if(task.code.begin(), task.code.end(),
                                    [](const Instruction& i) { return i.op == Opcode::Mvm; });
    expected[track] = passes * runs * stage.mvms * 2 * turns;  // two reads an MVM
  }
  for (const auto& [track, slices] : d.timeline.slices) {
    if (expected.count(track) == 0) continue;
    seen[track] = total(slices);
    // Within the work of the array, whose row is the one above.
    const auto& array = d.timeline.slices.at({track.first, track.second - 1});
    for (const ReadSlice& slice : slices)
      CHECK(std::any_of(array.begin(), array.end(),
                        [&](const ReadSlice& a) { return a.from <= slice.from && slice.to <= a.to; }));
  }
  CHECK(seen == expected);
}

TEST_CASE("adc_busy of a waveform rises and falls with every read that is converted", "[vcd]") {
  ChipSpec chip = chip_of_parts(8, true);
  const Program program = compile(small_mimoconv(2, 2), chip, {}).program;
  const TemporaryFolder folder;
  TimedOptions options;
  options.passes = 2;
  options.stop_when_steady = false;
  options.trace = {
      .vcd_glob = "*.array_0.*", .vcd_path = folder.path("w.vcd"), .timeline_path = {}, .window = {}};
  (void)run_timed(program, chip, options);
  const VcdDump dump = read_vcd(read_file(folder.path("w.vcd")));
  const auto task = std::find_if(program.tasks.begin(), program.tasks.end(),
                                 [](const Task& t) { return t.kind == TaskKind::Array; });
  const Stage& stage = program.stages[static_cast<std::size_t>(task->stage)];
  const int cols = stage.blocks[static_cast<std::size_t>(task->block)].cols;
  const std::string scope = "chip.tile_" + std::to_string(task->tile) + ".array_0.";
  const auto runs = std::count_if(task->code.begin(), task->code.end(),
                                  [](const Instruction& i) { return i.op == Opcode::Mvm; });
  const std::int64_t reads = 2 * runs * stage.mvms * 2;  // two passes, two reads an MVM
  const auto changes = dump.changes(scope + "adc_busy");
  const auto rises =
      std::count_if(changes.begin(), changes.end(), [](const auto& c) { return c.second == 1.0; });
  CHECK(rises == reads);
  CHECK(dump.time_at(scope + "adc_busy", 1) == reads * ((cols + 7) / 8));
  // The first one: 20 ns after its array began, for as long as the columns take turns at eight converters.
  const auto state = dump.changes(scope + "state");
  const auto mvm = std::find_if(state.begin(), state.end(), [](const auto& c) {
    return c.second == static_cast<double>(Opcode::Mvm) + 1.0;
  });
  REQUIRE(mvm != state.end());
  const auto first =
      std::find_if(changes.begin(), changes.end(), [](const auto& c) { return c.second == 1.0; });
  REQUIRE(first != changes.end());
  CHECK(first->first == mvm->first + 20);
  CHECK((first + 1)->first == first->first + (cols + 7) / 8);
}
