"""A row of the claims table: what is claimed, how it is measured, what it read, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic.dataclasses import dataclass

from ginn import formatting
from ginn.analysis.statistics import sign_flip_p_value
from ginn.network.run import Float64

# The p-value, over the number of tests, at which a claim is decided.
SIGNIFICANT = 0.05

Verdict = Literal["holds", "does not hold", "not decidable here"]


@dataclass(frozen=True)
class Claim:
    """One claim in words. `value` and `control` carry their units; `runs` is how many were read.

    `definition` says what is measured and what it would read under no effect, and how many tests
    were made where there were several.
    """

    name: str
    statement: str
    definition: str
    value: str
    control: str
    runs: int
    verdict: Verdict


def medians(values: Float64, digits: int = 2) -> str:
    """The medians over runs of (runs, L) as text, layer by layer; NaN is left out, or "none"."""
    found = [each[np.isfinite(each)] for each in values.T]
    return ", ".join(f"{np.median(each):.{digits}f}" if each.size else "none" for each in found)


def layers(numbers: Sequence[int]) -> str:
    """Layers by their numbers: `"layers 1, 2 and 3"`; "no layer" without any."""
    if not numbers:
        return "no layer"
    return f"layer{'' if len(numbers) == 1 else 's'} {formatting.listing(numbers)}"


def compared(differences: Float64, tests: int) -> Verdict:
    """Whether paired differences (runs,) lie above zero, as one of `tests` (Bonferroni).

    Differences that are NaN are left out.
    """
    finite = differences[np.isfinite(differences)]
    if sign_flip_p_value(finite) * tests > SIGNIFICANT:
        return "not decidable here"
    return "holds" if finite.mean() > 0 else "does not hold"


def all_of(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict of several: it holds if all do, and does not if any does not."""
    if "does not hold" in verdicts:
        return "does not hold"
    return "not decidable here" if "not decidable here" in verdicts or not verdicts else "holds"
