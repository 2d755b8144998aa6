"""The evidence: the series that figures draw and that the rows of the claims table summarise.

The series are small enough to publish completely. `unit` says what a series' numbers are. It labels
the axis of the figure that draws them. A series is None if a build has no data for it. An article
can test this: `{% if facts.evidence.interventions %}`. Numbers have four significant digits. None
means that there is no value.

A place of a series is a snapshot, or a group of successive intervals between snapshots.

Axes: R runs, L hidden layers, W places, M parts, N networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from pydantic.dataclasses import dataclass

from ginn.analysis.described import DESCRIBED, Unit
from ginn.analysis.failure_series import FailedRunSeries, PreventionSeries
from ginn.dataset.dataset import Axis

Numbers = tuple[float | None, ...]


@dataclass(frozen=True, config=DESCRIBED)
class Spread:
    """The median, lowest and highest value of several runs at each of W places of a series."""

    median: Numbers
    """The median of the runs at each place."""
    low: Numbers
    """The lowest value at each place."""
    high: Numbers
    """The highest value at each place."""


@dataclass(frozen=True, config=DESCRIBED)
class RegionCounts:
    """Linear regions of each full run through its training, `counts` R x W.

    `arrangement` and `bound` are as in `kinks.RegionGrowth`.
    """

    seeds: tuple[int, ...]
    """The seeds of the runs."""
    iterations: tuple[int, ...]
    """The iterations at which regions were counted."""
    counts: tuple[tuple[int, ...], ...]
    """The number of regions of each run at each of these iterations."""
    untrained: tuple[int, ...]
    """The counts of the screening runs at their first snapshot, in ascending order."""
    neurons: int
    """The number of hidden neurons."""
    arrangement: int
    """The most regions that this number of straight lines can make."""
    bound: int
    """The most regions that a network of these widths can have."""
    unit: Unit = "linear regions in the picture"


@dataclass(frozen=True, config=DESCRIBED)
class ShiftShares:
    """The share of shift in the boundaries' motion, by hidden layer: in [0, 1].

    Each of the W values is the mean over some successive intervals.
    """

    runs: int
    """The number of runs."""
    iterations: tuple[int, ...]
    """The iteration at which the first interval of each place begins."""
    layers: tuple[Spread, ...]
    """The share of shift in each hidden layer."""
    control: tuple[Numbers, ...]
    """The medians for equal steps of random sign, by layer."""
    unit: Unit = "share of shift in boundaries' motion"


@dataclass(frozen=True, config=DESCRIBED)
class CornerDistances:
    """The mean distance from corners of the picture to the nearest bend, by layer from the second.

    `outline` and `anywhere` are the controls. The unit is a side of the domain.
    """

    runs: int
    """The number of runs."""
    iterations: tuple[int, ...]
    """The iterations of the places."""
    layers: tuple[Spread, ...]
    """The distance for each layer from the second on, the output last."""
    outline: tuple[Numbers, ...]
    """The medians for points of the outline, by layer."""
    anywhere: tuple[Numbers, ...]
    """The medians for points anywhere, by layer."""
    unit: Unit = "mean distance to a bend, sides"


@dataclass(frozen=True, config=DESCRIBED)
class CopyShares:
    """The share of a layer's pairs of neurons that are duplicates, in [0, 1], by hidden layer.

    It is None for a run without pairs.
    """

    alike: float
    """The likeness from which a pair counts as duplicates."""
    start: tuple[Numbers, ...]
    """The share of each run at its start, by layer."""
    end: tuple[Numbers, ...]
    """The share of each run at its end, by layer."""
    between: tuple[float, ...]
    """The share among all pairs of neurons from two runs at the end, by layer."""
    unit: Unit = "share of a layer's pairs that are copies"


@dataclass(frozen=True, config=DESCRIBED)
class DeadLayersInScreening:
    """The dead share of `part` and the share of it that is right, for each screening run.

    Both shares are for the end of the run, and in [0, 1].
    """

    part: str
    """The name of the part."""
    iteration: int
    """The iteration at the end of the runs."""
    seeds: tuple[int, ...]
    """The seeds of the runs."""
    layer: tuple[int, ...]
    """The layer that is dead over the largest share, from 1; 0 if no layer is dead anywhere."""
    dead_share: tuple[float, ...]
    """The largest share of the part over which any hidden layer is dead."""
    right: tuple[float, ...]
    """The share of the part that the network gets right."""
    unit: Unit = "share of its pixels that are right"


@dataclass(frozen=True, config=DESCRIBED)
class DeadPeriod:
    """A period of a run in which some layer is dead over all of a part."""

    layer: int
    """The deepest layer that is dead at the beginning, from 1."""
    begun: int
    """The iteration of the first snapshot of the period."""
    ended: int | None
    """The iteration of the first snapshot after the period; none if it lasts to the end."""


@dataclass(frozen=True, config=DESCRIBED)
class DeadPeriodsOfRun:
    """The dead periods of one full run."""

    seed: int
    """The seed of the run."""
    learnt: bool
    """Whether the run got at least half of the part right at the end."""
    periods: tuple[DeadPeriod, ...]
    """The periods in which a layer is dead over the whole part."""


@dataclass(frozen=True, config=DESCRIBED)
class DeadPeriodsOfRuns:
    """The dead periods of full runs over all of `part`."""

    part: str
    """The name of the part."""
    last: int
    """The last iteration."""
    runs: tuple[DeadPeriodsOfRun, ...]
    """The periods of each full run."""
    unit: Unit = "iteration"


@dataclass(frozen=True, config=DESCRIBED)
class MirrorSeries:
    """Mirror scores of full runs at their end and their losses, in nats a pixel.

    `scores` L x R is for an axis of the picture, in [0, 1]. The correlation and its interval are
    None for fewer than FEWEST_CORRELATED runs.
    """

    seeds: tuple[int, ...]
    """The seeds of the runs."""
    loss: tuple[float, ...]
    """The loss of each run at its end, in nats a pixel."""
    scores: tuple[Numbers, ...]
    """The mirror score of each run at its end, by layer."""
    untrained: Numbers
    """The median before training, by layer."""
    other: Numbers
    """The median for the other axis, by layer; none if the picture is symmetric about it too."""
    correlation: Numbers
    """Spearman's rank correlation of score and loss, by layer; none for few runs."""
    correlation_low: Numbers
    """The lower end of its 95% bootstrap interval."""
    correlation_high: Numbers
    """The upper end of its 95% bootstrap interval."""
    axis: Axis = "left-right"
    """The axis of the scores, by the sides that it exchanges."""
    unit: Unit = "loss at the end"


@dataclass(frozen=True, config=DESCRIBED)
class InterventionArm:
    """One arm of an intervention: copies of runs, and how many of them learnt the part."""

    name: str
    """The name of the arm."""
    copies: int
    """The number of copies in the arm."""
    learnt: tuple[int, ...]
    """The number of copies that got at least half of the part right with no layer dead over all of
    it, by iteration."""


@dataclass(frozen=True, config=DESCRIBED)
class Treatment:
    """One intervention with its arms."""

    treated: str
    """The name of the treated arm."""
    source_runs: int
    """The number of runs that were copied."""
    streams: int
    """The number of orders of pixels for each of them."""
    iterations: tuple[int, ...]
    """The iterations of the counts, from the change on."""
    arms: tuple[InterventionArm, ...]
    """All arms, the treated one included."""


@dataclass(frozen=True, config=DESCRIBED)
class InterventionSeries:
    """Both interventions: dead layers revived (`raised`), layers made dead (`lowered`)."""

    raised: Treatment | None
    """Dead layers that were revived; none if no screening run was suitable."""
    lowered: Treatment | None
    """Layers that were made dead; none if no screening run was suitable."""
    unit: Unit = "share of copies that have learnt the part"


@dataclass(frozen=True, config=DESCRIBED)
class ErrorGroup:
    """The share of wrong pixels of each run (R) in each part (M), `wrong` R x M in [0, 1]."""

    seeds: tuple[int, ...]
    """The seeds of the runs."""
    failed: tuple[bool, ...]
    """Whether each run failed."""
    wrong: tuple[tuple[float, ...], ...]
    """The share of wrong pixels of each run in each part."""


@dataclass(frozen=True, config=DESCRIBED)
class PartErrorSeries:
    """The errors by part of full runs and of screening runs, at their ends.

    "top" is all parts in `top` together, and "rows of the top" are all pixel rows that these parts
    span.
    """

    names: tuple[str, ...]
    """The names of the parts; the last two are "top" and "rows of the top"."""
    top: tuple[str, ...]
    """The names of the parts at the top of the picture."""
    full: ErrorGroup
    """The errors of full runs at their ends."""
    screenings: ErrorGroup
    """The errors of screening runs at their ends."""
    unit: Unit = "share of wrong pixels"


@dataclass(frozen=True, config=DESCRIBED)
class NetworkOutcome:
    """The outcome of one network: errors and regions of its full runs (R)."""

    title: str
    """The title of the network."""
    widths: tuple[int, ...]
    """The number of neurons in each hidden layer."""
    errors: tuple[float, ...]
    """The share of wrong pixels of each full run at its end."""
    failed_runs: int
    """The number of full runs that failed."""
    regions: tuple[int, ...]
    """The number of linear regions of each full run at its end."""
    screenings: int
    """The number of screening runs."""
    failed_screenings: int
    """The number of screening runs that failed."""
    failure_low: float
    """The lower end of the 95% interval of their share (Clopper and Pearson)."""
    failure_high: float
    """The upper end of this interval."""


@dataclass(frozen=True, config=DESCRIBED)
class NetworkSeries:
    """The outcomes of the networks."""

    networks: tuple[NetworkOutcome, ...]
    """The plain network first, then its variants."""
    unit: Unit = "share of wrong pixels at the end"


@dataclass(frozen=True, config=DESCRIBED)
class Evidence:
    """All series; None for a series that a build does not have.

    `regions`, `shift`, `duplicate_neurons`, `dead_layers` and `symmetry` exist if at least one run
    was trained to its end. `corners` needs a drawing, `parts` needs named parts that are the top,
    and `variants` and `prevention` need a variant in `report.toml`. `dead_periods` is None if no
    layer of a full run was dead over the part at any time. `failed_runs` is None if no
    screening run failed on the hardest part. `interventions` is None if no screening
    run was suitable for an intervention.
    """

    regions: RegionCounts | None = None
    """Linear regions of the full runs during training."""
    shift: ShiftShares | None = None
    """The share of shift in the motion of boundaries."""
    corners: CornerDistances | None = None
    """The distance from corners of the picture to the nearest bend; for a drawing."""
    duplicate_neurons: CopyShares | None = None
    """How many pairs of neurons are duplicates, run by run."""
    dead_layers: DeadLayersInScreening | None = None
    """The dead share of the hardest part in the screening runs."""
    dead_periods: DeadPeriodsOfRuns | None = None
    """When layers of the full runs were dead over the whole part."""
    symmetry: MirrorSeries | None = None
    """Mirror scores and losses of the full runs."""
    interventions: InterventionSeries | None = None
    """Copies of runs with a layer revived or made dead."""
    parts: PartErrorSeries | None = None
    """The errors by part; for a picture with named parts at its top."""
    variants: NetworkSeries | None = None
    """The outcomes of the networks; for a report with variants that are trained in full."""
    prevention: PreventionSeries | None = None
    """How often screening runs fail; for a report with variants."""
    failed_runs: FailedRunSeries | None = None
    """What becomes of runs that failed in the screening: how long their failures last."""


NO_EVIDENCE = Evidence()


def merge_evidence(pieces: Sequence[Evidence]) -> Evidence:
    """The union of several pieces of evidence; each series is in at most one of them."""
    names = [field.name for field in fields(Evidence)]
    found = {name: [getattr(each, name) for each in pieces] for name in names}
    return Evidence(**{name: next((each for each in found[name] if each), None) for name in names})
