"""How often screening runs fail, and what becomes of those that failed: the series of the evidence.

Shares have four significant digits. None means that there is no value.
"""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from ginn.analysis.described import DESCRIBED, Unit


@dataclass(frozen=True, config=DESCRIBED)
class SurvivalCurve:
    """How long a state lasts in some runs: Kaplan and Meier's estimate, a step at each end."""

    runs: int
    """The number of runs."""
    ended: int
    """The number of runs in which the state ended before the run did."""
    iterations: tuple[int, ...]
    """The iterations at which it ended in some run: the first recorded ones without it."""
    share: tuple[float, ...]
    """The estimated share of runs that are still in the state from then on."""
    low: tuple[float | None, ...]
    """The lower end of the 95% interval of this share; none where the share is 0."""
    high: tuple[float | None, ...]
    """The upper end of this interval."""


@dataclass(frozen=True, config=DESCRIBED)
class FailureKind:
    """The runs that failed on the part in the same way when the screening ended."""

    name: str
    """What the network is like over the part."""
    runs: int
    """The number of runs."""
    low: float
    """The lower end of the 95% interval of their share of all (Clopper and Pearson)."""
    high: float
    """The upper end of this interval."""
    learnt: int
    """The number of these that had the part right, with no dead layer, by `followed`."""
    median: int | None
    """The iteration by which half of them had it right; none if fewer had by `followed`."""


@dataclass(frozen=True, config=DESCRIBED)
class DeadLayerFate:
    """The runs in which one layer was dead over the whole part when the screening ended."""

    layer: int
    """The deepest dead layer, from 1."""
    runs: int
    """The number of runs."""
    escaped: int
    """The number of these that had no dead layer at some snapshot by `followed`."""


@dataclass(frozen=True, config=DESCRIBED)
class Predictor:
    """How a measure at the end of the screening is correlated with the time a layer stays dead."""

    of: str
    """What was measured."""
    correlation: float | None
    """Spearman's rank correlation with this time; none if either is the same in all runs."""
    low: float | None
    """The lower end of its 95% bootstrap interval."""
    high: float | None
    """The upper end of this interval."""
    p_value: float | None
    """The p-value of a permutation test, not corrected."""


@dataclass(frozen=True, config=DESCRIBED)
class FailedRunSeries:
    """What becomes of all runs that failed on `part` in the screening, the first 128 seeds at most.

    Each was trained to the iteration `followed` at least. Times count from the start of training.
    """

    part: str
    """The name of the part."""
    begun: int
    """The iteration at which the screening ended."""
    followed: int
    """The iteration to which all runs were trained."""
    last: int
    """The last iteration of the runs that were trained in full."""
    dead: SurvivalCurve | None
    """For runs with a layer dead over the whole part: how long some layer stays dead."""
    alive: SurvivalCurve | None
    """For the other runs: how long they do not get half of the part right."""
    kinds: tuple[FailureKind, ...]
    """The runs by what the network was like over the part."""
    layers: tuple[DeadLayerFate, ...]
    """The runs with a dead layer, by this layer."""
    predictors: tuple[Predictor, ...]
    """What was tried to tell early how long a layer stays dead."""
    unit: Unit = "share of runs"


@dataclass(frozen=True, config=DESCRIBED)
class FailureRate:
    """The screening runs of one network that failed, compared with those of the plain network."""

    title: str
    """The title of the network."""
    change: str
    """What it changes; empty for the plain network."""
    screenings: int
    """The number of screening runs."""
    failed: int
    """The number of screening runs that failed."""
    low: float
    """The lower end of the 95% interval of their share (Clopper and Pearson)."""
    high: float
    """The upper end of this interval."""
    difference: float | None = None
    """Their share less that of the plain network, in percentage points; none for the latter."""
    difference_low: float | None = None
    """The lower end of the 95% interval of this difference (Newcombe)."""
    difference_high: float | None = None
    """The upper end of this interval."""
    p_value: float | None = None
    """The p-value of Fisher's exact test that both networks fail as often."""
    corrected: float | None = None
    """This p-value after the correction for the number of variants (Holm)."""
    verdict: str = ""
    """Whether failures are "rarer" or "commoner" than in the plain network, if it is decided."""


@dataclass(frozen=True, config=DESCRIBED)
class PreventionSeries:
    """The failure rates of the plain network and of the variants."""

    iterations: int
    """The length of the screening runs, in minibatches."""
    plain: FailureRate
    """The plain network."""
    arms: tuple[FailureRate, ...]
    """Its variants."""
    unit: Unit = "share of screening runs that failed"
