// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/crossbar/array_spec.hpp"
#include "models/crossbar/planes.hpp"
#include "models/device/device_spec.hpp"

namespace mimosa {

/// Address of one MVM's read noise.
struct MvmId {
  std::uint32_t pass = 0;
  std::uint32_t mvm = 0;  ///< position within the layer and pass
};

/// The column sums of one plane, computed cell by cell for every read: exact where sums of cells have no
/// closed law, and slow. Every noise is a draw for every cell: 1/f noise of a pass and telegraph states once
/// a pass, white noise and the fast part of 1/f noise once a read, on the conductance, before the cell's I–V
/// law.
///
/// Voltage inputs: the current of a cell at its own voltage; with wires from the nodes of the whole array.
/// Pulse widths: a cell is its chord at the full voltage, of its conductance averaged over its pulse (white
/// noise of k of D slots: variance D/k); with wires the drops are those of the mean over the read.
template <class T>
class CellReads {
 public:
  CellReads() = default;
  /// `cols` of the block; a unit column stands beyond. `number` of the plane in its array.
  CellReads(Plane<T>& plane, const DeviceSpec& device, const ArraySpec& spec, const ArraySite& site,
            std::size_t rows, std::size_t cols, std::uint32_t number);
  /// True where a plane's cells are summed by other means.
  [[nodiscard]] bool empty() const { return grids_.empty(); }

  struct Inputs {
    const T* digits;  ///< vector b starts at digits + b · stride
    std::size_t stride, count;
    double full;  ///< largest digit
  };
  /// Sums in units of g·digit, g over g_max, of the reads `ids` with noise of the family of `key`.
  void read(const Inputs& inputs, std::span<const MvmId> ids, std::uint64_t key, T* y,
            std::size_t y_stride) const;
  /// The same without any noise, telegraph cells in their high states.
  void read_quietly(const Inputs& inputs, T* y, std::size_t y_stride) const;

 private:
  struct Work;
  void sum(const Inputs& inputs, std::span<const MvmId> ids, std::uint64_t key, T* y,
           std::size_t y_stride) const;
  void fill_pass(const ReadCells& grid, std::size_t number, std::uint32_t pass, Work& work) const;
  void fill_read(const ReadCells& grid, std::uint64_t key, const MvmId* id, Work& work) const;
  void bend(Work& work) const;
  void add_currents(const ReadCells& grid, Work& work, double* sums) const;
  /// Normals of a row of cells, a unit column's from another family.
  void draw_row(std::uint64_t key, std::uint32_t pass, std::uint32_t mvm, std::size_t row,
                std::span<float> out) const;
  [[nodiscard]] std::uint32_t index(std::size_t row) const;

  std::vector<ReadCells> grids_;
  std::size_t rows_ = 0, cols_ = 0, plane_cols_ = 0;
  IvSpec iv_;
  CellRange range_;
  double nonlinearity_ = 1.0, g_max_us_ = 1.0, pass_s_ = 0.0;
  InputKind input_ = InputKind::Voltage;
  WireSpec wires_;
  std::string where_;
  std::uint32_t row0_ = 0, col0_ = 0, layer_cols_ = 0;
  std::uint64_t pass_key_ = 0;
};

extern template class CellReads<float>;
extern template class CellReads<double>;

}  // namespace mimosa
