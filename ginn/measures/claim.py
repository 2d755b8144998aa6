"""A row of the claims table: what is claimed, how it is measured, what it read, and the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
