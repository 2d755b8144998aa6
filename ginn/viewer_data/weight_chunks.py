"""Weights and biases of a run as text, with which the viewer computes the forward pass.

A chunk holds every weight and bias of consecutive snapshots, to the bit. Its text has the format of
`vlq`, with one column:

    ginn-weights,VERSION,ADLER32,FIRST,SNAPSHOTS,SIZES
    bits    (PARAMETERS * SNAPSHOTS)  each parameter at each snapshot, snapshots innermost

SIZES are the numbers of units of the layers, input to output, joined by hyphens: 2-16-16-16-1.
Parameters are in order of layer. In a layer, the weights come row by row, (out, in), and then the
biases. A number is the 32 bits of a float32 minus those of the same parameter at the snapshot
before (0 at the first), modulo 2^32, zigzag. It is small for two reasons. Weights change little
between snapshots. The bit patterns of floats of one sign have the order of the floats. Byte planes,
differences, exclusive or, and combinations of these, all in base 64, were larger after gzip.

Axes: K snapshots.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ginn.network.run import Float32, RecordedRun
from ginn.viewer_data.vlq import encode_columns, zigzag

MAGIC = "ginn-weights"
VERSION = 1


@dataclass(frozen=True)
class WeightChunk:
    """The parameters of consecutive snapshots from `first` on, (K, parameters) float32.

    `sizes` are the numbers of units of the layers, with the input's 2 and the output's 1. The
    parameters are in the order that the module's docstring states.
    """

    first: int
    sizes: tuple[int, ...]
    values: Float32


def weight_chunk(run: RecordedRun, first: int, count: int) -> WeightChunk:
    """The chunk of `count` snapshots of a run from `first` on."""
    part = slice(first, first + count)
    columns = [
        each[part].reshape(count, -1)
        for layer in zip(run.weights, run.biases, strict=True)
        for each in layer
    ]
    return WeightChunk(first, (2, *run.widths, 1), np.concatenate(columns, axis=1))


def encode(chunk: WeightChunk) -> str:
    """The text of a chunk, as the module's docstring states."""
    bits = np.ascontiguousarray(chunk.values.T, dtype=np.float32).view(np.uint32)
    steps = np.diff(bits, axis=1, prepend=np.uint32(0)).view(np.int32)  # (parameters, K)
    sizes = "-".join(map(str, chunk.sizes))
    fields = (chunk.first, len(chunk.values), sizes)
    return encode_columns(MAGIC, VERSION, fields, [zigzag(steps.astype(np.int64).ravel())])
