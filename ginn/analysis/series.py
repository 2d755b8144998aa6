"""Series worth drawing: what the rows of the claims table sum up, small enough to be told whole.

Each is taken from what a measure has found on the way to its row; nothing is measured here. `unit`
says what its numbers are, and labels the axis of the figure that draws it. A series that a build
has nothing for is None, so that an article can ask: `{% if facts.evidence.trials %}`. Numbers have
four significant digits; None stands where there is no value.

Axes: R runs, L hidden layers, W places along training, M parts, N networks.
"""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ginn.analysis.claims import bias_vs_weights, dead_layers, duplicate_neurons
from ginn.analysis.claims.bias_vs_weights import Motion
from ginn.analysis.claims.corner_kinks import Nearness
from ginn.analysis.claims.dead_layers import Hearing
from ginn.analysis.claims.duplicate_neurons import Likeness
from ginn.analysis.claims.kinks import RegionGrowth
from ginn.analysis.claims.network_size import Network
from ginn.analysis.claims.part_errors import PartErrors
from ginn.analysis.claims.revival_results import Intervention
from ginn.analysis.claims.symmetry import MirrorScores, correlation_with_loss
from ginn.analysis.statistics import proportion_interval
from ginn.geometry.subdivision import Bool
from ginn.network.run import Float64

# Places along training that a series tells of, evenly spread over the recorded ones.
WATCHED = 64
# Likenesses at which the share of pairs at least as alike is told.
LEVELS = tuple(i / 20 for i in range(21))
# Fewer runs have no correlation to speak of.
FEWEST_CORRELATED = 8
DIGITS = 4

T = TypeVar("T")
Numbers = tuple[float | None, ...]


@dataclass(frozen=True)
class Spread:
    """What several runs read at each place of a series, W of each: median, lowest and highest."""

    median: Numbers
    low: Numbers
    high: Numbers


@dataclass(frozen=True)
class RegionCounts:
    """Linear regions of each full run through its training, `counts` R x W.

    `untrained` are the counts of the screenings' networks at their first snapshot, rising.
    `arrangement` and `bound` are as in `measures.bends.RegionGrowth`.
    """

    seeds: tuple[int, ...]
    iterations: tuple[int, ...]
    counts: tuple[tuple[int, ...], ...]
    untrained: tuple[int, ...]
    neurons: int
    arrangement: int
    bound: int
    unit: str = "linear regions in the picture"


@dataclass(frozen=True)
class ShiftShares:
    """How much of the boundaries' motion is shift, by hidden layer: in [0, 1].

    Each of the W places is the mean over some successive intervals, the first of which begins at
    `iterations`; `control` are the medians over runs for equal steps of random sign.
    """

    runs: int
    iterations: tuple[int, ...]
    layers: tuple[Spread, ...]
    control: tuple[Numbers, ...]
    unit: str = "share of shift in boundaries' motion"


@dataclass(frozen=True)
class CornerDistances:
    """How far the nearest bend is from corners of the picture, by layer from the second on.

    The last is the output's. Means over the corners; `outline` and `anywhere` are the controls'
    medians over runs. In sides of the domain.
    """

    runs: int
    iterations: tuple[int, ...]
    layers: tuple[Spread, ...]
    outline: tuple[Numbers, ...]
    anywhere: tuple[Numbers, ...]
    unit: str = "mean distance to a bend, sides"


@dataclass(frozen=True)
class LikenessShares:
    """The share of pairs of neurons at least as alike as each of `levels`, by hidden layer.

    Pairs of one run at the start and at the end, and pairs of neurons from two runs at the end.
    From `alike` on a pair are copies. In [0, 1]; None for a layer without pairs.
    """

    runs: int
    levels: tuple[float, ...]
    alike: float
    start: tuple[Numbers, ...]
    end: tuple[Numbers, ...]
    between: tuple[Numbers, ...]
    unit: str = "share of pairs at least so alike"


@dataclass(frozen=True)
class SilentScreenings:
    """Each screening's end: how much of `part` a layer is silent over, and how much is right.

    `silent` is the largest share of the part's pixels that any hidden layer is silent over and
    `layer` which one that is, from 1; 0 where no layer is silent anywhere. `right` is the share of
    its pixels that the network gets right. Both in [0, 1].
    """

    part: str
    iteration: int
    seeds: tuple[int, ...]
    layer: tuple[int, ...]
    silent: tuple[float, ...]
    right: tuple[float, ...]
    unit: str = "share of its pixels got right"


@dataclass(frozen=True)
class SilentSpell:
    """From iteration `begun` to before `ended` (None: to the end) all of a part is shut off.

    `layer`, from 1, is the deepest that is silent over the part at the begin.
    """

    layer: int
    begun: int
    ended: int | None


@dataclass(frozen=True)
class RunSpells:
    """The spells of one full run, and whether it got at least half of the part right at the end."""

    seed: int
    learnt: bool
    spells: tuple[SilentSpell, ...]


@dataclass(frozen=True)
class SilentRuns:
    """When some layer of a full run was silent over all of `part`; `last` is the last iteration."""

    part: str
    last: int
    runs: tuple[RunSpells, ...]
    unit: str = "iteration"


@dataclass(frozen=True)
class MirrorSeries:
    """Mirror scores of full runs at their end and their losses, in nats a pixel.

    `scores` L x R is about the upright axis, in [0, 1]. `untrained` and `level` (L) are medians
    over the same runs, before training and about the level axis. `correlation` (L) is Spearman's,
    of score and loss, from `correlation_low` to `correlation_high` by the bootstrap's 95% interval;
    None for fewer than FEWEST_CORRELATED runs.
    """

    seeds: tuple[int, ...]
    loss: tuple[float, ...]
    scores: tuple[Numbers, ...]
    untrained: Numbers
    level: Numbers
    correlation: Numbers
    correlation_low: Numbers
    correlation_high: Numbers
    unit: str = "loss at the end"


@dataclass(frozen=True)
class TrialArm:
    """How many of an arm's `trials` got at least half of the part right, at each iteration.

    `learnt_open` of them did so at the end with no layer silent over all of the part.
    """

    name: str
    trials: int
    learnt: tuple[int, ...]
    learnt_open: int


@dataclass(frozen=True)
class Treatment:
    """One intervention: `treated` is the arm that it is about, `arms` has that arm too.

    `iterations` count from the change on. `patients` runs went on with `streams` streams each.
    """

    treated: str
    patients: int
    streams: int
    iterations: tuple[int, ...]
    arms: tuple[TrialArm, ...]


@dataclass(frozen=True)
class TrialSeries:
    """Waking silent layers (`raised`) and imposing silence (`lowered`); None where nobody was."""

    raised: Treatment | None
    lowered: Treatment | None
    unit: str = "share of copies that have the part right"


@dataclass(frozen=True)
class ErrorGroup:
    """The share of wrong pixels of each run (R) in each part (M), `wrong` R x M in [0, 1]."""

    seeds: tuple[int, ...]
    failed: tuple[bool, ...]
    wrong: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class PartErrorSeries:
    """Errors by part of full runs and of screenings at their ends.

    The last two of `names` are "top", the parts in `top` together, and "rows of the top", all
    pixel rows that these span.
    """

    names: tuple[str, ...]
    top: tuple[str, ...]
    full: ErrorGroup
    screenings: ErrorGroup
    unit: str = "share of pixels wrong"


@dataclass(frozen=True)
class NetworkOutcome:
    """What became of one network: errors (shares of wrong pixels) and regions of full runs (R).

    `failed_screenings` of `screenings` failed; the 95% interval of that share is Clopper's and
    Pearson's.
    """

    title: str
    widths: tuple[int, ...]
    errors: tuple[float, ...]
    failed_runs: int
    regions: tuple[int, ...]
    screenings: int
    failed_screenings: int
    failure_low: float
    failure_high: float


@dataclass(frozen=True)
class NetworkSeries:
    """The plain network first, then the variants."""

    networks: tuple[NetworkOutcome, ...]
    unit: str = "share of pixels wrong at the end"


@dataclass(frozen=True)
class Evidence:
    """Every series; None where a build has nothing to tell.

    `regions`, `shift`, `copycats`, `silence` and `symmetry` are there as soon as a run was trained
    whole. `corners` needs a drawing, `parts` named parts that are the top, `variants` a variant in
    `report.toml`; `spells` is None where no layer of a full run was ever silent over the part, and
    `trials` where no screening could be woken or silenced.
    """

    regions: RegionCounts | None = None
    shift: ShiftShares | None = None
    corners: CornerDistances | None = None
    copycats: LikenessShares | None = None
    silence: SilentScreenings | None = None
    spells: SilentRuns | None = None
    symmetry: MirrorSeries | None = None
    trials: TrialSeries | None = None
    parts: PartErrorSeries | None = None
    variants: NetworkSeries | None = None


NO_EVIDENCE = Evidence()


def together(pieces: Sequence[Evidence]) -> Evidence:
    """One tree of several, in which each series is in at most one."""
    names = [field.name for field in fields(Evidence)]
    found = {name: [getattr(each, name) for each in pieces] for name in names}
    return Evidence(**{name: next((each for each in found[name] if each), None) for name in names})


def evidence_from_json(values: Mapping[str, Any]) -> Evidence:
    """The way back from `dataclasses.asdict`."""
    restored: Evidence = _restored(Evidence, values)
    return restored


def _restored(kind: Any, value: Any) -> Any:
    """A plain value as the type that it was: dataclasses from mappings, tuples from lists."""
    if value is None:
        return None
    if is_dataclass(kind):
        types_of = typing.get_type_hints(kind)
        return typing.cast(Any, kind)(
            **{name: _restored(types_of[name], each) for name, each in value.items()}
        )
    if typing.get_origin(kind) is tuple:
        return tuple(_restored(typing.get_args(kind)[0], each) for each in value)
    if typing.get_origin(kind) is types.UnionType:
        return _restored(next(each for each in typing.get_args(kind) if each), value)
    return value


def watched(count: int) -> list[int]:
    """WATCHED of so many places, evenly spread, with the first and the last; all of fewer."""
    return [int(i) for i in np.unique(np.linspace(0, count - 1, WATCHED).round())]


def number(value: float) -> float | None:
    """A number to DIGITS significant digits; None for one that is not finite."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def numbers(values: ArrayLike) -> Numbers:
    """Numbers (W,) as a series tells them."""
    return tuple(number(each) for each in np.asarray(values, dtype=np.float64).tolist())


def shares(values: ArrayLike) -> tuple[float, ...]:
    """Finite numbers (W,) as a series tells them."""
    return tuple(float(f"{each:.{DIGITS}g}") for each in np.asarray(values, dtype=float).tolist())


def over_runs(statistic: Callable[[Float64], Any], values: Float64) -> Numbers:
    """A statistic over what is finite of each column of (R, W); None where nothing is."""
    told = [column[np.isfinite(column)] for column in values.T]
    return tuple(number(float(statistic(each))) if each.size else None for each in told)


def _spread(values: Float64) -> Spread:
    """The spread over runs of (R, W)."""
    return Spread(
        over_runs(np.median, values), over_runs(np.min, values), over_runs(np.max, values)
    )


def region_counts(
    seeds: Sequence[int],
    iterations: Sequence[int],
    regions: Sequence[NDArray[np.int32]],
    untrained: Sequence[int],
    growth: RegionGrowth,
    neurons: int,
) -> RegionCounts:
    """Regions (K,) of each of some full runs, all recorded at the same `iterations`."""
    chosen = watched(len(iterations))
    return RegionCounts(
        seeds=tuple(seeds),
        iterations=tuple(int(iterations[i]) for i in chosen),
        counts=tuple(tuple(int(each[i]) for i in chosen) for each in regions),
        untrained=tuple(sorted(untrained)),
        neurons=neurons,
        arrangement=growth.arrangement,
        bound=growth.bound,
    )


def shift_shares(motions: Sequence[Motion]) -> ShiftShares | None:
    """Shift by layer through training; None for runs of a single snapshot."""
    count = len(motions[0].iterations)
    if not count:
        return None
    stretches = np.array_split(np.arange(count), min(count, WATCHED))

    def averaged(share: Float64) -> Float64:
        """The means (W, L) over the stretches of (T, L)."""
        return np.array([bias_vs_weights.mean_of_told(share[each], 0) for each in stretches])

    found = [bias_vs_weights.shifts(run) for run in motions]
    measured, control = (np.array([averaged(run[i]) for run in found]) for i in (0, 1))
    layers = range(measured.shape[2])  # (R, W, L)
    return ShiftShares(
        runs=len(motions),
        iterations=tuple(int(motions[0].iterations[each[0]]) for each in stretches),
        layers=tuple(_spread(measured[..., layer]) for layer in layers),
        control=tuple(over_runs(np.median, control[..., layer]) for layer in layers),
    )


def corner_distances(near: Sequence[Nearness]) -> CornerDistances:
    """Distances to bends through training."""
    corners, outline, anywhere = (
        np.array([getattr(run, name) for run in near])  # (R, W, L)
        for name in ("corners", "outline", "anywhere")
    )
    layers = range(corners.shape[2])
    return CornerDistances(
        runs=len(near),
        iterations=tuple(near[0].iterations.tolist()),
        layers=tuple(_spread(corners[..., layer]) for layer in layers),
        outline=tuple(over_runs(np.median, outline[..., layer]) for layer in layers),
        anywhere=tuple(over_runs(np.median, anywhere[..., layer]) for layer in layers),
    )


def likeness_shares(
    likes: Sequence[Sequence[Likeness]], maps: Sequence[Sequence[Bool]]
) -> LikenessShares:
    """Likeness of pairs by layer, from each run's likenesses over its snapshots and its on maps."""
    layers = range(len(likes[0]))

    def own(layer: int, snapshot: int) -> Numbers:
        pairs = [run[layer].degree[snapshot][run[layer].pairs[snapshot]] for run in likes]
        return at_least(np.concatenate(pairs))

    return LikenessShares(
        runs=len(likes),
        levels=LEVELS,
        alike=duplicate_neurons.ALIKE,
        start=tuple(own(layer, 0) for layer in layers),
        end=tuple(own(layer, -1) for layer in layers),
        between=tuple(
            at_least(duplicate_neurons.likeness_across([on[layer] for on in maps]))
            for layer in layers
        ),
    )


def at_least(degrees: Float64) -> Numbers:
    """The share of degrees (P,) at or above each of LEVELS; None where there is none."""
    if not degrees.size:
        return (None,) * len(LEVELS)
    return numbers([(degrees >= level).mean() for level in LEVELS])


def silent_screenings(screened: Sequence[Hearing]) -> SilentScreenings:
    """Silence and success over one part, at the end of each screening."""
    last = np.array([each.silent[-1] for each in screened])  # (R, L)
    largest = last.max(axis=1)
    # Of layers that are silent as far, the deepest, as spells have it.
    deepest = last.shape[1] - last[:, ::-1].argmax(axis=1)
    return SilentScreenings(
        part=screened[0].part,
        iteration=max(each.iterations[-1] for each in screened),
        seeds=tuple(each.seed for each in screened),
        layer=tuple(np.where(largest > 0, deepest, 0).tolist()),
        silent=shares(largest),
        right=shares([each.right[-1] for each in screened]),
    )


def silent_runs(screened: Sequence[Hearing]) -> SilentRuns | None:
    """The spells of full runs over one part; None where no run has any."""
    runs = tuple(
        RunSpells(
            seed=each.seed,
            learnt=bool(each.learnt[-1]),
            spells=tuple(
                SilentSpell(spell.layer + 1, spell.begun, spell.ended)
                for spell in dead_layers.spells(each)
            ),
        )
        for each in screened
    )
    last = max(each.iterations[-1] for each in screened)
    return SilentRuns(screened[0].part, last, runs) if any(run.spells for run in runs) else None


def mirror_series(
    seeds: Sequence[int], trained: Sequence[MirrorScores], untrained: Sequence[MirrorScores]
) -> MirrorSeries:
    """Mirror scores of full runs; `untrained` are the same ones' at their first snapshot."""
    loss = np.array([run.loss for run in trained])
    own = np.array([run.own for run in trained])  # (R, L)
    found = [
        correlation_with_loss(trained if enough else [], layer, "left-right")
        for layer, enough in enumerate(np.isfinite(own).sum(axis=0) >= FEWEST_CORRELATED)
    ]
    return MirrorSeries(
        seeds=tuple(seeds),
        loss=shares(loss),
        scores=tuple(numbers(layer) for layer in own.T),
        untrained=over_runs(np.median, np.array([run.own for run in untrained])),
        level=over_runs(np.median, np.array([run.other for run in trained])),
        correlation=numbers([each.value for each in found]),
        correlation_low=numbers([each.interval.low for each in found]),
        correlation_high=numbers([each.interval.high for each in found]),
    )


def trial_series(told: Mapping[str, Intervention | None]) -> TrialSeries | None:
    """What became of both interventions, by the arm that was treated; None where neither was."""
    found = {name: _treatment(name, each) for name, each in told.items() if each}
    if not found:
        return None
    return TrialSeries(found.get("raised"), found.get("lowered"))


def _treatment(treated: str, told: Intervention) -> Treatment:
    return Treatment(
        treated=treated,
        patients=len(told.patients),
        streams=told.streams,
        iterations=tuple(each - told.iterations[0] for each in told.iterations),
        arms=tuple(
            TrialArm(arm.name, arm.trials, arm.by_iteration, arm.learnt_open) for arm in told.arms
        ),
    )


def part_error_series(
    full: Sequence[PartErrors],
    failed_runs: Sequence[int],
    screenings: Sequence[PartErrors],
    failed_screenings: Sequence[int],
    top: Sequence[str],
) -> PartErrorSeries:
    """Errors by part; the failed are named by their seeds."""
    return PartErrorSeries(
        names=(*full[0].wrong, "top", "rows of the top"),
        top=tuple(top),
        full=_error_group(full, failed_runs),
        screenings=_error_group(screenings, failed_screenings),
    )


def _error_group(runs: Sequence[PartErrors], failed: Sequence[int]) -> ErrorGroup:
    return ErrorGroup(
        seeds=tuple(run.seed for run in runs),
        failed=tuple(run.seed in failed for run in runs),
        wrong=tuple(shares([*run.wrong.values(), run.top, run.band]) for run in runs),
    )


def network_series(plain: Network, variants: Sequence[Network]) -> NetworkSeries | None:
    """The plain network and its variants; None where there is no variant."""
    return NetworkSeries(tuple(map(_network, (plain, *variants)))) if variants else None


def _network(each: Network) -> NetworkOutcome:
    interval = proportion_interval(each.failed_screenings, each.screenings)
    return NetworkOutcome(
        title=each.title,
        widths=each.widths,
        errors=shares(each.errors),
        failed_runs=each.failed_runs,
        regions=each.regions,
        screenings=each.screenings,
        failed_screenings=each.failed_screenings,
        failure_low=shares([interval.low])[0],
        failure_high=shares([interval.high])[0],
    )
