"""The subdivision of the square by a run, layer by layer, in float64 or in exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ginn.errors import AuthorError
from ginn.geometry.exact import ExactSubdivision
from ginn.geometry.rounded import RoundedSubdivision
from ginn.geometry.subdivision import Subdivision
from ginn.network.run import Float32, RecordedRun, layer_slices


def subdivisions_before(
    run: RecordedRun, first: int, count: int, *, exact: bool = False
) -> Iterator[Subdivision]:
    """For each layer, the subdivision by the layers before it, with that layer's values.

    It covers `count` snapshots of a run, from `first` on. The last layer is the output, and its
    subdivision is the one by all hidden layers. All items are the same object, which is cut further
    between two items. So read each item before you take the next one. At the end, `uncertain` marks
    the snapshots that must be subdivided again, each alone, with `exact`. Whatever was read of
    these snapshots before is not valid.
    Raises AuthorError if a weight is not finite, or if there are more vertices than memory allows.
    """
    return (subdivision for subdivision, cut in _turns(run, first, count, exact) if not cut)


def subdivisions_after(
    run: RecordedRun, first: int, count: int, *, exact: bool = False
) -> Iterator[Subdivision]:
    """For each hidden layer, the subdivision by it and the layers before it, with its values.

    Arguments, errors and the rules for reading are those of `subdivisions_before`.
    """
    turns = _turns(run, first, count, exact, output=False)
    return (subdivision for subdivision, cut in turns if cut)


def _turns(
    run: RecordedRun, first: int, count: int, exact: bool, output: bool = True
) -> Iterator[tuple[Subdivision, bool]]:
    """The subdivision at each step, and whether the layer has cut it yet.

    Each hidden layer gives two items: when it is entered (False), and after it has cut (True). The
    output gives one item (False), and none if `output` is false.
    """
    subdivision: Subdivision
    subdivision = ExactSubdivision(first) if exact else RoundedSubdivision(count, first)
    layers = layer_slices(run.widths)
    for weights, biases, neurons in zip(run.weights, run.biases, layers, strict=True):
        hidden = neurons != layers[-1]
        weight, bias = weights[first : first + count], biases[first : first + count]
        _require_finite(weight, bias, first, neurons.start)
        if hidden or output:
            subdivision.enter_layer(neurons.start, weight, bias)
            yield subdivision, False
        if hidden:
            subdivision.cut()
            yield subdivision, True


def _require_finite(weight: Float32, bias: Float32, first_snapshot: int, first_neuron: int) -> None:
    numbers = np.concatenate([weight, bias[:, :, None]], axis=2)
    finite = np.isfinite(numbers)
    if not finite.all():
        snapshot, neuron, column = np.argwhere(~finite)[0]
        raise AuthorError(
            f"a weight or bias of {numbers[snapshot, neuron, column]} for neuron "
            f"{first_neuron + neuron} at snapshot {first_snapshot + snapshot}",
            "weights and biases that are finite",
            "leave out the snapshots after training diverged",
        )
