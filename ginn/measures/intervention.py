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
  same kind of change where the explanation says that it does not matter.

"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ginn.measures.claim import SIGNIFICANT, Claim, Verdict, all_of
from ginn.measures.silence import Hearing, hearing, part_points
from ginn.measures.statistics import Interval, proportion_interval, sign_flip_p_value
from ginn.network import Float64, Snapshots, Start, pre_activations
from ginn.picture import Domain

# The controls that were named before any trial was run; they decide. The other two were added to
# say more of how it works, `lowered` after a first reading of the results.
DECIDING = ("untouched", "random")
ARMS = ("untouched", "raised", "lowered", "random", "elsewhere")
STREAMS = 8
# Minibatches that no audition and no run of a cohort has seen: beyond the seeds an author may name.
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


def patient(snapshots: Snapshots, domain: Domain, part: str) -> Patient | None:
    """The run as a patient by its last state; None where no layer is silent over all of the part.

    The raise is 1 + MARGIN times the distance to zero, at the pixel where the layer is furthest
    from coming on, of the neuron nearest to it there; the step is that times the root of the width.
    """
    points, _ = part_points(domain, part)
    weights, biases = _state(snapshots)
    hidden = pre_activations(weights, biases, points)[:-1]
    for layer, values in enumerate(hidden):
        nearest = values.max(axis=1)
        if (nearest <= 0).all():
            # A neuron at zero is off: the least raise that counts is above any rounding.
            rise = max(-float(nearest.min()) * (1 + MARGIN), 1e-6)
            return Patient(snapshots.seed, part, layer, rise * math.sqrt(values.shape[1]))
    return None


def trials(patients: Sequence[Patient], streams: int = STREAMS) -> tuple[Trial, ...]:
    """Every arm of every patient with every stream of minibatches; twins share a stream."""
    numbers = range(FIRST_STREAM, FIRST_STREAM + streams)
    return tuple(
        Trial(each, arm, number) for each in patients for number in numbers for arm in ARMS
    )


def start(each: Sequence[Trial], runs: Mapping[int, Snapshots]) -> Start:
    """The networks that the trials start from, changed as their arms say; `runs` goes by seed."""
    changed = [_changed(trial, runs[trial.patient.seed]) for trial in each]
    return Start(
        iteration=int(runs[each[0].patient.seed].iterations[-1]),
        weights=tuple(map(_stacked, zip(*(weights for weights, _ in changed), strict=True))),
        biases=tuple(map(_stacked, zip(*(biases for _, biases in changed), strict=True))),
    )


def _stacked(layer: tuple[Float64, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.stack(layer).astype(np.float32)


def _state(snapshots: Snapshots) -> tuple[tuple[Float64, ...], tuple[Float64, ...]]:
    """Weights and biases of a run's last snapshot, in float64."""
    weights = tuple(weight[-1].astype(np.float64) for weight in snapshots.weights)
    return weights, tuple(bias[-1].astype(np.float64) for bias in snapshots.biases)


def _changed(trial: Trial, snapshots: Snapshots) -> tuple[tuple[Float64, ...], tuple[Float64, ...]]:
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


@dataclass(frozen=True)
class Arm:
    """How the trials of one arm came out.

    `learnt` of `trials` got more than half of the part right at the end; `by_patient` are the
    counts for each patient, `by_iteration` for each recorded iteration. `open_at_start` counts the
    trials that were not shut once the change had been made, `open_at_end` those that were not at
    the end. `learnt_shut` are those that had ever learnt the part, at a recorded iteration, while
    some layer was silent over all of it: none if silence is what keeps a run from learning.
    """

    name: str
    trials: int
    learnt: int
    by_patient: tuple[int, ...]
    by_iteration: tuple[int, ...]
    open_at_start: int
    open_at_end: int
    learnt_shut: int

    @property
    def interval(self) -> Interval:
        """The 95% interval of the share that learnt, for these patients and further minibatches."""
        return proportion_interval(self.learnt, self.trials)


@dataclass(frozen=True)
class Comparison:
    """The raised arm against another: twins, that is one patient and one stream, are the pairs.

    `better` counts the pairs in which only the raised twin learnt, `worse` those in which only the
    other did, of `pairs`; `sooner` and `later` those in which the raised twin learnt for good at an
    earlier or later recorded iteration. `p_value` is the exact sign test's over better and worse,
    `p_value_sooner` that over sooner and later, for these patients and further minibatches;
    `p_value_of_patients` the sign-flip test's over the patients' means of better less worse, for
    further patients: it cannot go below 2^(1 - patients). All are about 1 under no effect.
    """

    other: str
    better: int
    worse: int
    sooner: int
    later: int
    pairs: int
    p_value: float
    p_value_sooner: float
    p_value_of_patients: float


@dataclass(frozen=True)
class Intervention:
    """The whole trial: its patients, arms and comparisons (as many tests as comparisons)."""

    patients: tuple[Patient, ...]
    iterations: tuple[int, ...]
    streams: int
    arms: tuple[Arm, ...]
    comparisons: tuple[Comparison, ...]


def read(each: Sequence[Trial], trained: Sequence[Snapshots], domain: Domain) -> Intervention:
    """What became of the trials; `trained` are their runs, in the same order.

    A run that ended early counts with its last finite state.
    """
    heard = [hearing(run, domain, t.patient.part) for t, run in zip(each, trained, strict=True)]
    patients = tuple(dict.fromkeys(trial.patient for trial in each))
    iterations = max((h.iterations for h in heard), key=len)
    arms = tuple(_arm(name, patients, each, heard, len(iterations)) for name in ARMS)
    comparisons = tuple(
        _comparison(name, patients, each, heard) for name in ARMS if name != "raised"
    )
    streams = len({trial.stream for trial in each})
    return Intervention(patients, iterations, streams, arms, comparisons)


def _arm(
    name: str,
    patients: tuple[Patient, ...],
    each: Sequence[Trial],
    heard: Sequence[Hearing],
    snapshots: int,
) -> Arm:
    """The trials of one arm, counted."""
    own = [(t, h) for t, h in zip(each, heard, strict=True) if t.arm == name]
    learnt = np.stack(
        [np.pad(h.learnt, (0, snapshots - len(h.learnt)), mode="edge") for _, h in own]
    )
    return Arm(
        name=name,
        trials=len(own),
        learnt=int(learnt[:, -1].sum()),
        by_patient=tuple(
            sum(bool(h.learnt[-1]) for t, h in own if t.patient == p) for p in patients
        ),
        by_iteration=tuple(learnt.sum(axis=0).tolist()),
        open_at_start=sum(not h.shut[0] for _, h in own),
        open_at_end=sum(not h.shut[-1] for _, h in own),
        learnt_shut=sum(bool((h.learnt & h.shut).any()) for _, h in own),
    )


def _comparison(
    other: str, patients: tuple[Patient, ...], each: Sequence[Trial], heard: Sequence[Hearing]
) -> Comparison:
    """Twins of the raised arm and another, compared."""
    since = {(t.patient, t.stream, t.arm): h.learnt_since for t, h in zip(each, heard, strict=True)}
    streams = sorted({trial.stream for trial in each})
    raised, others = (
        np.array([[since[p, s, arm] for s in streams] for p in patients])
        for arm in ("raised", other)
    )
    differences = np.isfinite(raised).astype(np.float64) - np.isfinite(others)
    better, worse = int((differences > 0).sum()), int((differences < 0).sum())
    sooner, later = int((raised < others).sum()), int((raised > others).sum())
    return Comparison(
        other=other,
        better=better,
        worse=worse,
        sooner=sooner,
        later=later,
        pairs=differences.size,
        p_value=sign_test_p_value(better, worse),
        p_value_sooner=sign_test_p_value(sooner, later),
        p_value_of_patients=sign_flip_p_value(differences.mean(axis=1)),
    )


def sign_test_p_value(better: int, worse: int) -> float:
    """The exact sign test (McNemar 1947, Psychometrika 12: 153, exact): a fair coin's two tails."""
    tosses = better + worse
    tail = sum(math.comb(tosses, k) for k in range(max(better, worse), tosses + 1))
    return float(min(1.0, 2 * tail / 2**tosses))


def claim_waking(told: Intervention) -> Claim:
    """Claim 7, the test: a run learns once its silent layer is woken.

    It holds if the raised twins learn more often than the untouched ones and than those nudged at
    random, over the number of all tests; the other arms stand beside.
    """
    tests = len(told.comparisons)
    verdict = all_of(
        [
            _decided(each.better, each.worse, each.p_value * tests)
            for each in told.comparisons
            if each.other in DECIDING
        ]
    )
    arms = {arm.name: arm for arm in told.arms}
    raised = arms["raised"]
    others = [
        f"{each.other} {arms[each.other].learnt} of {arms[each.other].trials} (p = "
        f"{each.p_value:.2g}; raised sooner in {each.sooner} of {each.pairs} pairs, later in "
        f"{each.later})"
        for each in told.comparisons
    ]
    learnt, opened, shut, every = (
        sum(getattr(arm, name) for arm in told.arms)
        for name in ("learnt", "open_at_end", "learnt_shut", "trials")
    )
    over_all = (
        f"of all {every} trials {shut} ever learnt while shut; at the end {opened} were open and "
        f"{learnt} had learnt"
    )
    return Claim(
        name="Waking the silent layer",
        statement="A run shut off from a part learns it once the silent layer's biases are raised.",
        definition="Trials that get more than half of the part right after "
        f"{told.iterations[-1] - told.iterations[0]:,} further iterations, from "
        f"{len(told.patients)} shut auditions with {told.streams} streams of minibatches each; as "
        f"many in each arm under no effect. {tests} exact sign tests over twins, for these runs; "
        f"{' and '.join(DECIDING)} decide.",
        value=f"raised {raised.learnt} of {raised.trials}",
        control="; ".join([*others, over_all]),
        runs=len(told.patients),
        verdict=verdict,
    )


def _decided(better: int, worse: int, p_value: float) -> Verdict:
    """One comparison's verdict, at SIGNIFICANT."""
    if p_value > SIGNIFICANT:
        return "not decidable here"
    return "holds" if better > worse else "does not hold"
