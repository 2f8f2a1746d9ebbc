// SPDX-License-Identifier: Apache-2.0
#include "traces/vcd_file.hpp"

#include <optional>
#include <stdexcept>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/vcd_reader.hpp"
#include "traces/glob_distance.hpp"

using namespace mimosa;
using Catch::Matchers::Contains;
using Changes = std::vector<std::pair<std::int64_t, double>>;

namespace {

const std::vector<VcdVariable> three = {{"top.a.bit", 1}, {"top.a.number", 8}, {"top.b.real", 0}};

std::string good_dump() {
  return "$timescale 1 ns $end $scope module top $end $var wire 1 ! bit $end $var wire 4 \" nibble $end "
         "$upscope $end $enddefinitions $end #0 $dumpvars 0! b0 \" $end #5 1! b1010 \" #9";
}

std::string spoilt(const std::string& part, const std::string& by) {
  std::string text = good_dump();
  text.replace(text.find(part), part.size(), by);
  return text;
}

/// What a file of three variables holds after `use` has told it something.
template <class Use>
VcdDump dump_of(const TraceWindow& window, const Use& use, std::int64_t cycle_ps = 1000) {
  const TemporaryFolder folder;
  const std::string path = folder.path("a.vcd");
  {
    VcdFile file(path, three, cycle_ps, window, "test");
    use(file);
  }
  return read_vcd(read_file(path));
}

}  // namespace

TEST_CASE("the strict reader takes a good dump and refuses each spoilt one", "[vcd]") {
  const VcdDump dump = read_vcd(good_dump());
  CHECK(dump.timescale == "1ns");
  CHECK(dump.changes("top.nibble") == Changes{{0, 0.0}, {5, 10.0}});
  CHECK(dump.last == 9);
  CHECK(dump.time_at("top.bit", 1.0) == 4);
  CHECK_THROWS_WITH(read_vcd(spoilt("1! b1010", "1? b1010")), Contains("is not declared"));
  CHECK_THROWS_WITH(read_vcd(spoilt("#9", "#5")), Contains("does not follow"));
  CHECK_THROWS_WITH(read_vcd(spoilt("#9", "#4")), Contains("does not follow"));
  CHECK_THROWS_WITH(read_vcd(spoilt("#9", "#9x")), Contains("is no number"));
  CHECK_THROWS_WITH(read_vcd(spoilt("b1010", "b11010")), Contains("is longer than its variable"));
  CHECK_THROWS_WITH(read_vcd(spoilt("b1010", "b1020")), Contains("other digits"));
  CHECK_THROWS_WITH(read_vcd(spoilt("b1010", "r1.5")), Contains("another type"));
  CHECK_THROWS_WITH(read_vcd(spoilt("0! b0", "b0")), Contains("no initial value"));
  CHECK_THROWS_WITH(read_vcd(spoilt("#0 $dumpvars", "$dumpvars")), Contains("stands wrong"));
  CHECK_THROWS_WITH(read_vcd(spoilt("$upscope $end ", "")), Contains("within a scope"));
  CHECK_THROWS_WITH(read_vcd(spoilt("$var wire 4 \" nibble", "$var wire 4 ! nibble")),
                    Contains("declared twice"));
  CHECK_THROWS_WITH(read_vcd(spoilt("$enddefinitions $end", "")), Contains("within a command"));
  CHECK_THROWS_WITH(read_vcd("$timescale 1 ns"), Contains("without $end"));
}

TEST_CASE("the last value within a cycle is the one that is written", "[vcd]") {
  const VcdDump dump = dump_of({}, [](VcdFile& file) {
    file.set(1, 3, 0);
    file.advance(4);
    file.set(1, 7, 4);
    file.set(1, 9, 4);
    file.advance(6);
    file.set(1, 8, 6);
    file.set(1, 9, 6);  // back to what it was: no event
    file.close(10);
  });
  CHECK(dump.changes("top.a.number") == Changes{{0, 3.0}, {4, 9.0}});
  CHECK(dump.last == 11);
}

TEST_CASE("a value may be announced ahead of time", "[vcd]") {
  const VcdDump dump = dump_of({}, [](VcdFile& file) {
    file.set(0, 1, 0);
    file.set(0, 0, 5);
    file.add(1, 2, 3);
    file.advance(5);
    file.set(0, 1, 5);  // busy goes on without an edge
    file.set(0, 0, 8);
    file.add(1, -1, 5);
    file.set(2, 0.125, 5);
    file.close(20);
  });
  CHECK(dump.changes("top.a.bit") == Changes{{0, 1.0}, {8, 0.0}});
  CHECK(dump.changes("top.a.number") == Changes{{0, 0.0}, {3, 2.0}, {5, 1.0}});
  CHECK(dump.changes("top.b.real") == Changes{{0, 0.0}, {5, 0.125}});
}

TEST_CASE("a window begins with the values of that moment", "[vcd]") {
  const auto use = [](VcdFile& file) {
    for (int cycle = 0; cycle < 30; ++cycle) {
      file.advance(cycle);
      file.set(1, cycle, cycle);
      file.set(0, cycle % 10 < 5 ? 1 : 0, cycle);
    }
    file.close(29);
  };
  const VcdDump dump = dump_of({.from = 8, .to = 12}, use);
  CHECK(dump.first == 8);
  CHECK(dump.last == 13);
  CHECK(dump.changes("top.a.number") == Changes{{8, 8.0}, {9, 9.0}, {10, 10.0}, {11, 11.0}, {12, 12.0}});
  CHECK(dump.changes("top.a.bit") == Changes{{8, 0.0}, {10, 1.0}});
  const VcdDump whole = dump_of({}, use);
  CHECK(whole.events.size() == 3 + 29 + 5);
}

TEST_CASE("a file that nobody closes is closed at the last moment it heard of", "[vcd]") {
  const VcdDump dump = dump_of({}, [](VcdFile& file) {
    file.advance(3);
    file.set(0, 1, 3);
    file.advance(7);
    file.set(0, 0, 7);
    file.set(0, 1, 100);
  });
  CHECK(dump.changes("top.a.bit") == Changes{{0, 0.0}, {3, 1.0}, {7, 0.0}});
  CHECK(dump.last == 8);
}

TEST_CASE("times are whole units of a cycle", "[vcd]") {
  const auto use = [](VcdFile& file) {
    file.advance(2);
    file.set(0, 1, 2);
    file.close(2);
  };
  const std::string unit[] = {"1ns", "10ps", "1ps"};
  const std::int64_t cycle_ps[] = {10000, 1250, 833}, ticks[] = {10, 125, 833};
  for (std::size_t i = 0; i < 3; ++i) {
    const VcdDump dump = dump_of({}, use, cycle_ps[i]);
    CHECK(dump.timescale == unit[i]);
    CHECK(dump.changes("top.a.bit") == Changes{{0, 0.0}, {2 * ticks[i], 1.0}});
  }
}

TEST_CASE("more variables than letters get longer identifiers", "[vcd]") {
  std::vector<VcdVariable> many;
  for (int v = 0; v < 9000; ++v) many.push_back({"top.v" + std::to_string(v), 1});
  const TemporaryFolder folder;
  std::optional<VcdFile> file(std::in_place, folder.path("a.vcd"), many, 1000, TraceWindow{}, "test");
  file->set(8999, 1, 0);
  file.reset();
  CHECK(read_vcd(read_file(folder.path("a.vcd"))).changes("top.v8999") == Changes{{0, 1.0}});
}

TEST_CASE("a waveform that cannot be written is an error", "[vcd][error]") {
  CHECK_THROWS_AS(VcdFile("no/such/folder/a.vcd", three, 1000, TraceWindow{}, "test"), UserError);
  VcdFile file("/dev/full", three, 1000, {}, "test");
  CHECK_THROWS_AS(file.close(3), UserError);
}

TEST_CASE("the distance of a glob counts letters to change until it matches", "[vcd]") {
  CHECK(glob_distance("chip.*", "chip.tile_0") == 0);
  CHECK(glob_distance("*", "") == 0);
  CHECK(glob_distance("chip.tile_?", "chip.tile_7") == 0);
  CHECK(glob_distance("chip.tle_*", "chip.tile_77") == 1);
  CHECK(glob_distance("chop.tle_*.state", "chip.tile_77.array_0.state") == 2);
  CHECK(glob_distance("abc", "") == 3);
  CHECK(glob_distance("kitten", "sitting") == 3);
}
