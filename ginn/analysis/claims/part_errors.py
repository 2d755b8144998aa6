"""Errors by part: does a failed run model the top of the picture better?

A run whose output is too black gets black parts right by accident. The top is therefore measured
twice: over its named parts alone, and over the whole band of pixel rows that these parts span.
Black beyond the parts counts as an error in the band. A run models the top better only if it does
so in both. Shares are shares of pixels, and the network is evaluated at every pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ginn import formatting
from ginn.analysis.claim import SIGNIFICANT, Claim, Verdict, all_of, needed
from ginn.analysis.outcomes import logits_at
from ginn.analysis.statistics import probability_of_superiority, rank_sum_p_value
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


@dataclass(frozen=True)
class Comparison:
    """An error of failed runs against that of all others.

    Medians are shares of pixels, and NaN where there is no run. A pair is a failed run and another
    run. `better` is the share of pairs in which the failed run has the smaller error; a tie counts
    half. It is 0.5 if there is no effect. `p_value` is that of the two-sided exact rank sum test.
    """

    failed: int
    others: int
    failed_median: float
    others_median: float
    better: float
    p_value: float


def part_errors(
    snapshots: RecordedRun, dataset: Dataset, top: Sequence[str], snapshot: int = -1
) -> PartErrors:
    """The errors by part of one run at one snapshot; `top` names the parts that are the top.

    Raises ValueError if the picture has no part with such a name.
    """
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
    """The pixels (n, n) of the named parts, and of all rows from their first to their last.

    Raises ValueError if no name is given, or the picture has no part with such a name.
    """
    masks = {part.name: part.mask for part in dataset.parts}
    missing = [name for name in top if name not in masks]
    if missing or not top:
        raise ValueError(
            f"top: found {missing or list(top)}, expected parts of the picture: {sorted(masks)}"
        )
    parts: NDArray[Any] = np.any([masks[name] for name in top], axis=0)
    rows = np.flatnonzero(parts.any(axis=1))
    band = np.zeros_like(parts)
    band[rows[0] : rows[-1] + 1] = True
    return parts, band


def compare(failed: Sequence[float], others: Sequence[float]) -> Comparison:
    """An error of failed runs compared with that of the others; see `Comparison`."""
    return Comparison(
        failed=len(failed),
        others=len(others),
        failed_median=_median(failed),
        others_median=_median(others),
        better=probability_of_superiority(others, failed),
        p_value=rank_sum_p_value(failed, others),
    )


def compare_runs(runs: Sequence[PartErrors], failed_seeds: Sequence[int]) -> dict[str, Comparison]:
    """The comparison of failed runs with all others, by part, and for "top" and "band".

    "top" and "band" replace parts of these two names.
    """
    table = [run.wrong | {"top": run.top, "band": run.band} for run in runs]
    failed = [run.seed in failed_seeds for run in runs]
    return {
        name: compare(
            [row[name] for row, each in zip(table, failed, strict=True) if each],
            [row[name] for row, each in zip(table, failed, strict=True) if not each],
        )
        for name in (table[0] if table else {})
    }


def is_better(found: Comparison, tests: int) -> Verdict:
    """The verdict on "failed runs have the smaller error", as one of `tests` tests (Bonferroni)."""
    if found.p_value * tests > SIGNIFICANT:
        return "not decidable here"
    return "holds" if found.better > 0.5 else "does not hold"


def claim_failed_runs_model_the_top_better(
    full_runs: dict[str, Comparison], screenings: dict[str, Comparison]
) -> Claim:
    """The row of claim 8: failed runs model the top better.

    Both comparisons come from `compare_runs`. If there are enough full runs, they decide; otherwise
    the screening runs decide.
    """
    verdicts = [
        all_of([is_better(group[name], 4) for name in ("top", "band")])
        for group in (full_runs, screenings)
    ]
    full, short = full_runs["top"], screenings["top"]
    all_full, all_short = full.failed + full.others, short.failed + short.others
    return Claim(
        name="Failed runs and the top",
        statement="A failed run models the top of the picture better than a good run does.",
        definition="Share of wrong pixels of failed runs against others: in the parts of the top, "
        "and in all rows that they span, so that black beyond the parts counts as an error. "
        "Without an effect, the failed run is better in half of all pairs of a failed and another "
        "run. 4 exact rank sum tests. If there are enough full runs, they decide; otherwise the "
        "screening runs decide.",
        value="share of wrong pixels in the top, failed runs against the others: "
        f"{_medians(full)}, {full.failed} of {formatting.count(all_full, 'full run')} failed; "
        f"{_medians(short)}, {short.failed} of {formatting.count(all_short, 'screening run')} "
        "failed (medians)",
        control=f"over whole rows: full runs {_medians(full_runs['band'])}; screening runs "
        f"{_medians(screenings['band'])}",
        runs=all_full,
        verdict=verdicts[1] if verdicts[0] == "not decidable here" else verdicts[0],
        needed_full=needed(
            max(all_full, all_short),
            4,
            lambda n: rank_sum_p_value(range(n // 2), range(n // 2, n)),
        ),
    )


def _medians(found: Comparison) -> str:
    """Both medians and the p-value as text."""
    if not found.failed or not found.others:
        return "nothing to compare"
    failed, others = (
        formatting.percent(each, 2) for each in (found.failed_median, found.others_median)
    )
    return f"{failed} against {others} ({formatting.p_value(found.p_value)})"


def _median(values: Sequence[float]) -> float:
    return float(np.median(values)) if len(values) else float("nan")
