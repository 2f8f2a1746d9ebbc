# SPDX-License-Identifier: Apache-2.0
"""The Python package against the command line, byte for byte, and what it refuses."""

import os
import subprocess
import sys
import tempfile
import threading
import unittest

try:
    import numpy
except ImportError:
    print("python: skipped, it needs python3-numpy")
    sys.exit(77)

import mimosa


def problem(outputs=30, inputs=70, vectors=130):
    generator = numpy.random.Generator(numpy.random.PCG64(5))
    return generator.standard_normal((outputs, inputs)), generator.standard_normal((inputs, vectors))


class AgainstTheCommandLine(unittest.TestCase):
    def results_of_program(self, w, x, *options):
        with tempfile.TemporaryDirectory() as folder:
            paths = [os.path.join(folder, name) for name in ("W.npy", "X.npy", "Y.npy")]
            numpy.save(paths[0], w)
            numpy.save(paths[1], x)
            subprocess.run(
                [os.environ["MIMOSA_PROGRAM"], "mvm", "--quiet", "--matrix", paths[0], "--vectors", paths[1]]
                + ["--out", paths[2], *options],
                check=True,
            )
            return numpy.load(paths[2])

    def test_products_are_those_of_mimosa_mvm_byte_for_byte(self):
        w, x = problem()
        ours = mimosa.AnalogMatrix(w, device="pcm-joshi", settings={"device.time_s": 3600}, seed=7) @ x
        theirs = self.results_of_program(w, x, "--device", "pcm-joshi", "--time", "3600", "--seed", "7")
        self.assertEqual(ours.tobytes(), theirs.tobytes())
        self.assertEqual(ours.shape, theirs.shape)

    def test_split_matrices_and_reads_too(self):
        w, x = problem()
        settings = {"mvm.split": True, "chip.array.rows": 32, "chip.array.cols": 16}
        matrix = mimosa.AnalogMatrix(w, "ideal", "pcm-joshi", settings)
        self.assertEqual(matrix.arrays, 6)
        options = [f"--set={key}={str(value).lower()}" for key, value in settings.items()]
        theirs = self.results_of_program(
            w, x, "--chip", "ideal", "--device", "pcm-joshi", "--reads", "3", *options
        )
        self.assertEqual(matrix.multiply(x, reads=3).tobytes(), theirs.tobytes())
        self.assertEqual(matrix.multiply(x, reads=1, first_read=2)[0].tobytes(), theirs[2].tobytes())


class Products(unittest.TestCase):
    def test_fine_converters_and_exact_cells_give_the_product(self):
        w, x = problem()
        y = mimosa.AnalogMatrix(w, chip="ideal") @ x
        # Half a step of 16 bits of every input times |w|, and of 24 bits of the result.
        bound = 0.5 * abs(x).max() / 32767 * abs(w).sum(axis=1, keepdims=True) + 1e-5
        self.assertTrue((abs(y - w @ x) < bound).all())

    def test_a_vector_of_one_axis_gives_one(self):
        w, x = problem(vectors=1)
        matrix = mimosa.AnalogMatrix(w)
        self.assertEqual((matrix @ x[:, 0].copy()).tobytes(), (matrix @ x).tobytes())
        self.assertEqual((matrix @ x[:, 0].copy()).shape, (30,))
        self.assertEqual(matrix.shape, (30, 70))

    def test_fitted_ranges_hold_for_other_vectors(self):
        w, x = problem()
        matrix = mimosa.AnalogMatrix(w)
        self.assertIsNone(matrix.ranges)
        ranges = matrix.fit(x)
        self.assertEqual(ranges.dac, abs(x).max())
        self.assertEqual(len(ranges.adc), 1)
        part = matrix @ numpy.ascontiguousarray(x[:, :3])
        self.assertEqual(part.tobytes(), (matrix @ x)[:, :3].tobytes())

    def test_results_go_where_they_are_wanted(self):
        w, x = problem()
        matrix = mimosa.AnalogMatrix(w)
        out = numpy.empty((30, 130))
        self.assertIs(matrix.multiply(x, out=out), out)
        self.assertEqual(out.tobytes(), (matrix @ x).tobytes())

    def test_threads_multiply_at_once(self):
        w, x = problem()
        matrix = mimosa.AnalogMatrix(w, device="pcm-joshi")
        wanted, results = matrix @ x, [None] * 4

        def work(index):
            results[index] = matrix @ x

        threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for result in results:
            self.assertEqual(result.tobytes(), wanted.tobytes())


class Refusals(unittest.TestCase):
    def refuses(self, error, text, call):
        with self.assertRaises(error) as caught:
            call()
        self.assertIn(text, str(caught.exception))

    def test_arrays_that_would_have_to_be_copied(self):
        w, x = problem()
        matrix = mimosa.AnalogMatrix(w)
        self.refuses(TypeError, "x: its type is float32; allowed: float64", lambda: matrix @ x.astype("f4"))
        self.refuses(TypeError, "x: is a list", lambda: matrix @ [1.0] * 70)
        self.refuses(ValueError, "x: is not C-contiguous", lambda: matrix @ numpy.asfortranarray(x))
        self.refuses(ValueError, "x: is not C-contiguous", lambda: matrix @ x[:, ::2])
        self.refuses(TypeError, "weights: its type is int64", lambda: mimosa.AnalogMatrix(w.astype("i8")))
        self.refuses(TypeError, "x: its type is >f8", lambda: matrix @ x.astype(">f8"))

    def test_shapes_that_do_not_fit(self):
        w, x = problem()
        matrix = mimosa.AnalogMatrix(w)
        self.refuses(ValueError, "x: its shape is [69, 130]; allowed: [70, vectors]", lambda: matrix @ x[:69])
        self.refuses(ValueError, "weights: its shape is [2100]", lambda: mimosa.AnalogMatrix(w.ravel()))
        self.refuses(mimosa.MimosaError, "holds no weights", lambda: mimosa.AnalogMatrix(numpy.zeros((0, 3))))
        self.refuses(ValueError, "out: its shape", lambda: matrix.multiply(x, out=numpy.empty((30, 1))))
        self.refuses(ValueError, "reads: 0", lambda: matrix.multiply(x, reads=0))
        square = mimosa.AnalogMatrix(numpy.eye(70))
        self.refuses(ValueError, "shares memory", lambda: square.multiply(x, out=x))

    def test_values_and_keys_that_are_wrong(self):
        w, x = problem()
        matrix = mimosa.AnalogMatrix(w)
        x[2, 3] = numpy.nan
        self.refuses(mimosa.MimosaError, "vectors: the value at [2, 3] is nan", lambda: matrix @ x)
        for text, arguments in [
            ("did you mean bits?", {"settings": {"chip.adc.bitz": 6}}),
            ('no chip named "hermse"', {"chip": "hermse"}),
            ("seed: -1 is outside", {"seed": -1}),
        ]:
            self.refuses(mimosa.MimosaError, text, lambda: mimosa.AnalogMatrix(w, **arguments))


if __name__ == "__main__":
    unittest.main()
