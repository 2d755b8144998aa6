"""Sentences about the outcome of a run.

They are not in `outcomes`, so that results stay valid when the wording changes.
"""

from __future__ import annotations

from ginn import formatting
from ginn.analysis.outcomes import RunFacts


def outcome_sentence(run: RunFacts) -> str:
    """One sentence that says how a run ended."""
    if run.ended:
        return f"Stopped early: {run.ended}."
    verdict = "Failed" if run.failed else "Ended well"
    return (
        f"{verdict}: accuracy {formatting.percent(run.accuracy)}, "
        f"loss {formatting.significant(run.loss)}."
    )
