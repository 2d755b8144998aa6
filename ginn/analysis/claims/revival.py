"""The test of silence as the cause of failure: wake what is silent, and see whether the run learns.

From one early state of a run that is shut over a part it has not learnt, several runs go on. All
see the same minibatches, stream by stream, and start with Adam's moments at zero; only this differs
between the arms:

- untouched: nothing is changed.
- raised: every bias of the silent layer is raised by one amount, the least that has some neuron on
  at every pixel of the part (and a margin). It is all that the explanation says must be changed.
- lowered: the same biases, lowered by as much: the same parameters, the other way.
- random: a step as long, in a random direction of all parameters together, another for each stream.
- elsewhere: a step as long along the biases of another hidden layer, all raised by one amount: the
  same kind of change in another place. No more than that: a layer below feeds the silent one, and
  may wake it from there; `recovery.Arm.open_at_start` says for how many trials it did.

The other way about, silence is imposed on runs that had learnt the part: the biases of a layer are
lowered by the least that has every neuron off at every pixel of it. If silence were all that it
takes to fail, they would not learn it again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ginn.analysis.claims.dead_layers import hearing, last_state, part_points
from ginn.dataset.dataset import Dataset
from ginn.network.forward import pre_activations
from ginn.network.run import Float64, RecordedRun, Start

ARMS = ("untouched", "raised", "lowered", "random", "elsewhere")
IMPOSED_ARMS = ("untouched", "lowered", "random")
STREAMS = 8
# Minibatches that no screening and no full run has seen: beyond the seeds an author may name.
FIRST_STREAM = 1 << 20
# The raise beyond what brings the part's last pixel on, as a share of it.
MARGIN = 0.05
# When states are recorded, as shares of the training that follows.
RECORDED = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class Patient:
    """A run that some layer shuts off from a part: where the intervention starts.

    `layer`, from 0, is the first that is silent over all of the part; `step` is the length of the
    change, Euclidean, over parameters.
    """

    seed: int
    part: str
    layer: int
    step: float


@dataclass(frozen=True)
class Trial:
    """One run that goes on: whose state it starts from, what was changed, which minibatches."""

    patient: Patient
    arm: str
    stream: int


def patient(snapshots: RecordedRun, dataset: Dataset, part: str) -> Patient | None:
    """The run as a patient by its last state; None where no layer is silent over all of the part.

    The raise is 1 + MARGIN times the distance to zero, at the pixel where the layer is furthest
    from coming on, of the neuron nearest to it there; the step is that times the root of the width.
    """
    points, _ = part_points(dataset, part)
    weights, biases = _state(snapshots)
    hidden = pre_activations(weights, biases, points)[:-1]
    for layer, values in enumerate(hidden):
        nearest = values.max(axis=1)
        if (nearest <= 0).all():
            # A neuron at zero is off: the least raise that counts is above any rounding.
            rise = max(-float(nearest.min()) * (1 + MARGIN), 1e-6)
            return Patient(snapshots.seed, part, layer, rise * math.sqrt(values.shape[1]))
    return None


def learner(snapshots: RecordedRun, dataset: Dataset, part: str) -> Patient | None:
    """The run as one to silence, by its last state; None unless it is open and has learnt the part.

    The layer is the one that takes the least lowering, of those beyond the first where there are
    any: that is where runs were found to fall silent. The lowering is 1 + MARGIN times the highest
    pre-activation over the part.
    """
    screened = hearing(last_state(snapshots), dataset, part)
    if screened.shut[-1] or not screened.learnt[-1]:
        return None
    points, _ = part_points(dataset, part)
    hidden = pre_activations(*_state(snapshots), points)[:-1]
    fall = [float(values.max()) * (1 + MARGIN) for values in hidden]
    layer = min(range(min(1, len(hidden) - 1), len(hidden)), key=lambda each: fall[each])
    return Patient(snapshots.seed, part, layer, fall[layer] * math.sqrt(hidden[layer].shape[1]))


def trials(
    patients: Sequence[Patient], streams: int = STREAMS, arms: Sequence[str] = ARMS
) -> tuple[Trial, ...]:
    """Every arm of every patient with every stream of minibatches; twins share a stream."""
    numbers = range(FIRST_STREAM, FIRST_STREAM + streams)
    return tuple(
        Trial(each, arm, number) for each in patients for number in numbers for arm in arms
    )


def start(each: Sequence[Trial], runs: Mapping[int, RecordedRun]) -> Start:
    """The networks that the trials start from, changed as their arms say; `runs` goes by seed."""
    changed = [_changed(trial, runs[trial.patient.seed]) for trial in each]
    return Start(
        iteration=int(runs[each[0].patient.seed].iterations[-1]),
        weights=tuple(map(_stacked, zip(*(weights for weights, _ in changed), strict=True))),
        biases=tuple(map(_stacked, zip(*(biases for _, biases in changed), strict=True))),
    )


def _stacked(layer: tuple[Float64, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.stack(layer).astype(np.float32)


def _state(snapshots: RecordedRun) -> tuple[tuple[Float64, ...], tuple[Float64, ...]]:
    """Weights and biases of a run's last snapshot, in float64."""
    weights = tuple(weight[-1].astype(np.float64) for weight in snapshots.weights)
    return weights, tuple(bias[-1].astype(np.float64) for bias in snapshots.biases)


def _changed(
    trial: Trial, snapshots: RecordedRun
) -> tuple[tuple[Float64, ...], tuple[Float64, ...]]:
    """One trial's network: its patient's last state after the step of its arm."""
    weights, biases = _state(snapshots)
    step, layer = trial.patient.step, trial.patient.layer
    if trial.arm in ("raised", "lowered", "elsewhere"):
        moved = other_layer(layer, len(biases) - 1) if trial.arm == "elsewhere" else layer
        sign = -1.0 if trial.arm == "lowered" else 1.0
        biases[moved][:] += sign * step / math.sqrt(len(biases[moved]))
    elif trial.arm == "random":
        rng = np.random.default_rng([trial.patient.seed, trial.stream])
        direction = [rng.standard_normal(array.shape) for array in (*weights, *biases)]
        length = math.sqrt(sum(float((each**2).sum()) for each in direction))
        for array, each in zip((*weights, *biases), direction, strict=True):
            array += step / length * each
    return weights, biases


def other_layer(layer: int, layers: int) -> int:
    """The hidden layer that is raised in place of `layer`: the next one, or before the last."""
    return layer + 1 if layer + 1 < layers else max(layer - 1, 0)


def recorded(start_iteration: int, iterations: int) -> tuple[int, ...]:
    """The recorded iterations of a trial that goes on for `iterations`, rising."""
    return tuple(sorted({start_iteration + round(share * iterations) for share in RECORDED}))
