"""A row of the claims table: the claim, its definition, the measured values and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic.dataclasses import dataclass

from ginn import formatting
from ginn.analysis.described import DESCRIBED
from ginn.analysis.statistics import sign_flip_p_value
from ginn.network.run import Float64

# A claim is decided by a p-value below this number divided by the number of tests.
SIGNIFICANT = 0.05

Verdict = Literal["holds", "does not hold", "not decidable here"]


@dataclass(frozen=True, config=DESCRIBED)
class Claim:
    """One claim in words."""

    name: str
    """The name of the claim, as `evidence` takes it."""
    statement: str
    """The claim in a sentence."""
    definition: str
    """What is measured, its value if there is no effect, and the number of tests if several."""
    value: str
    """The measured value, with its unit."""
    control: str
    """The value of the control, with its unit."""
    runs: int
    """The number of runs that were read."""
    verdict: Verdict
    """Whether the claim holds."""


def medians(values: Float64, digits: int = 2) -> str:
    """The medians over runs of values (runs, L), as text.

    NaN values are left out. A layer without any other value reads "none".
    """
    found = [each[np.isfinite(each)] for each in values.T]
    return ", ".join(f"{np.median(each):.{digits}f}" if each.size else "none" for each in found)


def layers(numbers: Sequence[int]) -> str:
    """Layers by their numbers: `"layers 1, 2 and 3"`; "no layer" without any."""
    if not numbers:
        return "no layer"
    return f"layer{'' if len(numbers) == 1 else 's'} {formatting.listing(numbers)}"


def compared(differences: Float64, tests: int) -> Verdict:
    """The verdict on "paired differences (runs,) lie above zero", as one of `tests` tests.

    The level is divided by the number of tests (Bonferroni). Differences that are NaN are left out.
    """
    finite = differences[np.isfinite(differences)]
    if sign_flip_p_value(finite) * tests > SIGNIFICANT:
        return "not decidable here"
    return "holds" if finite.mean() > 0 else "does not hold"


def all_of(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict on several together: "holds" if all hold, "does not hold" if one does not."""
    if "does not hold" in verdicts:
        return "does not hold"
    return "not decidable here" if "not decidable here" in verdicts or not verdicts else "holds"
