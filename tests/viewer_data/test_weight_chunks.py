"""The weights that the browser computes with are bit for bit those of the run."""

from __future__ import annotations

import gzip
import itertools
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from support.decode_chunks import decode_weights
from support.runs import random_run

from ginn.viewer_data.weight_chunks import WeightChunk, encode, weight_chunk

ANY_FLOAT = st.integers(0, 2**32 - 1)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.lists(st.integers(1, 4), max_size=3), st.integers(1, 4), st.integers(0, 500))
def test_encode_any_floats_keeps_every_bit(
    data: st.DataObject, widths: list[int], snapshots: int, first: int
) -> None:
    """Every bit pattern of a float: also minus zero, subnormal numbers, infinities and NaNs."""
    sizes = (2, *widths, 1)
    count = sum(out * (into + 1) for into, out in itertools.pairwise(sizes))
    bits = data.draw(st.lists(ANY_FLOAT, min_size=count * snapshots, max_size=count * snapshots))
    values = np.array(bits, dtype=np.uint32).reshape(snapshots, count).view(np.float32)
    chunk = decode_weights(encode(WeightChunk(first, sizes, values)))
    assert (chunk.first, chunk.sizes) == (first, sizes)
    np.testing.assert_array_equal(chunk.values.view(np.uint32), values.view(np.uint32))


def test_weight_chunk_has_layer_by_layer_weights_before_biases() -> None:
    run = random_run((3, 2), 6)
    chunk = decode_weights(encode(weight_chunk(run, 2, 3)))
    assert (chunk.first, chunk.sizes, chunk.values.shape) == (2, (2, 3, 2, 1), (3, 20))
    one = chunk.values[1]  # the run's snapshot 3
    np.testing.assert_array_equal(one[:6].reshape(3, 2), run.weights[0][3])
    np.testing.assert_array_equal(one[6:9], run.biases[0][3])
    np.testing.assert_array_equal(one[9:15].reshape(2, 3), run.weights[1][3])
    np.testing.assert_array_equal(one[15:17], run.biases[1][3])
    np.testing.assert_array_equal(one[17:19], run.weights[2][3, 0])
    assert one[19] == run.biases[2][3, 0]


def test_encode_weights_that_hardly_move_is_small() -> None:
    """If weights drift slowly, the compressed text is less than half as long as the values."""
    run = random_run((16, 16), 32)
    drift = np.linspace(0, 1e-4, 32, dtype=np.float32)
    slow = replace(
        run,
        weights=tuple((w[:1] + drift[:, None, None]).astype(np.float32) for w in run.weights),
        biases=tuple((b[:1] + drift[:, None]).astype(np.float32) for b in run.biases),
    )
    chunk = weight_chunk(slow, 0, 32)
    assert len(gzip.compress(encode(chunk).encode(), 6)) < chunk.values.nbytes / 2
