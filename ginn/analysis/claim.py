"""A row of the claims table: the claim, its definition, the measured values and the verdict."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from pydantic.dataclasses import dataclass

from ginn import formatting
from ginn.analysis.described import DESCRIBED
from ginn.analysis.statistics import fisher_p_value, sign_flip_p_value
from ginn.network.run import Float64

# A claim is decided by a p-value below this number divided by the number of tests.
SIGNIFICANT = 0.05

Verdict = Literal["holds", "does not hold", "not decidable here"]


@dataclass(frozen=True, config=DESCRIBED)
class Claim:
    """One claim in words.

    The fields of needed runs are 0 if there are enough runs. Otherwise no outcome of so few runs
    can decide the claim.
    """

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
    needed_full: int = 0
    """The least number of full runs with which its tests can decide; 0 if there are enough."""
    needed_screening: int = 0
    """The least number of screening runs for that; 0 if there are enough."""


def unmeasured(name: str, statement: str, why: str) -> Claim:
    """The row of a claim that needs what this build does not have."""
    words = f"not measured: {why}"
    return Claim(name, statement, f"Not measured: {why}.", words, "none", 0, "not decidable here")


def needed(runs: int, tests: int, least_p_value: Callable[[int], float]) -> int:
    """The least number of runs with which one of `tests` tests can be significant.

    The result is 0 if `runs` are enough. `least_p_value` gives the least p-value that a number of
    runs can have, whatever their outcome.
    """
    enough = next(n for n in itertools.count(2) if least_p_value(n) * tests <= SIGNIFICANT)
    return enough if runs < enough else 0


def needed_sign_flips(runs: int, tests: int) -> int:
    """The least number of runs for sign-flip tests; 0 if `runs` are enough."""
    return needed(runs, tests, lambda n: sign_flip_p_value(np.ones(n)))


def needed_of_table(runs: int) -> int:
    """The least number of runs for Fisher's exact test of one table; 0 if `runs` are enough."""
    return needed(runs, 1, lambda n: fisher_p_value([[n // 2, 0], [0, n - n // 2]]))


def too_few_runs(claims: Sequence[Claim]) -> str:
    """Which claims cannot be decided from so few runs, and how many are enough; "" if none.

    Claims that are decided without their tests do not count.
    """
    short = [
        each
        for each in claims
        if each.verdict == "not decidable here" and (each.needed_full or each.needed_screening)
    ]
    if not short:
        return ""
    most = (
        (max(each.needed_full for each in short), "full run"),
        (max(each.needed_screening for each in short), "screening run"),
    )
    enough = formatting.listing([formatting.count(each, run) for each, run in most if each])
    whole = formatting.count(len(claims), "claim")
    return (
        f"This build has too few runs to decide {len(short)} of {whole}, whatever the runs show: "
        f"{formatting.listing([each.name for each in short])}. {enough} would be enough."
    )


def medians(values: Float64, digits: int = 2) -> str:
    """The medians over runs of values (runs, L), as text.

    NaN values are left out. A layer without any other value reads "none".
    """
    found = [each[np.isfinite(each)] for each in values.T]
    return ", ".join(f"{np.median(each):.{digits}f}" if each.size else "none" for each in found)


def layers(count: int) -> str:
    """The hidden layers of a network by their numbers: `"layers 1, 2 and 3"`."""
    return formatting.numbered("layer", range(1, count + 1))


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
