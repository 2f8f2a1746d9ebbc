// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "hw/spec/chip_spec.hpp"
#include "models/device/device_spec.hpp"

namespace mimosa {

/// Which engines answer: Both = accuracy from the functional engine, timing from the SystemC chip.
enum class EngineChoice { Both, Functional, Timed, Timing };
/// Where and how binding happens: stacked circulants in an array (the bit line adds the slots), or in the
/// vector unit, directly or by Fourier transform; Auto: the cheapest of these.
enum class BindingPlace { Crossbar, Digital, Fft, Auto };

/// Where the signs of a grid's sequences act on q, k and v: on the results of the projections in the vector
/// unit, or as signed copies of W in arrays, whose bit lines bundle.
enum class SignPlace { Digital, Crossbar };

struct CompilerOptions {
  int array_budget = 0;  ///< arrays the network may use, replicas included; 0: all of the chip
  BindingPlace binding = BindingPlace::Crossbar;
  bool replicate = true;
  SignPlace signs = SignPlace::Digital;
  int sum_fan_in = 16;  ///< partial sums that one vector unit adds at most; more are reduced along a tree
};

enum class AffineCorrection { Off, Column };

/// What shares a pass with an input whose answer counts: the inputs that follow it, whose answers count, too;
/// or, one answer a pass, copies of it, blank images, other inputs of its class, of another class.
enum class Partners { Next, Same, Blank, SameClass, OtherClass };
/// The keys slots are bound to: the trained ones, none, or random ones.
enum class Keys { Trained, None, Foreign };

/// What is fitted on held-out training images: converter ranges per network, mode and layer; corrections of
/// digital constants on every chip sample.
struct CalibrationOptions {
  int inputs = 512;
  double dac_percentile = 99.99;  ///< of input magnitudes; 100: the maximum
  double adc_percentile = 99.99;
  AffineCorrection affine = AffineCorrection::Off;
  int affine_inputs = 32;
  bool adabs = false;  ///< batch norms get the statistics of the chip sample
  int adabs_inputs = 32;
};

/// One device key changed for the layers a glob matches.
struct LayerOverride {
  std::string layers, key, value;
};

/// Everything a run depends on. `network`, `chip` and `device` name files in configs/, or are blocks that
/// extend one.
struct Experiment {
  std::string name = "experiment";
  std::vector<std::string> networks;  ///< names, or paths of network YAML files
  int slots_used = 0;                 ///< distinct inputs per pass of a dynamic network; 0: all slots
  std::string slots_used_origin;      ///< where that was set: "file:line" or "--set"
  ChipSpec chip;
  DeviceSpec device;
  std::vector<LayerOverride> overrides;
  std::vector<std::string> noise_layers = {
      "*"};  ///< globs: layers of the device; the others have ideal cells
  std::uint64_t seed = 1;
  int chips = 5;
  double half_width = 0.0;  ///< of the interval over chip samples, share of inputs; 0: `chips` samples
  int chips_most = 0;       ///< with a half-width: samples drawn at most
  std::int64_t inputs = 10000;
  EngineChoice engine = EngineChoice::Both;
  CompilerOptions compiler;
  CalibrationOptions calibration;
  int timed_passes = 64;       ///< at most, to reach the steady state
  double arrival_per_s = 0.0;  ///< of inputs; 0: always one waiting
  Partners partners = Partners::Next;
  Keys keys = Keys::Trained;
  int order = 0;                          ///< number of a permutation of the test inputs; 0: as they stand
  int threads = 0;                        ///< 0: all cores
  int batch = 32;                         ///< passes computed together
  std::vector<std::string> config_roots;  ///< folders in which names of networks are looked up
  std::vector<std::string> estimates;     ///< keys of chip and device whose file calls the value an estimate
};

/// The keys of an experiment outside `network`, `chip`, `device`, `overrides`.
template <class Visitor>
void describe(Visitor& v, Experiment& e) {
  v.field("seed", e.seed, "1", "seed of every random number", 0, 9007199254740992);
  v.field("chips", e.chips, "1",
          "chip samples: draws of all device randomness; with half_width the least of them", 1, 10000);
  v.field("half_width", e.half_width, "1",
          "chip samples are drawn until the 95 % interval of accuracy over them is as narrow (share of "
          "inputs); 0: `chips` of them",
          0.0, 0.5);
  v.field("chips_most", e.chips_most, "1", "chip samples that half_width may ask for; 0: no half_width", 0,
          10000);
  v.field("inputs", e.inputs, "1", "test images", 1, 10000000);
  v.choice("engine", e.engine,
           "who answers: functional (accuracy), timed (SystemC, everything), timing (no data)",
           {{"both", EngineChoice::Both},
            {"functional", EngineChoice::Functional},
            {"timed", EngineChoice::Timed},
            {"timing", EngineChoice::Timing}});
  v.section("compiler", "mapping of the network to the chip", [&](auto& m) {
    m.field("array_budget", e.compiler.array_budget, "arrays", "arrays to use, replicas included; 0: all", 0,
            1 << 24);
    m.choice(
        "binding", e.compiler.binding,
        "how slots are bound to their keys: in arrays, in the vector unit directly or by Fourier transform, "
        "or whatever of these is cheapest",
        {{"crossbar", BindingPlace::Crossbar},
         {"digital", BindingPlace::Digital},
         {"fft", BindingPlace::Fft},
         {"auto", BindingPlace::Auto}});
    m.choice("signs", e.compiler.signs,
             "where the keys of a grid of sequences act on q, k and v: in the vector unit, or in arrays as "
             "signed copies of the projections, whose bit lines bundle",
             {{"digital", SignPlace::Digital}, {"crossbar", SignPlace::Crossbar}});
    m.field("sum_fan_in", e.compiler.sum_fan_in, "1",
            "partial sums one vector unit adds at most; more are reduced along a tree", 2, 1 << 20);
    m.field("replicate", e.compiler.replicate, "1", "copy early layers to balance the pipeline", false, true);
  });
  v.section(
      "calibration", "converter ranges and corrections, fitted on held-out training images", [&](auto& m) {
        m.field("inputs", e.calibration.inputs, "1", "images used", 1, 5000);
        m.field("dac_percentile", e.calibration.dac_percentile, "%", "of input magnitudes; 100: the maximum",
                50.0, 100.0);
        m.field("adc_percentile", e.calibration.adc_percentile, "%", "of column sums; 100: the maximum", 50.0,
                100.0);
        m.choice("affine", e.calibration.affine,
                 "offset and gain of every column, fitted on every chip sample",
                 {{"off", AffineCorrection::Off}, {"column", AffineCorrection::Column}});
        m.used_with("affine", {"column"}, [&](auto& n) {
          n.field("affine_inputs", e.calibration.affine_inputs, "1", "images the fit of columns uses", 1,
                  5000);
        });
        m.field("adabs", e.calibration.adabs, "1", "batch norms get statistics of every chip sample", false,
                true);
        m.used_with("adabs", {"true"}, [&](auto& n) {
          n.field("adabs_inputs", e.calibration.adabs_inputs, "1", "images those statistics use", 1, 5000);
        });
      });
  v.field("timed_passes", e.timed_passes, "1",
          "passes the SystemC chip runs at most to reach its steady state", 2, 100000);
  v.section("workload", "how inputs come", [&](auto& m) {
    m.field("arrival_per_s", e.arrival_per_s, "1/s", "mean rate of inputs; 0: the next is always there", 0.0,
            1e12);
    m.choice("partners", e.partners,
             "what shares a pass with an input: the next ones, which count, too; copies of it; blank images; "
             "others of its class or of another one",
             {{"next", Partners::Next},
              {"same", Partners::Same},
              {"blank", Partners::Blank},
              {"same_class", Partners::SameClass},
              {"other_class", Partners::OtherClass}});
    m.choice(
        "keys", e.keys,
        "what inputs are bound to: the keys the network was trained with, none (they are added up as they "
        "are), or random ones",
        {{"trained", Keys::Trained}, {"none", Keys::None}, {"foreign", Keys::Foreign}});
    m.field("order", e.order, "1", "which permutation of the test inputs; 0: as the data set has them", 0,
            1000000);
  });
  v.field("threads", e.threads, "1", "worker threads; 0: all cores; no result depends on it", 0, 1024);
  v.field("batch", e.batch, "passes", "passes computed together; no result depends on it", 1, 65536);
}

/// Whether `noise_layers` name a layer.
[[nodiscard]] bool has_noise(const Experiment& experiment, const std::string& layer);
/// The device of a layer after `overrides`, whatever `noise_layers` say.
[[nodiscard]] DeviceSpec configured_device(const Experiment& experiment, const std::string& layer);
/// The device of a layer: the configured one, or ideal cells of its range outside `noise_layers`.
[[nodiscard]] DeviceSpec device_for_layer(const Experiment& experiment, const std::string& layer);
/// UserError where a glob of `overrides` or `noise_layers` matches none of the layers.
void check_layer_globs(const Experiment& experiment, const std::vector<std::string>& layers);
/// Path of the YAML file of one of `networks`, or of another network by name (a baseline); UserError.
[[nodiscard]] std::string network_file(const Experiment& experiment, const std::string& network);

}  // namespace mimosa
