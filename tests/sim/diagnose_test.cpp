// SPDX-License-Identifier: Apache-2.0
#include "sim/run/diagnose.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <catch2/catch.hpp>

#include "models/base/random.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/engine/calibrate.hpp"
#include "sim/run/code_use.hpp"
#include "sim/run/crosstalk.hpp"
#include "tests/support/graph_builder.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

namespace mimosa {
namespace {

/// A network on a chip, with calibrated converters.
struct Setup {
  Network network;
  Experiment experiment;
  Program program;
  std::vector<float> images;
  std::vector<ConverterRange> ranges;

  Setup(Network n, const Experiment& e, std::size_t count, double percentile = 100.0)
      : network(std::move(n)), experiment(e) {
    experiment.threads = 1;
    program = compile(network, experiment.chip, experiment.compiler).program;
    images = random_images(network, count);
    const auto device = [this](const std::string& layer) { return device_for_layer(experiment, layer); };
    ranges = calibrate(network, program, experiment.chip, device,
                       {.dac_percentile = percentile, .adc_percentile = 100.0}, images);
  }
  [[nodiscard]] DiagnosisResult result() const {
    return diagnose(network, program, experiment, ranges, images);
  }
};

Experiment on_small_chip(const DeviceSpec& device) {
  Experiment e;
  e.chip = small_chip();
  e.device = device;
  return e;
}

Network one_linear() {
  return random_network(
      GraphBuilder().add("fc", OpKind::Linear, {.out_channels = 10, .bias = true}).build({48, 1, 1}),
      "linear");
}

std::map<std::string, double> powers(const SlotNoise& slot) {
  std::map<std::string, double> of;
  for (const CauseNoise& c : slot.causes) of[c.cause] = c.noise_power;
  return of;
}

/// bind → bundle → unbind of `scales.size()` inputs. Key j is scales[j] at shift 2 j, so that it shifts and
/// scales; slot j is unbound by the transposed of its key.
Network shifting_network(const std::vector<double>& scales, int channels) {
  const auto slots = static_cast<int>(scales.size());
  const auto c = static_cast<std::size_t>(channels);
  Network network = random_network(GraphBuilder()
                                       .add("bind", OpKind::Bind)
                                       .add("bundle", OpKind::Bundle)
                                       .add("unbind", OpKind::Unbind)
                                       .build({channels, 1, 1}, slots, slots),
                                   "shifts");
  std::vector<float>& keys = network.tensors.at("bind.keys").data;
  std::vector<float>& weights = network.tensors.at("unbind.weight").data;
  std::fill(keys.begin(), keys.end(), 0.0F);
  std::fill(weights.begin(), weights.end(), 0.0F);
  for (std::size_t j = 0; j < scales.size(); ++j) {
    keys[j * c + 2 * j] = static_cast<float>(scales[j]);
    // Bound: y[(i + shift) mod C] = scale x[i].
    for (std::size_t i = 0; i < c; ++i)
      weights[(j * c + i) * c + (i + 2 * j) % c] = static_cast<float>(scales[j]);
  }
  return network;
}

}  // namespace

TEST_CASE("codes are counted as a converter that clips and rounds gives them", "[diagnose]") {
  CodeCounter counter(3.0, Levels::Symmetric);  // −3 … 3
  const std::vector<float> values = {-2.0F, -1.0F, 0.1F, 0.2F, 1.2F, 0.34F, 0.0F, 1.0F};
  counter.add(values, 1.0);
  const CodeUse use = counter.summary();  // −3 −3 0 1 3 1 0 3
  CHECK(use.values == 8);
  CHECK(use.clip_rate == 2.0 / 8.0);
  CHECK(use.limit_share == 4.0 / 8.0);
  CHECK(use.codes_used == 4);
  CHECK(use.codes_available == 7);
  CHECK(use.entropy_bits == Approx(2.0));  // four codes, two values each
  CHECK(use.quantiles == std::array<double, 5>{-1.0, -1.0, 0.0, 1.0 / 3.0, 1.0});
  CodeCounter even(1.5, Levels::Even);
  even.add(std::vector<float>{-1.0F, -0.1F, 0.1F, 1.0F}, 1.0);
  CHECK(even.summary().codes_used == 4);
  CHECK(even.summary().codes_available == 4);
  CHECK(even.summary().limit_share == 0.5);
}

TEST_CASE("an ADC alone leaves a twelfth of its squared step", "[diagnose]") {
  Experiment e = on_small_chip({});
  const Setup s(one_linear(), e, 512);
  const DiagnosisResult d = s.result();
  REQUIRE(d.layers.size() == 1);
  REQUIRE(d.layers[0].slots.size() == 1);
  CHECK_FALSE(d.layers[0].superposed);
  CHECK(d.crosstalk.empty());
  const ChipSample sample{1, 0, [&](const std::string&) { return s.experiment.device; }};
  const Datapath datapath(s.network, s.program, e.chip, s.ranges, sample);
  const StageMatrix matrix = stage_matrix(s.network, s.program.stages[0], e.chip.analog.weights);
  const double step =
      datapath.array(0, 0, 0).output_unit(s.ranges[0].adc) * s.ranges[0].dac * matrix.scales[0];
  const auto power = powers(d.layers[0].slots[0]);
  // 5,120 uniform errors: the mean square has a relative deviation of sqrt(0.8/5120) = 1.25 %; 5 sigma, and
  // errors that are not quite uniform.
  CHECK(power.at("adc") == Approx(step * step / 12.0).epsilon(0.0625 + 0.02));
  CHECK(power.at("all") == Approx(power.at("adc") + power.at("dac")).epsilon(0.1));
  CHECK(power.at("exact_to_float") < 1e-3 * power.at("dac"));
  CHECK(power.size() == 4);  // an ideal device has no causes
}

TEST_CASE("the signal of a layer is the variance of its output about its channels' means", "[diagnose]") {
  Experiment e = on_small_chip({});
  Setup s(one_linear(), e, 256);
  const double before = s.result().layers[0].slots[0].signal_power;
  double expected = 0.0;  // of 256 images, per output Σ over inputs and their products is the sample's own
  const Tensor& weight = s.network.tensors.at("fc.weight");
  for (std::size_t o = 0; o < 10; ++o) {
    double sum = 0.0, squares = 0.0;
    for (std::size_t i = 0; i < 256; ++i) {
      double y = 0.0;
      for (std::size_t k = 0; k < 48; ++k)
        y += static_cast<double>(weight.data[o * 48 + k]) * static_cast<double>(s.images[i * 48 + k]);
      sum += y;
      squares += y * y;
    }
    expected += (squares - sum * sum / 256.0) / 256.0 / 10.0;
  }
  CHECK(before == Approx(expected).epsilon(1e-3));
  for (float& b : s.network.tensors.at("fc.bias").data) b += 100.0F;  // a constant is no signal
  CHECK(s.result().layers[0].slots[0].signal_power == Approx(before).epsilon(1e-3));
}

TEST_CASE("noise power goes with the square of a scale and with the DAC's range", "[diagnose]") {
  DeviceSpec device = noisy_pcm();
  const auto read_power = [&](double scale, double range) {
    device.read_noise = scale;
    Setup s(one_linear(), on_small_chip(device), 64);
    s.ranges[0].dac *= range;
    return powers(s.result().layers[0].slots[0]).at("read_noise");
  };
  const double once = read_power(1.0, 1.0);
  CHECK(once > 0.0);
  CHECK(read_power(2.0, 1.0) == Approx(4.0 * once).epsilon(1e-3));
  // Pulse widths: Σ |x|/range σ² · range². A range below the largest input clips, which is the DAC's affair.
  CHECK(read_power(1.0, 0.5) == Approx(0.5 * once).epsilon(1e-3));
  CHECK(read_power(1.0, 2.0) == Approx(2.0 * once).epsilon(1e-3));
}

TEST_CASE("noise of currents goes with the DAC's range as its law says", "[diagnose]") {
  const bool thermal = GENERATE(false, true);
  DeviceSpec device;
  device.current_noise = {.law = CurrentNoiseLaw::ThermalShot, .v_read_v = 0.01, .integration_ns = 1.0};
  (thermal ? device.shot_noise : device.thermal_noise) = 0.0;
  const auto power = [&](double range) {
    Setup s(one_linear(), on_small_chip(device), 64);
    s.ranges[0].dac *= range;
    return powers(s.result().layers[0].slots[0]).at("current_noise");
  };
  // Thermal noise is there whatever the currents; shot noise goes with them, as in the test above.
  const double once = power(1.0), factor = thermal ? 4.0 : 2.0;
  CHECK(once > 0.0);
  CHECK(power(0.5) == Approx(once / factor).epsilon(1e-3));
  CHECK(power(2.0) == Approx(once * factor).epsilon(1e-3));
}

TEST_CASE("clipping is counted, and is noise of the DAC", "[diagnose]") {
  Setup s(one_linear(), on_small_chip({}), 64);
  const DiagnosisResult whole = s.result();
  CHECK(whole.layers[0].dac.clip_rate == 0.0);
  s.ranges[0].dac *= 0.25;
  const DiagnosisResult clipped = s.result();
  std::size_t beyond = 0;
  for (const float x : s.images) beyond += std::fabs(static_cast<double>(x)) > s.ranges[0].dac ? 1U : 0U;
  CHECK(clipped.layers[0].dac.clip_rate ==
        Approx(static_cast<double>(beyond) / static_cast<double>(s.images.size())));
  CHECK(powers(clipped.layers[0].slots[0]).at("dac") > 100.0 * powers(whole.layers[0].slots[0]).at("dac"));
}

TEST_CASE("only acting causes have rows, and every slot has its own", "[diagnose]") {
  Experiment e = on_small_chip(noisy_pcm());
  e.overrides = {{"fc", "device.drift", "0"}};
  const Setup s(small_mimoconv(2, 2), e, 8);
  const DiagnosisResult d = s.result();
  for (const LayerDiagnosis& layer : d.layers) {
    const bool per_input = layer.layer == "stem" || layer.layer == "unbind" || layer.layer == "fc";
    INFO(layer.layer);
    CHECK(layer.slots.size() == (per_input ? 2U : 1U));
    CHECK(layer.superposed == (layer.layer != "stem" && layer.layer != "fc"));
    const auto power = powers(layer.slots[0]);
    CHECK(power.count("drift") == (layer.layer == "fc" ? 0U : 1U));
    for (const char* cause : {"programming_noise", "noise_1f", "read_noise", "dac", "adc", "all"})
      CHECK(power.at(cause) > 0.0);
    CHECK(power.at("exact_to_float") < 1e-2 * power.at("all"));
  }
  REQUIRE(d.crosstalk.size() == 2);
  CHECK(d.crosstalk[0].layers.back().layer == "unbind");
}

TEST_CASE("cross-talk of bind, bundle, unbind is what the keys give", "[diagnose][crosstalk]") {
  const std::vector<double> scales = {1.0, 0.5, 2.0};
  Experiment e = on_small_chip({});
  e.chip.analog.dac.bits = 16;
  e.chip.analog.adc.bits = 16;
  e.chip.vector.format = NumberFormat::Fp32;
  const Setup s(shifting_network(scales, 12), e, 60);
  const DiagnosisResult d = s.result();
  REQUIRE(d.crosstalk.size() == 3);
  // u_j = a_j² x_j + Σ_k a_j a_k shift(x_k); ½ mean (x' − x)² of each input over the passes.
  std::vector<double> variance(3);
  for (std::size_t k = 0; k < 3; ++k)
    for (std::size_t p = 0; p < 20; ++p)
      for (std::size_t c = 0; c < 12; ++c) {
        const auto x = static_cast<double>(s.images[(p * 3 + k) * 12 + c]);
        const auto y = static_cast<double>(s.images[((p + 1) % 20 * 3 + k) * 12 + c]);
        variance[k] += 0.5 * (y - x) * (y - x) / 240.0;
      }
  for (std::size_t j = 0; j < 3; ++j) {
    const SlotCrosstalk& slot = d.crosstalk[j];
    const double a = scales[j];
    CHECK(slot.signal_power == Approx(a * a * a * a * variance[j]).epsilon(1e-5));
    REQUIRE(slot.partners.size() == 2);
    for (const PartnerTerm& partner : slot.partners) {
      const auto k = static_cast<std::size_t>(partner.input);
      const double expected = a * a * scales[k] * scales[k] * variance[k];
      CHECK(k != j);
      CHECK(partner.float_power == Approx(expected).epsilon(1e-5));
      CHECK(partner.chip_power == Approx(expected).epsilon(1e-2));  // 16-bit converters
    }
    CHECK(slot.own_error_power < 1e-5 * slot.signal_power);
  }
}

TEST_CASE("copies of one input are not each other's partners", "[diagnose][crosstalk]") {
  const Setup s(small_mimoconv(4, 2), on_small_chip(noisy_pcm()), 8);
  const DiagnosisResult d = s.result();
  REQUIRE(d.crosstalk.size() == 4);
  for (const SlotCrosstalk& slot : d.crosstalk) {
    CHECK(slot.input == slot.slot % 2);
    REQUIRE(slot.partners.size() == 1);
    CHECK(slot.partners[0].input == 1 - slot.input);
    CHECK(slot.own_error_power > 0.0);
  }
}

TEST_CASE("a slot's own error and a layer's are the same where only that layer is noisy",
          "[diagnose][crosstalk]") {
  Experiment e = on_small_chip(noisy_pcm());
  e.chip.analog.dac.bits = 16;
  e.chip.analog.adc.bits = 16;
  e.chip.vector.format = NumberFormat::Fp32;
  for (const char* layers : {"stem", "bundle", "blocks.*", "fc"})
    for (const char* key : {"programming_noise", "drift", "noise_1f", "read_noise"})
      e.overrides.push_back({layers, std::string("device.") + key, "0"});
  const Setup s(small_mimoconv(2, 2), e, 8);  // only unbind is noisy
  for (const SlotCrosstalk& slot : s.result().crosstalk)
    CHECK(slot.own_error_power == Approx(slot.layers.back().error_power).epsilon(0.02));
}

}  // namespace mimosa
