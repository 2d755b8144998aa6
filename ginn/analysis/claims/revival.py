"""The interventions on dead layers: copies of a run are changed, and training continues.

The copies start from the last state of a screening run, with Adam's moments at zero. A stream is an
order of minibatches. Copies of the same stream see the same minibatches. They differ only in the
change at the start. A kind of change is an arm:

- untouched: nothing is changed.
- raised: all biases of the dead layer are raised by the same amount. It is the smallest amount with
  some neuron on at every pixel of the part, plus a margin. If the dead layer causes the failure,
  the copy then learns the part.
- lowered: the same biases are lowered by the same amount.
- random: a step of the same length in a random direction of the space of all parameters. The
  direction differs from stream to stream.
- elsewhere: a step of the same length that raises all biases of another hidden layer by one amount.
  An earlier layer that is raised can revive the dead layer. With a single hidden layer, this arm
  is the same as raised.

The converse intervention starts from screening runs that have learnt the part. The biases of a
layer are lowered by the smallest amount with every neuron off at every pixel of the part. If a dead
layer were sufficient for failure, the copies would not learn the part again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ginn.analysis.part_history import part_history, part_points
from ginn.dataset.dataset import Dataset
from ginn.network.forward import pre_activations
from ginn.network.run import Float64, RecordedRun, Start, last_state

ARMS = ("untouched", "raised", "lowered", "random", "elsewhere")
IMPOSED_ARMS = ("untouched", "lowered", "random")
# The number of orders of minibatches for each arm.
STREAMS, IMPOSED_STREAMS = 2, 1
# At most this many runs with a dead layer are copied, and at most this many that have learnt the
# part. The tests are over runs, so many runs with few copies each have more power than few runs
# with many copies each.
REVIVED_ON, IMPOSED_ON = 32, 32
# The first seed of the streams. It is larger than any seed that an author can name, so that no
# screening run and no full run has the same minibatches.
FIRST_STREAM = 1 << 20
# The change exceeds the smallest sufficient amount by this share of that amount.
MARGIN = 0.05
# How long a copy is trained after the state that it starts from, at most.
MOST_ITERATIONS = 50_000
# When snapshots are recorded, as shares of this training.
RECORDED = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class Source:
    """A screening run that is copied, and the change of its copies.

    `layer`, from 0, is the layer whose biases are changed. `step` is the Euclidean length of the
    change in the space of the parameters.
    """

    seed: int
    part: str
    layer: int
    step: float


@dataclass(frozen=True)
class InterventionRun:
    """One copy whose training continues: its source, its change, and its order of minibatches."""

    source: Source
    arm: str
    stream: int


def dead_layer_source(run: RecordedRun, dataset: Dataset, part: str) -> Source | None:
    """The source made of a run's last state; None if no layer is dead over all of the part.

    The layer is the first dead one. At each pixel, the neuron nearest to zero needs the smallest
    raise. The largest of these raises over the pixels switches some neuron on at every pixel. The
    raise is 1 + MARGIN times this. The step is the raise times the square root of the width.
    """
    points, _ = part_points(dataset, part)
    weights, biases = _state(run)
    hidden = pre_activations(weights, biases, points)[:-1]
    for layer, values in enumerate(hidden):
        nearest = values.max(axis=1)
        if (nearest <= 0).all():
            # A neuron at zero is off, so the raise must be larger than any rounding error.
            rise = max(-float(nearest.min()) * (1 + MARGIN), 1e-6)
            return Source(run.seed, part, layer, rise * math.sqrt(values.shape[1]))
    return None


def learnt_source(run: RecordedRun, dataset: Dataset, part: str) -> Source | None:
    """The source made of a run's last state.

    None unless the run has learnt the part and no layer is dead over it. The layer is the one that
    needs the smallest lowering. If there are several layers, the first one is left out: layers that
    are dead after training are usually later ones. The lowering is 1 + MARGIN times the highest
    pre-activation over the part.
    """
    if not part_history(last_state(run), dataset, part).learnt_alive[-1]:
        return None
    points, _ = part_points(dataset, part)
    hidden = pre_activations(*_state(run), points)[:-1]
    fall = [float(values.max()) * (1 + MARGIN) for values in hidden]
    layer = min(range(min(1, len(hidden) - 1), len(hidden)), key=lambda each: fall[each])
    return Source(run.seed, part, layer, fall[layer] * math.sqrt(hidden[layer].shape[1]))


def intervention_runs(
    screenings: Sequence[RecordedRun], dataset: Dataset, part: str
) -> dict[str, tuple[InterventionRun, ...]]:
    """The copies of both interventions: "raised" revives dead layers, "lowered" makes layers dead.

    The name of an intervention is the name of its treated arm.
    """
    dead = [each for run in screenings if (each := dead_layer_source(run, dataset, part))]
    learnt: list[Source] = []
    for run in screenings:
        if len(learnt) < IMPOSED_ON and (each := learnt_source(run, dataset, part)):
            learnt.append(each)
    # Runs of another block of seeds have other streams, too.
    first = FIRST_STREAM + min((run.seed for run in screenings), default=0)
    return {
        "raised": copies_of(dead[:REVIVED_ON], STREAMS, ARMS, first),
        "lowered": copies_of(learnt, IMPOSED_STREAMS, IMPOSED_ARMS, first),
    }


def copies_from(dead: int, learnt: int) -> int:
    """The number of copies, from the numbers of runs with a dead layer and that learnt the part."""
    raised = min(dead, REVIVED_ON) * STREAMS * len(ARMS)
    return raised + min(learnt, IMPOSED_ON) * IMPOSED_STREAMS * len(IMPOSED_ARMS)


def copies_of(
    sources: Sequence[Source], streams: int, arms: Sequence[str], first: int = FIRST_STREAM
) -> tuple[InterventionRun, ...]:
    """The copies: one of every source, for every stream of minibatches and every arm.

    `first` is the number of the first stream.
    """
    numbers = range(first, first + streams)
    return tuple(
        InterventionRun(source, arm, number)
        for source in sources
        for number in numbers
        for arm in arms
    )


def start(copy: InterventionRun, run: RecordedRun) -> Start:
    """The changed network from which a copy of a run starts."""
    weights, biases = (
        tuple(layer[None].astype(np.float32) for layer in layers) for layers in _changed(copy, run)
    )
    return Start(int(run.iterations[-1]), weights, biases)


def _state(run: RecordedRun) -> tuple[tuple[Float64, ...], tuple[Float64, ...]]:
    """The weights and the biases of a run's last snapshot, in float64."""
    weights = tuple(weight[-1].astype(np.float64) for weight in run.weights)
    return weights, tuple(bias[-1].astype(np.float64) for bias in run.biases)


def _changed(
    copy: InterventionRun, run: RecordedRun
) -> tuple[tuple[Float64, ...], tuple[Float64, ...]]:
    """The network of one copy: the last state of its source after the change of its arm."""
    weights, biases = _state(run)
    step, layer = copy.source.step, copy.source.layer
    if copy.arm in ("raised", "lowered", "elsewhere"):
        moved = other_layer(layer, len(biases) - 1) if copy.arm == "elsewhere" else layer
        sign = -1.0 if copy.arm == "lowered" else 1.0
        biases[moved][:] += sign * step / math.sqrt(len(biases[moved]))
    elif copy.arm == "random":
        rng = np.random.default_rng([copy.source.seed, copy.stream])
        # For a few normal numbers in some thousands, NumPy calls the C library, whose last bits
        # vary. Rounding to float32 hides them.
        direction = [
            rng.standard_normal(array.shape).astype(np.float32).astype(np.float64)
            for array in (*weights, *biases)
        ]
        length = math.sqrt(math.fsum(float((each**2).sum()) for each in direction))
        for array, each in zip((*weights, *biases), direction, strict=True):
            array += step / length * each
    return weights, biases


def other_layer(layer: int, layers: int) -> int:
    """The hidden layer that is raised in place of `layer`: the next one.

    For the last layer it is the one before. For a single layer it is that layer.
    """
    return layer + 1 if layer + 1 < layers else max(layer - 1, 0)


def recorded(start_iteration: int, last_iteration: int) -> tuple[int, ...]:
    """The recorded iterations, in ascending order, of a copy that starts at `start_iteration`.

    The copy is trained for MOST_ITERATIONS, but not beyond the last iteration of a full run.
    """
    iterations = min(MOST_ITERATIONS, last_iteration - start_iteration)
    return tuple(sorted({start_iteration + round(share * iterations) for share in RECORDED}))
