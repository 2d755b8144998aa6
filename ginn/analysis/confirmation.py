"""The confirmation: the claims of a second block of seeds, by the same rules, beside the first.

The rules were settled after a look at the first block. So its verdicts are exploratory. The second
block has seeds that nobody had looked at, and a claim that holds in both blocks repeats.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from pydantic.dataclasses import dataclass

from ginn import formatting
from ginn.analysis.claim import Claim, Verdict, unclear_at_best
from ginn.analysis.described import DESCRIBED
from ginn.analysis.findings import Findings, merge_findings
from ginn.analysis.outcomes import RunFacts, ScreeningFacts
from ginn.analysis.rules import RuleBook
from ginn.analysis.samples import is_chosen

Repeat = Literal[
    "repeats",
    "does not repeat",
    "not decidable in the second block",
    "decided in the second block alone",
]

# The values of `Repeat` after which the second block's verdict need not be stated.
AS_SAID: tuple[Repeat, ...] = ("repeats", "not decidable in the second block")
# Each verdict as a verb.
THERE: dict[Verdict, str] = {
    "holds": "holds",
    "does not hold": "does not hold",
    "not decidable here": "is not decidable",
}


@dataclass(frozen=True, config=DESCRIBED)
class SecondBlock:
    """The runs of a second block of seeds, and the claims that were measured on them alone."""

    first_seed: int
    """The first seed of the block; the others follow it."""
    screening: ScreeningFacts
    """The screening runs of the block."""
    full_runs: int
    """The number of runs that were trained in full."""
    chosen_runs: int
    """The number of these that were chosen because their screening run had failed."""
    failed_runs: int
    """The number of full runs that failed."""
    rules: str
    """The hash of the rules by which the claims were decided."""
    claims: tuple[Claim, ...]
    """The rows of the block's claims table, corrected for their number."""


@dataclass(frozen=True, config=DESCRIBED)
class Repetition:
    """Whether one claim of the first block repeats in the second."""

    name: str
    """The name of the claim."""
    repeats: Repeat
    """Whether the second block has the same verdict, and what it has otherwise."""


@dataclass(frozen=True, config=DESCRIBED)
class Confirmation:
    """The second block, and whether each claim of the first one repeats in it."""

    block: SecondBlock
    """The runs and the claims of the second block."""
    repetitions: tuple[Repetition, ...]
    """One for each row of the claims table, in the table's order."""

    def claim(self, name: str) -> Claim | None:
        """The claim of this name as the second block has it, or None."""
        return next((claim for claim in self.block.claims if claim.name == name), None)

    def repeats(self, name: str) -> str:
        """Whether the claim of this name repeats, in words; "" for a claim without a row."""
        return next((each.repeats for each in self.repetitions if each.name == name), "")

    def words(self, name: str) -> str:
        """Whether a claim repeats, and its effect in the second block, as text.

        The verdict of the second block is added if it does not follow from `repeats`.
        """
        found, row = self.repeats(name), self.claim(name)
        if row is None:
            return found
        verdict = "" if found in AS_SAID else f" (it {THERE[row.verdict]} there)"
        return f"{found}{verdict}: {row.effect.text if row.effect else row.value}"

    @property
    def about(self) -> str:
        """What the second block is, in a sentence."""
        block = self.block
        chosen = (
            f", {block.chosen_runs:,} of them chosen because their screening run had failed"
            if block.chosen_runs
            else ""
        )
        screened = formatting.count(block.screening.seeds, "screening run")
        return (
            f"The second block begins with seed {block.first_seed:,} and shares no seed with the "
            f"first. It has {screened} and {formatting.count(block.full_runs, 'full run')}{chosen}."
        )


def second_block(
    first_seeds: Collection[int],
    screening: ScreeningFacts,
    outcomes: Mapping[str, RunFacts],
    rules: RuleBook,
    *findings: Findings,
) -> SecondBlock:
    """The second block; `findings` are its claims by group."""
    failed = screening.failed_seeds
    return SecondBlock(
        min(first_seeds),
        screening,
        len(outcomes),
        sum(is_chosen(run.seed, first_seeds, failed) for run in outcomes.values()),
        sum(run.failed for run in outcomes.values()),
        rules.hash,
        merge_findings(findings).rows,
    )


def confirmation(rows: Sequence[Claim], block: SecondBlock | None) -> Confirmation | None:
    """The comparison of the first block's rows with the second block; None without one."""
    if block is None:
        return None
    others = {row.name: row for row in block.claims}
    unclear = unclear_at_best(block.claims)
    return Confirmation(
        block,
        tuple(
            Repetition(row.name, _repeat(row, others.get(row.name), row.name in unclear))
            for row in rows
        ),
    )


def _repeat(first: Claim, second: Claim | None, unclear: bool) -> Repeat:
    """Whether a row repeats; `unclear` is whether the second block could not have decided it."""
    if second is None or unclear:
        return "not decidable in the second block"
    undecided = first.verdict == "not decidable here"
    if second.verdict == first.verdict:
        return "not decidable in the second block" if undecided else "repeats"
    return "decided in the second block alone" if undecided else "does not repeat"
