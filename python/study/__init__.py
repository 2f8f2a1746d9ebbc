# SPDX-License-Identifier: Apache-2.0
"""What studies ask of finished sweeps: statistics, curves, the cheapest way to an accuracy. NumPy is all it needs."""
