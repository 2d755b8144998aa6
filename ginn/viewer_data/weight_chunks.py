"""Weights and biases of a run as text, with which the viewer computes the forward pass.

A chunk holds every weight and bias of consecutive snapshots, to the bit. Its text is that of `vlq`,
with one column:

    ginn-weights,VERSION,ADLER32,FIRST,SNAPSHOTS,SIZES
    bits    (PARAMETERS * SNAPSHOTS)  each parameter at each snapshot, snapshots innermost

SIZES are the units of each layer from the input to the output, joined by hyphens: 2-16-16-16-1.
Parameters are in order of layer. In a layer, the weights come row by row, (out, in), and then the
biases. A number is the 32 bits of a float32 minus those of the same parameter at the snapshot
before (0 at the first), modulo 2^32, zigzag. It is small, because weights move little between
snapshots, and floats of one sign are in the order of their bit patterns. Planes of bytes,
differences, exclusive or and combinations of these, in base 64, were larger after gzip.

Axes: K snapshots.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ginn.network.run import Float32, RecordedRun
from ginn.viewer_data.vlq import decode_columns, encode_columns, from_zigzag, zigzag

MAGIC = "ginn-weights"
VERSION = 1
_FIELDS = 3


@dataclass(frozen=True)
class WeightChunk:
    """The parameters of consecutive snapshots from `first` on, (K, parameters) float32.

    `sizes` are the units of each layer, with the input's 2 and the output's 1. The parameters are
    in the order that the module's docstring states.
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
    steps = np.diff(bits, axis=1, prepend=np.uint32(0)).view(np.int32)  # (parameters, K), modulo
    sizes = "-".join(map(str, chunk.sizes))
    fields = (chunk.first, len(chunk.values), sizes)
    return encode_columns(MAGIC, VERSION, fields, [zigzag(steps.astype(np.int64).ravel())])


def decode(text: str) -> WeightChunk:
    """The chunk that `encode` made `text` from.

    Raises ValueError if the text is of another kind or version, or damaged.
    """
    (first, snapshots, sizes_text), columns = decode_columns(text, MAGIC, VERSION, _FIELDS)
    sizes = tuple(map(int, sizes_text.split("-")))
    shape = (sum(out * (in_ + 1) for in_, out in itertools.pairwise(sizes)), int(snapshots))
    if [column.size for column in columns] != [shape[0] * shape[1]]:
        raise ValueError(
            f"the columns hold {[column.size for column in columns]} numbers, the head says "
            f"{shape[0]} parameters at {shape[1]} snapshots"
        )
    steps: NDArray[np.int64] = from_zigzag(columns[0]).reshape(shape)
    bits = np.cumsum(steps, axis=1).astype(np.uint32)  # modulo 2^32 on the way down
    return WeightChunk(int(first), sizes, np.ascontiguousarray(bits.view(np.float32).T))
