# SPDX-License-Identifier: Apache-2.0
"""Finds and loads libmimosa and declares its functions (sim/mvm/mimosa.h)."""

import ctypes
import os
import pathlib

API = 1
USER_ERROR = 2


class MimosaError(ValueError):
    """Something the caller can mend: a name, a key, a shape, a value. One line."""


def _path() -> str:
    """MIMOSA_LIBRARY, else the library of this source tree, else the system's."""
    given = os.environ.get("MIMOSA_LIBRARY")
    if given:
        return given
    built = pathlib.Path(__file__).resolve().parents[2] / "build" / "release" / "sim" / "mvm" / "libmimosa.so"
    return str(built) if built.exists() else "libmimosa.so.1"


def _declare(library: ctypes.CDLL) -> None:
    size, text, double = ctypes.c_size_t, ctypes.c_char_p, ctypes.c_double
    handle = values = ctypes.c_void_p
    signatures = {
        "mimosa_api_version": (ctypes.c_int, []),
        "mimosa_version": (text, []),
        "mimosa_status": (ctypes.c_int, []),
        "mimosa_error": (text, []),
        "mimosa_matrix_new": (handle, [text, text, ctypes.POINTER(text), values, size, size]),
        "mimosa_matrix_free": (None, [handle]),
        "mimosa_matrix_arrays": (size, [handle]),
        "mimosa_matrix_fit": (ctypes.c_int, [handle, values, size]),
        "mimosa_matrix_dac_range": (double, [handle]),
        "mimosa_matrix_adc_range": (double, [handle, size]),
        "mimosa_matrix_multiply": (ctypes.c_int, [handle, values, size, ctypes.c_uint32, size, values]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments


def _load() -> ctypes.CDLL:
    path = _path()
    try:
        library = ctypes.CDLL(path)
        found = library.mimosa_api_version()
    except (OSError, AttributeError) as error:
        raise ImportError(
            f"{path}: cannot be loaded: {error}; build it with ./mimosa build, or set MIMOSA_LIBRARY"
        ) from None
    if found != API:
        raise ImportError(f"{path}: has interface {found}; this package needs {API}")
    _declare(library)
    return library


library = _load()


def failure() -> Exception:
    """The reason of the call that just failed in this thread."""
    text = library.mimosa_error().decode()
    return MimosaError(text) if library.mimosa_status() == USER_ERROR else RuntimeError(text)


def version() -> str:
    """Version of the simulator."""
    return library.mimosa_version().decode()
