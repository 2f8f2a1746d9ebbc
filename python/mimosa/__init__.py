# SPDX-License-Identifier: Apache-2.0
"""Analog in-memory arrays from Python: program a matrix once, multiply it with vectors.

    import numpy, mimosa
    matrix = mimosa.AnalogMatrix(w, chip="hermes", device="pcm-joshi", seed=7)
    y = matrix @ x

Same code and same bytes as ``mimosa mvm``. Needs NumPy and libmimosa (``./mimosa build``).
"""

from mimosa._library import MimosaError, version
from mimosa.analog_matrix import AnalogMatrix, Ranges

__all__ = ["AnalogMatrix", "MimosaError", "Ranges", "version"]
