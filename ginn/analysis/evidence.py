"""The evidence: the series that figures draw and that the rows of the claims table summarise.

The series are small enough to publish completely. `unit` says what a series' numbers are. It labels
the axis of the figure that draws them. A series is None if a build has no data for it. An article
can test this: `{% if facts.evidence.interventions %}`. Numbers have four significant digits. None
means that there is no value.

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

    `untrained` has the counts of the screening runs at their first snapshot, in rising order.
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
    """The share of shift in the boundaries' motion, by hidden layer: in [0, 1].

    Each of the W values is the mean over some successive intervals. `iterations` has the iteration
    at which the first of them begins. `control` has the medians over runs for equal steps of random
    sign.
    """

    runs: int
    iterations: tuple[int, ...]
    layers: tuple[Spread, ...]
    control: tuple[Numbers, ...]
    unit: str = "share of shift in boundaries' motion"


@dataclass(frozen=True)
class CornerDistances:
    """The mean distance from corners of the picture to the nearest bend, by layer from the second.

    The last layer is the output. `outline` and `anywhere` are the medians over runs of the
    controls. The unit is a side of the domain.
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

    `start` and `end` are for pairs within a run. `between` is for pairs of neurons from two runs at
    the end. Pairs of likeness `alike` or more are duplicates. Shares are in [0, 1], and None for a
    layer without pairs.
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
    """The dead share of `part` and the share of it that is right, for each screening run.

    Both shares are for the end of the run, and in [0, 1]. `dead_share` is the largest share of the
    part's pixels over which any hidden layer is dead. `layer` is the number of this layer, from 1,
    or 0 if no layer is dead at any pixel. `right` is the share of the part's pixels that the
    network gets right.
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
    """A period of a run in which some layer is dead over all of a part.

    `begun` is the iteration of its first snapshot. `ended` is the iteration of the next snapshot
    without a dead layer, or None if the recording ends before. `layer`, from 1, is the deepest
    layer that is dead at the beginning.
    """

    layer: int
    begun: int
    ended: int | None


@dataclass(frozen=True)
class DeadPeriodsOfRun:
    """The dead periods of one full run.

    `learnt` says whether the run got at least half of the part right at the end.
    """

    seed: int
    learnt: bool
    periods: tuple[DeadPeriod, ...]


@dataclass(frozen=True)
class DeadPeriodsOfRuns:
    """The dead periods of full runs over all of `part`; `last` is the last iteration."""

    part: str
    last: int
    runs: tuple[DeadPeriodsOfRun, ...]
    unit: str = "iteration"


@dataclass(frozen=True)
class MirrorSeries:
    """Mirror scores of full runs at their end and their losses, in nats a pixel.

    `scores` L x R is for the vertical axis, in [0, 1]. `untrained` and `level` (L) are medians over
    the same runs: before training, and for the horizontal axis. `correlation` (L) is Spearman's
    rank correlation of score and loss. Its 95% bootstrap interval goes from `correlation_low` to
    `correlation_high`. These three are None for fewer than FEWEST_CORRELATED runs.
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
    """The number of an arm's `copies` that got at least half of the part right, by iteration.

    `learnt_alive` copies did so at the end with no layer dead over all of the part.
    """

    name: str
    copies: int
    learnt: tuple[int, ...]
    learnt_alive: int


@dataclass(frozen=True)
class Treatment:
    """One intervention: its treated arm `treated`, and all its `arms`, the treated one included.

    `iterations` count from the change. `source_runs` runs were copied, with `streams` orders of
    pixels each.
    """

    treated: str
    source_runs: int
    streams: int
    iterations: tuple[int, ...]
    arms: tuple[InterventionArm, ...]


@dataclass(frozen=True)
class InterventionSeries:
    """Both interventions: dead layers revived (`raised`), layers made dead (`lowered`).

    An intervention is None if no screening run was suitable.
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
    """The errors by part of full runs and of screening runs, at their ends.

    The last two of `names` are "top" and "rows of the top". "top" is all parts in `top` together,
    and "rows of the top" are all pixel rows that these parts span.
    """

    names: tuple[str, ...]
    top: tuple[str, ...]
    full: ErrorGroup
    screenings: ErrorGroup
    unit: str = "share of pixels wrong"


@dataclass(frozen=True)
class NetworkOutcome:
    """The outcome of one network: errors (shares of wrong pixels) and regions of full runs (R).

    `failed_screenings` of `screenings` screening runs failed. The 95% interval of this share is
    Clopper and Pearson's.
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
    """The outcomes of the networks: first the plain one, then its variants."""

    networks: tuple[NetworkOutcome, ...]
    unit: str = "share of pixels wrong at the end"


@dataclass(frozen=True)
class Evidence:
    """All series; None for a series that a build does not have.

    `regions`, `shift`, `duplicate_neurons`, `dead_layers` and `symmetry` exist if at least one run
    was trained to its end. `corners` needs a drawing, `parts` needs named parts that are the top,
    and `variants` needs a variant in `report.toml`. `dead_periods` is None if no layer of a full
    run was dead over the part at any time. `interventions` is None if no screening run was suitable
    for an intervention.
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
    """The union of several trees; each series is in at most one of them."""
    names = [field.name for field in fields(Evidence)]
    found = {name: [getattr(each, name) for each in pieces] for name in names}
    return Evidence(**{name: next((each for each in found[name] if each), None) for name in names})
