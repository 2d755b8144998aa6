"""Late learning: does a run without lines across a part take longer to learn it?

Where no line passes, the network is linear over a part. Then it has one slope there, whatever the
number of its neurons, and cannot tell the part from what surrounds it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ginn.analysis.claim import Claim, Least, least_of_groups, row_by_tests
from ginn.analysis.effects import smaller
from ginn.analysis.failed_runs import DEAD, LINEAR, FailedRun, by, until
from ginn.analysis.followed import FOLLOWED
from ginn.analysis.rules import HARDEST, Rule

LATE = Rule(
    name="Late without lines",
    statement="Of the runs that failed on a part without a dead layer, those whose network was "
    "linear over it learn it later.",
    measure=f"Runs that failed on {HARDEST} in the screening with no layer dead over all of it: "
    "the first iteration after it at which half of the part is right and no layer is dead, or "
    f"{FOLLOWED} times the length of the screening if that is earlier. Runs in which no line of a "
    "hidden neuron passed over the part when the screening ended less the others. A run in which "
    "some layer was dead over half of the part or more counts among the others.",
    control="the others.",
    sample="failed",
    tests=("rank sums",),
)


def claim_late_without_lines(runs: Sequence[FailedRun], part: str, followed: int) -> Claim:
    """The claim that failed runs whose network is linear over the part learn it later.

    `runs` are failed runs, all trained to iteration `followed`.
    """
    alive = [run for run in runs if run.kind != DEAD]
    linear = [run for run in alive if run.kind == LINEAR]
    others = [run for run in alive if run.kind != LINEAR]
    times = [until(group, "learnt", followed) for group in (others, linear)]
    return row_by_tests(
        LATE,
        [smaller(f"iterations until the {part} is learnt, linear over it against others", times)],
        Least(least_of_groups(len(alive))),
        value=_outcome(linear, part, followed, which="linear over it"),
        control=_outcome(others, part, followed),
    )


def _outcome(runs: Sequence[FailedRun], part: str, followed: int, which: str = "") -> str:
    """How many of these runs learnt the part, and by when half of them did.

    `which` describes the runs; those without a description are the others.
    """
    if not runs:
        return f"no run was {which}" if which else "there were no others"
    learnt = sum(by(run.learnt, followed) for run in runs)
    median = float(np.median(until(runs, "learnt", followed)))
    when = f"after {median:,.0f} iterations in the median" if median < followed else "half did not"
    kind = "run" if len(runs) == 1 else "runs"
    name = f"{kind} {which}" if which else f"other {kind}"
    return (
        f"{learnt or 'none'} of {len(runs)} {name} learnt the {part} by iteration {followed:,}, "
        f"{when}"
    )
