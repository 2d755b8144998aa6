"""How often screening runs fail, by network: the series of the chart and of the table."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from ginn.analysis.described import DESCRIBED


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
    unit: str = "share of screening runs that failed"
    """What the numbers are, as the chart's axis says."""
