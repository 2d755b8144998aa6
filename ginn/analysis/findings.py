"""Findings: rows of the claims table, with the series that the rows summarise."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic.dataclasses import dataclass

from ginn.analysis.claim import Claim, corrected_together
from ginn.analysis.evidence import NO_EVIDENCE, Evidence, merge_evidence


@dataclass(frozen=True)
class Findings:
    """Some rows of the claims table, and the series that these rows summarise."""

    rows: tuple[Claim, ...] = ()
    evidence: Evidence = NO_EVIDENCE


NOTHING = Findings()


def merge_findings(found: Sequence[Findings]) -> Findings:
    """The union of several findings: all rows in the order given, and all series.

    The rows are one table, so their p-values are corrected together.
    """
    return Findings(
        corrected_together([row for each in found for row in each.rows]),
        merge_evidence([each.evidence for each in found]),
    )
