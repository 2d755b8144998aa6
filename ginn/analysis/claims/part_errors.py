"""Errors by part: does a failed run model the top of the picture better?

A run whose output is too black gets black parts right by accident. The top is therefore measured
twice: over its named parts alone, and over the whole band of pixel rows that these parts span.
Black beyond the parts counts as an error in the band. A run models the top better only if it does
so in both. Shares are shares of pixels, and the network is evaluated at every pixel.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ginn import formatting
from ginn.analysis.claim import Claim, Least, enough_runs, least_of_groups, row_by_tests
from ginn.analysis.effects import POINTS, smaller
from ginn.analysis.outcomes import FAILED_BELOW, logits_at
from ginn.analysis.rules import Rule
from ginn.dataset.dataset import Dataset
from ginn.network.run import RecordedRun


@dataclass(frozen=True)
class PartErrors:
    """Errors of one run at one snapshot.

    `wrong` is the share of each part's pixels on the wrong side of p = 0.5, in [0, 1]. `top` and
    `band` are the shares of wrong pixels in the top's parts and in the rows that they span.
    """

    seed: int
    wrong: dict[str, float]
    top: float
    band: float


TOP = Rule(
    name="Failed runs and the top",
    statement="A failed run models the top of the picture better than a good run does.",
    measure="Share of wrong pixels at the end, in the parts of the top, and in all rows that they "
    "span, so that black painted beyond them counts: in the other runs less in failed runs, which "
    f"have less than {FAILED_BELOW:.0%} of some major part right; two tests.",
    control="the other runs.",
    sample="screening",
    tests=("rank sums",),
)
TOP_CHOSEN = replace(
    TOP,
    name="Failed runs and the top, chosen runs",
    statement="A failed full run models the top of the picture better than a good full run does.",
    control="the runs of the first seeds that did not fail. Chosen runs that did not fail are left "
    "out.",
    sample="chosen",
)


def part_errors(
    snapshots: RecordedRun, dataset: Dataset, top: Sequence[str], snapshot: int = -1
) -> PartErrors:
    """The errors by part of one run at one snapshot; `top` names the parts that are the top."""
    wrong = (logits_at(snapshots, snapshot, dataset) > 0) != dataset.labels
    parts, band = top_and_band(dataset, top)
    return PartErrors(
        seed=snapshots.seed,
        wrong={part.name: float(wrong[part.mask].mean()) for part in dataset.parts},
        top=float(wrong[parts].mean()),
        band=float(wrong[band].mean()),
    )


def top_and_band(
    dataset: Dataset, top: Sequence[str]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The pixels (n, n) of the named parts, and of all rows from their first to their last."""
    masks = [part.mask for part in dataset.parts if part.name in top]
    parts: NDArray[Any] = np.any(masks, axis=0)
    rows = np.flatnonzero(parts.any(axis=1))
    band = np.zeros_like(parts)
    band[rows[0] : rows[-1] + 1] = True
    return parts, band


def claim_failed_runs_model_the_top_better(
    runs: Sequence[PartErrors], failed_seeds: Collection[int], chosen: Sequence[PartErrors] = ()
) -> Claim:
    """The claim that failed runs model the top better.

    `runs` are not chosen by their results. `chosen` are full runs that were chosen because their
    screening run had failed. If they are given, the claim is about full runs, and the chosen runs
    that failed again count as failed runs.
    """
    failed = [run for run in (*runs, *chosen) if run.seed in failed_seeds]
    others = [run for run in runs if run.seed not in failed_seeds]
    names = (("top", "in the top"), ("band", "in the rows of the top"))
    groups = {
        name: [[getattr(run, name) for run in group] for group in (failed, others)]
        for name, _ in names
    }
    effects = [
        smaller(f"wrong {where}, other runs against failed ones", groups[name], POINTS)
        for name, where in names
    ]
    every = len(failed) + len(others)
    enough = enough_runs(least_of_groups)
    kind = "full run" if chosen else "screening run"
    return row_by_tests(
        TOP_CHOSEN if chosen else TOP,
        effects,
        Least(least_of_groups(every), *((enough, 0) if chosen else (0, enough))),
        value=f"wrong in the top, failed runs against the others: {_medians(*groups['top'])}, "
        f"{len(failed)} of {formatting.count(every, kind)} failed",
        control=f"over whole rows: {_medians(*groups['band'])}",
    )


def _medians(failed: Sequence[float], others: Sequence[float]) -> str:
    """Both medians as text."""
    if not failed or not others:
        return "nothing to compare"
    found = [formatting.percent(float(np.median(each)), 2) for each in (failed, others)]
    return f"{found[0]} against {found[1]} (medians)"
