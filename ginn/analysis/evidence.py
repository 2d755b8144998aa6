"""Series worth drawing: what the rows of the claims table sum up, small enough to publish whole.

`unit` says what a series' numbers are, and labels the axis of the figure that draws it. A series
that a build has nothing for is None, so that an article can ask:
`{% if facts.evidence.interventions %}`. Numbers have four significant digits; None stands where
there is no value.

Axes: R runs, L hidden layers, W places along training, M parts, N networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from pydantic.dataclasses import dataclass

Numbers = tuple[float | None, ...]


@dataclass(frozen=True)
class Spread:
    """The median, lowest and highest value of several runs at each of W places of a series."""

    median: Numbers
    low: Numbers
    high: Numbers


@dataclass(frozen=True)
class RegionCounts:
    """Linear regions of each full run through its training, `counts` R x W.

    `untrained` are the counts of the screenings' networks at their first snapshot, rising.
    `arrangement` and `bound` are as in `kinks.RegionGrowth`.
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
class DeadLayersInScreening:
    """The end of each screening run: over how much of `part` a layer is dead, and its success.

    `dead_share` is the largest share of the part's pixels that any hidden layer is dead over and
    `layer` which one that is, from 1; 0 where no layer is dead anywhere. `right` is the share of
    its pixels that the network gets right. Both in [0, 1].
    """

    part: str
    iteration: int
    seeds: tuple[int, ...]
    layer: tuple[int, ...]
    dead_share: tuple[float, ...]
    right: tuple[float, ...]
    unit: str = "share of its pixels got right"


@dataclass(frozen=True)
class DeadPeriod:
    """A stretch of snapshots of a run at which some layer is dead over all of a part.

    `begun` is the iteration of its first snapshot and `ended` that of the next one without a dead
    layer, None where the recording ends first. `layer`, from 1, is the deepest dead one at the
    begin.
    """

    layer: int
    begun: int
    ended: int | None


@dataclass(frozen=True)
class DeadPeriodsOfRun:
    """The dead periods of one full run.

    `learnt` says whether it got at least half of the part right at the end.
    """

    seed: int
    learnt: bool
    periods: tuple[DeadPeriod, ...]


@dataclass(frozen=True)
class DeadPeriodsOfRuns:
    """When some layer of a full run was dead over all of `part`; `last` is the last iteration."""

    part: str
    last: int
    runs: tuple[DeadPeriodsOfRun, ...]
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
class InterventionArm:
    """How many of an arm's `copies` got at least half of the part right, at each iteration.

    `learnt_alive` of them did so at the end with no layer dead over all of the part.
    """

    name: str
    copies: int
    learnt: tuple[int, ...]
    learnt_alive: int


@dataclass(frozen=True)
class Treatment:
    """One intervention: `treated` is the arm that it is about, `arms` has that arm too.

    `iterations` count from the change on. `source_runs` runs were copied,
    with `streams` orders of pixels each.
    """

    treated: str
    source_runs: int
    streams: int
    iterations: tuple[int, ...]
    arms: tuple[InterventionArm, ...]


@dataclass(frozen=True)
class InterventionSeries:
    """Both interventions: dead layers revived (`raised`), layers made dead (`lowered`).

    None where no screening run was fit for it.
    """

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
    """The outcome of one network: errors (shares of wrong pixels) and regions of full runs (R).

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
    """Every series; None where a build has no such series.

    `regions`, `shift`, `duplicate_neurons`, `dead_layers` and `symmetry` are there as soon as one
    run was trained to its end. `corners` needs a drawing, `parts` named parts that are the top,
    `variants` a variant in `report.toml`. `dead_periods` is None where no layer of a full run was
    ever dead over the part, and `interventions` where no screening run could be intervened on.
    """

    regions: RegionCounts | None = None
    shift: ShiftShares | None = None
    corners: CornerDistances | None = None
    duplicate_neurons: LikenessShares | None = None
    dead_layers: DeadLayersInScreening | None = None
    dead_periods: DeadPeriodsOfRuns | None = None
    symmetry: MirrorSeries | None = None
    interventions: InterventionSeries | None = None
    parts: PartErrorSeries | None = None
    variants: NetworkSeries | None = None


NO_EVIDENCE = Evidence()


def merge_evidence(pieces: Sequence[Evidence]) -> Evidence:
    """One tree made of several, each series of which is in at most one of them."""
    names = [field.name for field in fields(Evidence)]
    found = {name: [getattr(each, name) for each in pieces] for name in names}
    return Evidence(**{name: next((each for each in found[name] if each), None) for name in names})
