"""Rules: what a row of the claims table measures, over which runs, and what decides it.

All rows share one rule, COMMON. A row that needs another says so in `own`, in the words that the
table and the page of methods print. A rule's texts take their numbers from the constants that the
measure uses. `rule_book` gathers all rules and constants and makes a hash of them.
"""

from __future__ import annotations

from typing import Literal

from pydantic.dataclasses import dataclass

from ginn.analysis.described import DESCRIBED

# A corrected p-value up to this number decides a row.
SIGNIFICANT = 0.05

# The part of the picture that rules about failures are about, in their words.
HARDEST = "the hardest part (the major part that most screening runs fail on)"

Sample = Literal["first", "screening", "chosen", "failed", "networks"]
SAMPLES: dict[Sample, str] = {
    "first": "Full runs of the first seeds, whatever they did.",
    "screening": "Screening runs of consecutive seeds, whatever they did.",
    "chosen": "Full runs, and among them those whose seeds were chosen because their screening run "
    "had failed. So the row says nothing about how often something happens in general.",
    "failed": "Screening runs of consecutive seeds that failed, trained on.",
    "networks": "Full runs of the first seeds of each network, whatever they did.",
}

Test = Literal["signed ranks", "rank sums", "signs", "two shares", "correlation", "none"]
TESTS: dict[Test, str] = {
    "signed ranks": "Wilcoxon's exact signed rank test of the runs' differences. The effect is the "
    "typical difference (Hodges and Lehmann), with the exact interval of this test.",
    "rank sums": "Wilcoxon's exact rank sum test of two groups of runs. The effect is the typical "
    "difference (Hodges and Lehmann), with the exact interval of this test.",
    "signs": "Exact sign test. The effect is a share of the runs, with Clopper and Pearson's exact "
    "interval; without an effect it is one half.",
    "two shares": "Fisher's exact test. The effect is the difference of two shares of runs, with "
    "Newcombe's interval.",
    "correlation": "Permutation test of Spearman's rank correlation over the runs, with a "
    "bootstrap interval over the runs.",
    "none": "No test. The effect is a share of the runs, with Clopper and Pearson's exact "
    "interval.",
}

COMMON = (
    "Each run gives one number for a test, and the test is over runs. Copies, neurons and layers "
    "of one run never count as several runs. Tests are two-sided, and intervals cover 95%. A row "
    "with several tests needs all of them: its p-value is the largest one. For the opposite of the "
    "claim, one test is enough, and the p-value is the smallest one times the number of tests. The "
    "p-values of all rows are corrected together for their number by Holm's method. A claim holds "
    "if the effect has the direction of the claim and the corrected p-value is at most "
    f"{SIGNIFICANT:g}. It does not hold if the effect has the opposite direction and the corrected "
    f"p-value is at most {SIGNIFICANT:g}. Otherwise it is not decidable here."
)


@dataclass(frozen=True)
class Rule:
    """The rule of one row.

    `measure` says what one run gives and how runs are compared, and `control` what it is compared
    with. `tests` are the kinds of its tests. With `one_is_enough`, one of several tests decides,
    and `own` says so. `own` is the row's own rule, and empty for a row with the common one.
    `positive` is the statement without a "not", for a row whose verdict may say "not"; it is empty
    for other rows, and no part of the rule.
    """

    name: str
    statement: str
    measure: str
    control: str
    sample: Sample
    tests: tuple[Test, ...]
    own: str = ""
    one_is_enough: bool = False
    positive: str = ""

    @property
    def tested(self) -> bool:
        """Whether a p-value decides the row."""
        return self.tests != ("none",)

    @property
    def definition(self) -> str:
        """The measure and the control in words."""
        return f"{self.measure} Control: {self.control}"

    @property
    def decision(self) -> str:
        """What decides the row, in words."""
        tests = " ".join(TESTS[test] for test in self.tests)
        own = f"The row's own rule: {self.own}" if self.own else "The rule of all rows."
        return f"{tests} {own}"


@dataclass(frozen=True, config=DESCRIBED)
class OwnRule:
    """The rule of a row that has another than all rows."""

    name: str
    """The name of the claim."""
    rule: str
    """Its rule, in the words of the claims table."""


@dataclass(frozen=True, config=DESCRIBED)
class RuleBook:
    """The rules of the claims table."""

    common: str
    """The rule of all rows."""
    own: tuple[OwnRule, ...]
    """The rules of rows that have another one."""
    text: str
    """All rules, definitions, thresholds and windows as one text."""
    hash: str
    """The SHA-256 of this text, as UTF-8: "sha256:" and hexadecimal digits."""


NO_RULES = RuleBook("", (), "", "")
