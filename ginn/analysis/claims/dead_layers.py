"""Why runs fail, and a lead: a whole layer falls silent over a part of the picture.

A layer is silent at a point where each of its neurons is off. Beyond it the network is a constant
there, and no gradient of such a point's loss reaches the layer itself or any before it: what is
multiplied on the way down is the ReLU's derivative, zero sixteen times. A part that is silent as a
whole can then only be learnt by an accident of the other parts. Is that what happens to runs that
fail, how early is it to be seen, and do they come out of it?

Two readings of the same thing. By area, exact, in `cells.silent_areas`. By points, here: the pixels
of a part are all that training ever sees of it, so a share of pixels is exact for the gradient.

Axes: K snapshots, P points, R runs, L hidden layers.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ginn import formatting
from ginn.analysis.claim import SIGNIFICANT, Claim, Verdict
from ginn.analysis.statistics import Interval, fisher_p_value, proportion_interval
from ginn.dataset.dataset import Dataset
from ginn.geometry.subdivision import Bool
from ginn.network.forward import pre_activations, probability
from ginn.network.run import Float64, RecordedRun

# Points evaluated at once for one snapshot: as many as stay in cache.
POINTS = 2_048


@dataclass(frozen=True)
class Hearing:
    """What a run makes of one part of the picture, at each snapshot.

    `silent` (K, L) is the share of the part's pixels over which each hidden layer is silent, in
    [0, 1]; near 0 for a network that was not trained. `right` (K,) is the share of its pixels on
    the right side of p = 0.5.
    """

    seed: int
    part: str
    iterations: tuple[int, ...]
    silent: Float64
    right: Float64

    @property
    def shut(self) -> Bool:
        """Whether some layer is silent over all of the part, (K,)."""
        return np.asarray((self.silent == 1.0).any(axis=1))

    @property
    def learnt(self) -> Bool:
        """Whether at least half of the part is right, (K,); a run has failed on it if not."""
        return np.asarray(self.right >= 0.5)

    @property
    def learnt_alive(self) -> Bool:
        """Whether the part is learnt while no layer is silent over all of it, (K,).

        Beyond a silent layer the network is one constant, which may be right by luck.
        """
        return np.asarray(self.learnt & ~self.shut)

    @property
    def learnt_since(self) -> float:
        """The recorded iteration from which on the part is learnt, and open, to the end.

        Infinite if never.
        """
        unlearnt = np.flatnonzero(~self.learnt_alive)
        since = int(unlearnt[-1]) + 1 if unlearnt.size else 0
        return float(self.iterations[since]) if since < len(self.iterations) else math.inf

    def at(self, iteration: int) -> int:
        """The last snapshot recorded by `iteration`; ValueError where there is none yet."""
        if iteration < self.iterations[0]:
            raise ValueError(
                f"seed {self.seed}: found iteration {iteration}, allowed: {self.iterations[0]}, "
                "the first that was recorded, or later"
            )
        return bisect.bisect_right(self.iterations, iteration) - 1


def hearing(snapshots: RecordedRun, dataset: Dataset, part: str) -> Hearing:
    """Silence and success over the pixels of the part named `part`, at every snapshot."""
    points, white = part_points(dataset, part)
    silent, right = [], []
    for snapshot in range(len(snapshots)):
        weights, biases = snapshots.at(snapshot)
        off = np.zeros(len(snapshots.widths))
        correct = 0
        for first in range(0, len(points), POINTS):
            *hidden, logit = pre_activations(weights, biases, points[first : first + POINTS])
            off += [np.count_nonzero(~(values > 0).any(axis=1)) for values in hidden]
            correct += int(np.count_nonzero((logit[:, 0] > 0) == white))
        silent.append(off / len(points))
        right.append(correct / len(points))
    return Hearing(
        seed=snapshots.seed,
        part=part,
        iterations=tuple(snapshots.iterations.tolist()),
        silent=np.array(silent).reshape(-1, len(snapshots.widths)),
        right=np.array(right),
    )


def last_state(snapshots: RecordedRun) -> RecordedRun:
    """The run's last snapshot alone."""
    return replace(
        snapshots,
        iterations=snapshots.iterations[-1:],
        weights=tuple(weight[-1:] for weight in snapshots.weights),
        biases=tuple(bias[-1:] for bias in snapshots.biases),
        loss=snapshots.loss[-1:],
        accuracy=snapshots.accuracy[-1:],
        learning_rate=snapshots.learning_rate[-1:],
    )


def hardest_part(runs: Sequence[RecordedRun], dataset: Dataset) -> str:
    """The major part that most runs have failed on by their last snapshot, by name.

    Of several, or where none has failed, the one of which least is right on average. A picture
    without a major part counts all.
    """
    parts = [part.name for part in dataset.parts if part.major] or [p.name for p in dataset.parts]

    def ease(part: str) -> tuple[int, float]:
        screened = [hearing(last_state(run), dataset, part) for run in runs]
        learnt = sum(bool(each.learnt[-1]) for each in screened)
        return learnt, float(np.mean([each.right[-1] for each in screened]))

    return min(parts, key=ease)


def part_points(dataset: Dataset, part: str) -> tuple[Float64, bool]:
    """The pixel centres (P, 2) of a named part, and whether it is white."""
    chosen = next(each for each in dataset.parts if each.name == part)
    return dataset.points()[chosen.mask.reshape(-1)], chosen.white


@dataclass(frozen=True)
class Confusion:
    """Runs by what was foretold of them and by how they came out; all four are counts.

    `p_value` is Fisher's exact one, two-sided: about 1 where the one tells nothing of the other.
    """

    shut_failed: int
    shut_learnt: int
    open_failed: int
    open_learnt: int

    @property
    def runs(self) -> int:
        """All runs."""
        return self.shut_failed + self.shut_learnt + self.open_failed + self.open_learnt

    @property
    def p_value(self) -> float:
        """Fisher's exact test."""
        return fisher_p_value(
            [[self.shut_failed, self.shut_learnt], [self.open_failed, self.open_learnt]]
        )

    @property
    def explained(self) -> Interval:
        """The share of failures that were shut, in [0, 1]: 95% interval, (0, 1) without any."""
        return _interval(self.shut_failed, self.shut_failed + self.open_failed)

    @property
    def doomed(self) -> Interval:
        """The share of shut runs that failed, in [0, 1]: 95% interval, (0, 1) without any."""
        return _interval(self.shut_failed, self.shut_failed + self.shut_learnt)


def _interval(successes: int, trials: int) -> Interval:
    return proportion_interval(successes, trials) if trials else Interval(0.0, 1.0)


def confusion(shut: Sequence[bool] | Bool, failed: Sequence[bool] | Bool) -> Confusion:
    """The table of R runs: `shut` foretells failure, `failed` says how each came out."""
    pairs = list(zip(map(bool, shut), map(bool, failed), strict=True))
    kinds = ((True, True), (True, False), (False, True), (False, False))
    return Confusion(*(pairs.count(kind) for kind in kinds))


def thresholds(
    silent: Float64, failed: Sequence[bool] | Bool, shares: Sequence[float]
) -> list[Confusion]:
    """A table for each of several `shares`: foretold is a failure at or above that silent share.

    `silent` (R,) is the largest silent share of any layer over the part. As many tests as shares.
    """
    return [confusion(silent >= share, failed) for share in shares]


def foresight(hearings: Sequence[Hearing], failed: Sequence[bool] | Bool) -> list[Confusion]:
    """For each of the K snapshots, the table of who is shut by then against who failed at the end.

    The runs must have the same recorded iterations; one that ended early counts by its last state.
    """
    most = max(len(each.iterations) for each in hearings)
    shut = [np.pad(each.shut, (0, most - len(each.shut)), mode="edge") for each in hearings]
    return [confusion(now, failed) for now in np.stack(shut, axis=1)]


@dataclass(frozen=True)
class Spell:
    """A stretch of recorded snapshots at which some layer of a run is silent over all of a part.

    `layer` counts from 0: the deepest layer shut at its begin. Iterations: `begun` is the first
    shut snapshot's, `ended` the next open one's, None where the recording ends first (`last` is
    the last snapshot's). `learnt` says whether at least half of the part is right at the end of
    the recording.
    """

    seed: int
    layer: int
    begun: int
    ended: int | None
    last: int
    learnt: bool


def spells(hearing: Hearing) -> tuple[Spell, ...]:
    """Every spell of silence of one run, in order."""
    shut = hearing.shut
    steps = np.diff(shut.astype(np.int8), prepend=0, append=0)
    begins, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    return tuple(
        Spell(
            seed=hearing.seed,
            layer=int(np.flatnonzero(hearing.silent[begin] == 1.0)[-1]),
            begun=hearing.iterations[begin],
            ended=hearing.iterations[end] if end < len(shut) else None,
            last=hearing.iterations[-1],
            learnt=bool(hearing.learnt[-1]),
        )
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
    )


@dataclass(frozen=True)
class Survival:
    """Kaplan and Meier's estimate: the share of spells that last longer than each of `lasted`.

    `lasted` rises, in iterations since the spell began; `share` in [0, 1], `at_risk` the spells
    that had lasted until then.
    """

    lasted: tuple[int, ...]
    share: tuple[float, ...]
    at_risk: tuple[int, ...]
    spells: int


def survival(each: Sequence[Spell]) -> Survival:
    """How long silence lasts (Kaplan and Meier 1958, J. Am. Stat. Assoc. 53: 457).

    A spell ends where its first open snapshot was recorded, so it is a little too long; one that
    was not seen to end is censored at the end of the recording.
    """
    length = np.array([(s.last if s.ended is None else s.ended) - s.begun for s in each])
    seen = np.array([s.ended is not None for s in each], dtype=np.bool_)
    lasted, share, at_risk, left = [], [], [], 1.0
    for time in np.unique(length[seen]).tolist():
        risk = int(np.count_nonzero(length >= time))
        left *= 1.0 - int(np.count_nonzero(seen & (length == time))) / risk
        lasted.append(time)
        share.append(left)
        at_risk.append(risk)
    return Survival(tuple(lasted), tuple(share), tuple(at_risk), len(each))


@dataclass(frozen=True)
class Awakening:
    """How the first neuron came on over a part that had been shut, between two snapshots.

    `layer` counts from 0, `neuron` within it. `rise` is what its pre-activation gained at the point
    of the part where it is highest afterwards; `bias`, `weights` and `inputs` add up to it: its own
    bias, its own weights on the inputs before, and the change of its inputs under the new weights.
    """

    seed: int
    iteration: int
    layer: int
    neuron: int
    rise: float
    bias: float
    weights: float
    inputs: float


def awakening(
    snapshots: RecordedRun, dataset: Dataset, hearing: Hearing, spell: Spell
) -> Awakening:
    """What woke the silent layer where a spell ended; ValueError where it did not end."""
    if spell.ended is None:
        raise ValueError(f"seed {spell.seed}: the spell from {spell.begun} on was not seen to end")
    points, _ = part_points(dataset, hearing.part)
    after = hearing.at(spell.ended)
    # The layer that was shut last need not be the one that was shut first.
    layer = int(np.flatnonzero(hearing.silent[after - 1] == 1.0)[-1])
    both = slice(after - 1, after + 1)
    weights = tuple(weight[both].astype(np.float64) for weight in snapshots.weights[: layer + 1])
    biases = tuple(bias[both].astype(np.float64) for bias in snapshots.biases[: layer + 1])
    values = pre_activations(weights, biases, points)  # (2, P, width) a layer
    point, neuron = np.unravel_index(int(values[layer][1].argmax()), values[layer][1].shape)
    activation = np.maximum(values[layer - 1][:, point], 0.0) if layer else points[[point, point]]
    weight, bias = weights[layer][:, neuron], biases[layer][:, neuron]
    return Awakening(
        seed=snapshots.seed,
        iteration=spell.ended,
        layer=layer,
        neuron=int(neuron),
        rise=float(np.diff(values[layer][:, point, neuron])[0]),
        bias=float(bias[1] - bias[0]),
        weights=float((weight[1] - weight[0]) @ activation[0]),
        inputs=float(weight[1] @ (activation[1] - activation[0])),
    )


def reaching_gradient(
    snapshots: RecordedRun, snapshot: int, points: Float64, white: bool
) -> Float64:
    """The norm of the gradient that some points' loss sends into each layer, (L + 1,).

    The Euclidean norm, over the layer's weights and biases, of the gradient of the points' mean
    cross-entropy in nats; the last is the output's. Exactly 0 up to and with a layer that is silent
    over all the points; of one order in all layers of a network that was not trained.
    """
    weights, biases = (
        [each.astype(np.float64) for each in layers] for layers in snapshots.at(snapshot)
    )
    gradients = [np.zeros((len(bias), weight.shape[1] + 1)) for weight, bias in zip(
        weights, biases, strict=True)]  # fmt: skip
    for first in range(0, len(points), POINTS):
        piece = points[first : first + POINTS]
        values = pre_activations(tuple(weights), tuple(biases), piece)
        below = [piece, *(np.maximum(value, 0.0) for value in values[:-1])]
        # Cross-entropy after a sigmoid: d loss / d logit = (p - label) / P.
        delta = (probability(values[-1]) - float(white)) / len(points)  # (P, 1)
        for layer in range(len(weights) - 1, -1, -1):
            gradients[layer][:, :-1] += delta.T @ below[layer]
            gradients[layer][:, -1] += delta.sum(axis=0)
            if layer:
                delta = (delta @ weights[layer]) * (values[layer - 1] > 0)
    return np.array([math.sqrt(float((gradient**2).sum())) for gradient in gradients])


def claim_silence(hearings: Sequence[Hearing], gradients: Float64) -> Claim:
    """Claim 7, the lead: runs fail where a whole layer is silent over a part of the picture.

    `hearings` are the screenings' of one part, read at their last snapshot; `gradients` (runs,
    L + 1) is what the part's loss sends into each layer of those among them that are shut.
    """
    shut = [bool(each.shut[-1]) for each in hearings]
    failed = [not each.learnt[-1] for each in hearings]
    table = confusion(shut, failed)
    failures = table.shut_failed + table.open_failed
    return Claim(
        name="Silence where runs fail",
        statement="Where a run fails on a part, a whole layer is silent over it.",
        definition="Trials with some layer off at every pixel of the part, against those that get "
        "more than half of it wrong; as often in either row under no effect. One exact test by "
        "Fisher. Beside it the gradient that the loss over the part sends into each hidden layer "
        "of the shut trials.",
        value=(
            f"{table.shut_failed} of {failures} trials that failed had a silent layer; of the "
            f"{table.shut_learnt + table.open_learnt} others {table.shut_learnt} had "
            f"({formatting.p_value(table.p_value)})"
        )
        if failures
        else f"no trial failed; {table.shut_learnt} of {table.runs} had a silent layer even so",
        control=f"{table.open_failed} failed without one{_exact_zeros(gradients)}",
        runs=table.runs,
        verdict=_told_by(table) if failures else "not decidable here",
    )


def _exact_zeros(gradients: Float64) -> str:
    """How many of the hidden layers' gradients (runs, L + 1) are zero; nothing without runs.

    No gradient reaches the silent layer or any below it, so what is not zero lies behind it.
    """
    hidden = gradients[:, :-1]
    if not hidden.size:
        return ""
    zeros = int(np.count_nonzero(hidden == 0.0))
    told = (
        ". In the shut trials the part's pixels send a gradient of exactly zero to "
        f"{zeros} of {hidden.size} hidden layers"
    )
    return f"{told}; the others lie behind the silent one" if zeros < hidden.size else told


def _told_by(table: Confusion) -> Verdict:
    """Whether failure is commoner among the shut, by Fisher's test."""
    if table.p_value > SIGNIFICANT:
        return "not decidable here"
    commoner = table.shut_failed * table.open_learnt > table.shut_learnt * table.open_failed
    return "holds" if commoner else "does not hold"


def claim_silence_lasts(hearings: Sequence[Hearing], early: int) -> Claim:
    """Claim 7, foresight: a part that is silent early is likelier to be failed on in the end.

    `hearings` are full runs' of one part; they are asked at iteration `early` how they will end.
    """
    shut = [bool(each.shut[each.at(early)]) for each in hearings]
    table = confusion(shut, [not each.learnt[-1] for each in hearings])
    ends = [
        spell.ended
        for run in hearings
        if run.learnt[-1]
        for spell in spells(run)
        if spell.begun <= early and (spell.ended is None or spell.ended > early)
    ]
    return Claim(
        name="Silence that lasts",
        statement="A run that is shut off from a part early is likelier to fail on it in the end.",
        definition="Full runs with some layer silent over all of the part at iteration "
        f"{early:,}, against those that get more than half of it wrong at the end; as often in "
        "either row under no effect. One exact test by Fisher.",
        value=f"{table.shut_failed} of {table.shut_failed + table.shut_learnt} runs that were "
        f"shut at iteration {early:,} failed in the end ({formatting.p_value(table.p_value)})"
        + _freed(ends),
        control=f"{table.open_failed} of {table.open_failed + table.open_learnt} runs that were "
        "open then failed",
        runs=table.runs,
        verdict=_told_by(table),
    )


def _freed(ends: Sequence[int | None]) -> str:
    """When runs that did not fail came free, the earliest first; None is one that never did."""
    freed = sorted(each for each in ends if each is not None)
    lucky = len(ends) - len(freed)
    who = formatting.count(len(freed), "other") if lucky else "the others"
    when = f"iteration{'' if len(freed) == 1 else 's'}"
    told = [f"{who} came free by {when} {formatting.listing([f'{each:,}' for each in freed])}"]
    luck = [f"{lucky} had it right by luck, still shut"]
    return "".join(f"; {each}" for each in told * bool(freed) + luck * bool(lucky))
