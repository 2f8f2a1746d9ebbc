# SPDX-License-Identifier: Apache-2.0
"""A matrix in analog arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import NamedTuple

import numpy
from numpy.typing import NDArray

from mimosa._library import MimosaError, failure, library

Matrix = NDArray[numpy.float64]


class Ranges(NamedTuple):
    """Half-ranges of the converters."""

    dac: float
    """In units of x."""
    adc: tuple[float, ...]
    """Per weight slice, in units of sums of g·x with g over g_max and x over ``dac``."""


def _checked(name: str, array: object, dimensions: tuple[int, ...], wanted: str) -> Matrix:
    """``array`` itself: it is passed on by address, never copied, so it must be what C reads."""
    if not isinstance(array, numpy.ndarray):
        raise TypeError(f"{name}: is a {type(array).__name__}; allowed: a numpy.ndarray of float64")
    if array.dtype != numpy.dtype("<f8"):
        raise TypeError(f"{name}: its type is {array.dtype}; allowed: float64, e.g. {name}.astype(float)")
    if array.ndim not in dimensions:
        raise ValueError(f"{name}: its shape is {list(array.shape)}; allowed: {wanted}")
    if not (array.flags.c_contiguous and array.flags.aligned):
        raise ValueError(f"{name}: is not C-contiguous; allowed: e.g. numpy.ascontiguousarray({name})")
    return array


def _setting(key: str, value: object) -> bytes:
    return f"{key}={str(value).lower() if isinstance(value, bool) else value}".encode()


class AnalogMatrix:
    """A matrix programmed once into analog arrays; ``matrix @ x`` reads them.

    Products depend on nothing but the arguments, the vector, its position among the vectors and the number of
    the read. Several threads may multiply at once.
    """

    def __init__(
        self,
        weights: Matrix,
        chip: str = "hermes",
        device: str = "ideal",
        settings: Mapping[str, object] | None = None,
        seed: int = 1,
    ) -> None:
        """Programs ``weights`` [outputs, inputs], float64 in C order, into cells.

        ``chip``, ``device``: names or YAML files. ``settings``: keys as of ``mimosa mvm --set``, e.g.
        ``{"chip.adc.bits": 6, "device.time_s": 3600, "mvm.split": True}``. The weights may change or go
        afterwards. Raises MimosaError for names, keys and values that are wrong, TypeError and ValueError for
        arrays of another type, order or shape.
        """
        self._handle: int | None = None
        w = _checked("weights", weights, (2,), "[outputs, inputs]")
        texts = [_setting(key, value) for key, value in (settings or {}).items()] + [_setting("seed", seed)]
        self.outputs: int = w.shape[0]
        self.inputs: int = w.shape[1]
        self._handle = library.mimosa_matrix_new(
            chip.encode(),
            device.encode(),
            (ctypes.c_char_p * (len(texts) + 1))(*texts, None),
            w.ctypes.data,
            self.outputs,
            self.inputs,
        )
        if self._handle is None:
            raise failure()

    def __del__(self) -> None:
        if getattr(self, "_handle", None) is not None:
            library.mimosa_matrix_free(self._handle)
            self._handle = None

    @property
    def shape(self) -> tuple[int, int]:
        """Outputs and inputs."""
        return self.outputs, self.inputs

    @property
    def arrays(self) -> int:
        """Arrays the matrix is spread over."""
        return library.mimosa_matrix_arrays(self._handle)

    @property
    def ranges(self) -> Ranges | None:
        """The converters' ranges, None before ``fit``."""
        if not library.mimosa_matrix_dac_range(self._handle):
            return None
        adc: list[float] = []
        while value := library.mimosa_matrix_adc_range(self._handle, len(adc)):
            adc.append(value)
        return Ranges(library.mimosa_matrix_dac_range(self._handle), tuple(adc))

    def fit(self, x: Matrix) -> Ranges:
        """Fixes the converters' ranges, where the settings leave them open, from vectors [inputs, vectors].

        Without it each product takes them from its own vectors. Not while another thread multiplies.
        """
        x = self._vectors(x)
        if library.mimosa_matrix_fit(self._handle, x.ctypes.data, x.size // self.inputs) != 0:
            raise failure()
        ranges = self.ranges
        assert ranges is not None
        return ranges

    def multiply(
        self, x: Matrix, reads: int | None = None, first_read: int = 0, out: Matrix | None = None
    ) -> Matrix:
        """``weights @ x`` of x [inputs, vectors] or [inputs], as the arrays have it.

        Returns [outputs, vectors] or [outputs]; with ``reads``, that many reads of the same cells stand
        along a first axis. Read noise is new in each read, and that of read number n (from ``first_read``
        on) is always the same. ``out``: where to put the results, float64 in C order of that shape.
        """
        x = self._vectors(x)
        count = 1 if reads is None else reads
        if count < 1 or first_read < 0 or first_read + count > 2**32:
            raise ValueError(f"reads: {count} from {first_read} on; allowed: at least one, numbers below 2^32")
        shape = (() if reads is None else (reads,)) + (self.outputs,) + x.shape[1:]
        y = numpy.empty(shape) if out is None else _checked("out", out, (len(shape),), str(list(shape)))
        if y.shape != shape:
            raise ValueError(f"out: its shape is {list(y.shape)}; allowed: {list(shape)}")
        if not y.flags.writeable or numpy.may_share_memory(x, y):
            raise ValueError("out: is read-only or shares memory with x; allowed: an array of its own")
        status = library.mimosa_matrix_multiply(
            self._handle, x.ctypes.data, x.size // self.inputs, first_read, count, y.ctypes.data
        )
        if status != 0:
            raise failure()
        return y

    def __matmul__(self, x: Matrix) -> Matrix:
        return self.multiply(x)

    def _vectors(self, x: Matrix) -> Matrix:
        x = _checked("x", x, (1, 2), f"[{self.inputs}, vectors] or [{self.inputs}]")
        if x.shape[0] != self.inputs:
            raise ValueError(
                f"x: its shape is {list(x.shape)}; allowed: [{self.inputs}, vectors] or [{self.inputs}]"
            )
        return x


__all__ = ["AnalogMatrix", "MimosaError", "Ranges"]
