"""Snapshots -> the text with which the viewer repeats the forward pass at any point.

A chunk holds every weight and bias of consecutive snapshots, to the bit. Its text is sealed as in
`quantities`, with one column:

    ginn-weights,VERSION,ADLER32,FIRST,SNAPSHOTS,SIZES
    bits    (PARAMETERS * SNAPSHOTS)  each parameter at each snapshot, snapshots innermost

SIZES are the units of each layer from the input to the output, joined by hyphens: 2-16-16-16-1.
Parameters stand layer by layer, in each the weights row by row, (out, in), and then the biases. A
number is a float32's 32 bits minus those of the same parameter at the snapshot before (at first
minus 0), modulo 2^32, zigzag: weights move little between snapshots, and the order of the bit
patterns is that of the floats of one sign. Of planes of bytes, differences, exclusive or and their
combinations, in base 64, this was the smallest after gzip.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ginn.network.run import Float32, RecordedRun
from ginn.viewer_data.vlq import sealed, signed, unsealed, zigzag

MAGIC = "ginn-weights"
VERSION = 1
_FIELDS = 3


@dataclass(frozen=True)
class WeightChunk:
    """The parameters of consecutive snapshots from `first` on, (K, parameters) float32.

    `sizes` are the units of each layer, the input's 2 and the output's 1 included; the parameters
    stand in the order of this module's head.
    """

    first: int
    sizes: tuple[int, ...]
    values: Float32


def parameters(snapshots: RecordedRun, first: int, count: int) -> WeightChunk:
    """The chunk of `count` snapshots of a run from `first` on."""
    part = slice(first, first + count)
    columns = [
        each[part].reshape(count, -1)
        for layer in zip(snapshots.weights, snapshots.biases, strict=True)
        for each in layer
    ]
    return WeightChunk(first, (2, *snapshots.widths, 1), np.concatenate(columns, axis=1))


def encode(chunk: WeightChunk) -> str:
    """A chunk as the text of this module's head."""
    bits = np.ascontiguousarray(chunk.values.T, dtype=np.float32).view(np.uint32)
    steps = np.diff(bits, axis=1, prepend=np.uint32(0)).view(np.int32)  # (parameters, K), modulo
    sizes = "-".join(map(str, chunk.sizes))
    fields = (chunk.first, len(chunk.values), sizes)
    return sealed(MAGIC, VERSION, fields, [zigzag(steps.astype(np.int64).ravel())])


def decode(text: str) -> WeightChunk:
    """The chunk that `encode` made `text` from.

    Raises ValueError where the text is of another kind or version, or damaged.
    """
    (first, snapshots, sizes_text), columns = unsealed(text, MAGIC, VERSION, _FIELDS)
    sizes = tuple(map(int, sizes_text.split("-")))
    shape = (sum(out * (in_ + 1) for in_, out in itertools.pairwise(sizes)), int(snapshots))
    if [column.size for column in columns] != [shape[0] * shape[1]]:
        raise ValueError(
            f"the columns hold {[column.size for column in columns]} numbers, the head says "
            f"{shape[0]} parameters at {shape[1]} snapshots"
        )
    steps: NDArray[np.int64] = signed(columns[0]).reshape(shape)
    bits = np.cumsum(steps, axis=1).astype(np.uint32)  # modulo 2^32 on the way down
    return WeightChunk(int(first), sizes, np.ascontiguousarray(bits.view(np.float32).T))
