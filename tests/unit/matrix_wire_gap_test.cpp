// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <catch2/catch.hpp>

#include "models/base/random.hpp"
#include "sim/mvm/analog_matrix.hpp"

namespace mimosa {
namespace {

struct Problem {
  std::vector<double> w, x;
  std::size_t outputs, inputs, vectors;
  [[nodiscard]] MatrixView weights() const { return {w, outputs, inputs}; }
  [[nodiscard]] MatrixView vectors_view() const { return {x, inputs, vectors}; }
};

Problem random_problem() {
  const auto draws = [](std::size_t count, std::uint64_t key) {
    std::vector<float> values(count);
    normals(key, 0, 0, 0, values);
    return std::vector<double>(values.begin(), values.end());
  };
  return {draws(std::size_t{24} * 32, 1), draws(std::size_t{32} * 10, 2), 24, 32, 10};
}

MatrixWireGap gap_of(const Problem& p, const std::vector<std::string>& sets) {
  std::vector<Setting> settings;
  for (const std::string& set : sets) settings.push_back(parse_setting(set));
  const MvmConfig config = load_mvm_config(settings);
  const AnalogMatrix matrix(config, p.weights());
  return matrix.wire_gap(config, p.weights(), p.vectors_view(), matrix.fit_ranges(p.vectors_view()));
}

}  // namespace

TEST_CASE("the gap of a product of equal cells at equal inputs is the published one", "[mvm][wires]") {
  // 128 cells of 25 uS, 1 ohm along the bit line: exact 0.881407 of the ideal current (reference figures of
  // tests/oracle/wires_test.cpp).
  const Problem p{std::vector<double>(128 * 3, 0.7), std::vector<double>(128 * 2, 0.3), 3, 128, 2};
  const MatrixWireGap ideal =
      gap_of(p, {"device.g_max_us=25", "chip.wires.word_ohm=0", "chip.wires.bit_ohm=1"});
  CHECK(ideal.why.empty());
  CHECK(ideal.gap.rms == Approx((1.0 - 0.881407) / 0.881407).epsilon(1e-5));
  CHECK(ideal.gap.largest == Approx(ideal.gap.rms).epsilon(1e-5));
  CHECK(ideal.gap.sums == 12);
  CHECK(ideal.gap.rms_steps == Approx(127.0 * (1.0 - 0.881407)).epsilon(1e-4));
  CHECK((ideal.rows == 128 && ideal.cols == 3 && ideal.row0 == 0 && ideal.col0 == 0));
}

TEST_CASE("the exact level of a product has no gap, the ideal one a gap that grows with the resistance",
          "[mvm][wires]") {
  const Problem p = random_problem();
  for (const bool split : {false, true}) {
    const auto rms = [&](const std::string& level, const std::string& ohm) {
      const MatrixWireGap gap =
          gap_of(p, {"device=pcm-joshi", "chip.wires.word_ohm=" + ohm, "chip.wires.bit_ohm=" + ohm,
                     "chip.wires.level=" + level, "chip.weights.bits=5", "chip.weights.cell_bits=2",
                     "chip.dac.slice_bits=3", std::string("mvm.split=") + (split ? "true" : "false"),
                     "chip.array.rows=16", "chip.array.cols=16"});
      CHECK(gap.rows == (split ? 16 : 32));
      return gap.gap.rms;
    };
    const double small = rms("ideal", "0.5");
    CHECK(small > 1e-5);
    CHECK(rms("ideal", "1") == Approx(2.0 * small).epsilon(0.02));
    CHECK(rms("exact", "1") < 1e-9);
  }
}

TEST_CASE("what cannot be compared is said", "[mvm][wires]") {
  const Problem p = random_problem();
  CHECK(gap_of(p, {"chip.wires.word_ohm=0", "chip.wires.bit_ohm=0"}).why == "no resistance given");
  CHECK(gap_of(p, {"chip.wires.topology=separate_source"})
            .why.rfind("chip.wires.topology: separate_source", 0) == 0);
}

}  // namespace mimosa
