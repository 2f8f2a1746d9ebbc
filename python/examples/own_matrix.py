# SPDX-License-Identifier: Apache-2.0
"""A matrix of your own on PCM cells: how far from exact is it, after a second and after a year?"""

import numpy

import mimosa

outputs, inputs, vectors = 64, 128, 200
# Any numbers do; these are the same everywhere.
w = numpy.sin(numpy.arange(outputs * inputs, dtype=numpy.float64) ** 2 % 1000.0).reshape(outputs, inputs)
x = numpy.cos(numpy.arange(inputs * vectors, dtype=numpy.float64) ** 2 % 1000.0).reshape(inputs, vectors)
exact = w @ x

for device, seconds in [("ideal", 1.0), ("pcm-joshi", 1.0), ("pcm-joshi", 3.15e7)]:
    matrix = mimosa.AnalogMatrix(w, chip="hermes", device=device, settings={"device.time_s": seconds}, seed=7)
    y = matrix @ x
    error = numpy.sqrt(numpy.mean((y - exact) ** 2) / numpy.mean(exact**2))
    print(f"{device:<10} {seconds:>10.0f} s   {100 * error:.1f} % rms error")

# Four reads of the same cells differ by their read noise alone.
reads = matrix.multiply(x, reads=4)
print(f"between reads: {100 * reads.std(axis=0).mean() / exact.std():.1f} %")
