"""The results of the interventions: how many copies learnt the part, how soon, and two claims.

A copy has learnt the part when, at the end, it gets at least half of it right and no layer is dead
over all of it. While a layer is dead over a part, the output is constant there, and sometimes right
by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ginn import formatting
from ginn.analysis.claim import Claim, Least, least_of_pairs, row_by_tests, unmeasured
from ginn.analysis.claims.revival import (
    IMPOSED_ON,
    IMPOSED_STREAMS,
    MARGIN,
    MOST_ITERATIONS,
    STREAMS,
    InterventionRun,
    Source,
)
from ginn.analysis.effects import POINTS, paired
from ginn.analysis.part_history import LEARNT, PartHistory, part_history
from ginn.analysis.rules import Rule
from ginn.dataset.dataset import Dataset
from ginn.network.run import RecordedRun

# The controls that decide. They were chosen before any copy was trained. The two others that raised
# copies are compared with were added later, `lowered` after the first results were known.
DECIDING = ("untouched", "random")
NO_TRAINING = "the screening runs are as long as the full runs, so no copy was trained"
# The names of the arms in a claim's sentences.
WORDS = {
    "untouched": "untouched",
    "lowered": "lowered instead",
    "random": "pushed at random",
    "elsewhere": "another layer raised",
}
REVIVAL = Rule(
    name="Reviving a dead layer",
    statement="A run with a layer dead over a part learns it once that layer's biases are raised.",
    measure="Copies of each screening run with a layer dead over the hardest part go on for at "
    f"most {MOST_ITERATIONS:,} iterations, in {formatting.count(STREAMS, 'order')} of pixels for "
    "each arm. Revived "
    "ones start with the dead layer's biases raised so far that it is on at every pixel of the "
    f"part, and {MARGIN:.0%} more. A run gives the share of its revived copies that at the end "
    f"have no dead layer and at least {LEARNT:.0%} of the part right, less that share of its "
    "copies in a control; one test for each control.",
    control="untouched copies, and copies pushed as far in a random direction. Copies with the "
    "layer lowered or another layer raised are described.",
    sample="screening",
    tests=("signed ranks",),
)
IMPOSED = Rule(
    name="Making a layer dead",
    statement="A run in which a layer is made dead over a learnt part does not learn it again.",
    positive="A run in which a layer is made dead over a learnt part loses this part for good.",
    measure=f"Copies of the first {IMPOSED_ON} screening runs that had learnt the hardest part go "
    f"on for at most {MOST_ITERATIONS:,} iterations, in "
    f"{formatting.count(IMPOSED_STREAMS, 'order')} of pixels for each arm. Lowered ones start with "
    "a layer's biases lowered until it is off at every pixel of the part, and "
    f"{MARGIN:.0%} more. A run gives the share of its lowered copies that at the end have no dead "
    f"layer and at least {LEARNT:.0%} of the part right. It is subtracted from one half, and from "
    "that share of its copies in a control; one test for one half and one for each control.",
    control="untouched copies, and copies pushed as far in a random direction.",
    sample="screening",
    tests=("signed ranks",),
)


@dataclass(frozen=True)
class Arm:
    """The results of the copies of one arm.

    All fields but the last one count copies:

    - `learnt`: at least half of the part is right and no layer is dead over all of it; one number
      for each recorded iteration.
    - `alive_at_end`: no layer is dead at the end.
    - `lucky_at_start`: directly after the change, the part is right although a layer is dead.
    - `learnt_dead`: at any recorded iteration, the part is right although a layer is dead. It is 0
      if a dead layer prevents learning.

    `by_source` is the share of the copies of each source that are in `learnt` at the end, in
    [0, 1]. It decides, since copies of one source are not independent.
    """

    name: str
    copies: int
    learnt: tuple[int, ...]
    alive_at_end: int
    lucky_at_start: int
    learnt_dead: int
    by_source: tuple[float, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """The treated arm against another, in pairs of copies of one source and one stream.

    A copy has learnt the part for good from `PartHistory.learnt_alive_since` on. In `sooner` of
    `pairs` pairs, the treated copy has done so at an earlier recorded iteration than the other.
    """

    other: str
    sooner: int
    pairs: int


@dataclass(frozen=True)
class Intervention:
    """One intervention: its sources, arms and comparisons."""

    sources: tuple[Source, ...]
    iterations: tuple[int, ...]
    streams: int
    arms: tuple[Arm, ...]
    comparisons: tuple[Comparison, ...]

    def arm(self, name: str) -> Arm:
        """The arm of this name."""
        return next(arm for arm in self.arms if arm.name == name)

    @property
    def trained(self) -> bool:
        """Whether the copies were trained: a screening run is shorter than a full run."""
        return self.iterations[-1] > self.iterations[0]


def evaluate(
    copies: Sequence[InterventionRun],
    trained: Sequence[RecordedRun],
    dataset: Dataset,
    treated: str = "raised",
) -> Intervention:
    """The results of the copies; `trained` has their runs, in the same order.

    The arm `treated` is compared with each other arm. For a run that ended early, the last finite
    state counts.
    """
    histories = [
        part_history(run, dataset, copy.source.part)
        for copy, run in zip(copies, trained, strict=True)
    ]
    names = tuple(dict.fromkeys(copy.arm for copy in copies))
    iterations = max((each.iterations for each in histories), key=len)
    by_arm: dict[str, list[tuple[Source, PartHistory]]] = {name: [] for name in names}
    for copy, history in zip(copies, histories, strict=True):
        by_arm[copy.arm].append((copy.source, history))
    since = {
        copy: history.learnt_alive_since for copy, history in zip(copies, histories, strict=True)
    }
    return Intervention(
        sources=tuple(dict.fromkeys(copy.source for copy in copies)),
        iterations=iterations,
        streams=len({copy.stream for copy in copies}),
        arms=tuple(_arm(name, by_arm[name], len(iterations)) for name in names),
        comparisons=tuple(_comparison(treated, name, since) for name in names if name != treated),
    )


def _arm(name: str, copies: Sequence[tuple[Source, PartHistory]], snapshots: int) -> Arm:
    """The results of one arm's copies, over so many snapshots."""
    histories = [history for _, history in copies]
    learnt = np.stack(
        [np.pad(h.learnt_alive, (0, snapshots - len(h.learnt)), mode="edge") for h in histories]
    )
    by_source: dict[Source, list[bool]] = {}
    for source, history in copies:
        by_source.setdefault(source, []).append(bool(history.learnt_alive[-1]))
    return Arm(
        name=name,
        copies=len(histories),
        learnt=tuple(learnt.sum(axis=0).tolist()),
        alive_at_end=sum(not h.has_dead_layer[-1] for h in histories),
        lucky_at_start=sum(bool(h.learnt[0] & h.has_dead_layer[0]) for h in histories),
        learnt_dead=sum(bool((h.learnt & h.has_dead_layer).any()) for h in histories),
        by_source=tuple(sum(each) / len(each) for each in by_source.values()),
    )


def _comparison(treated: str, other: str, since: dict[InterventionRun, float]) -> Comparison:
    """The comparison of the treated arm with another.

    `since` is the iteration from which each copy has learnt the part for good, or infinity.
    """
    pairs = [
        (iteration, since[InterventionRun(copy.source, other, copy.stream)])
        for copy, iteration in since.items()
        if copy.arm == treated
    ]
    ours, others = np.array(pairs).T
    return Comparison(other=other, sooner=int((ours < others).sum()), pairs=len(pairs))


def claim_revival(found: Intervention | None) -> Claim:
    """The claim that a run learns the part once its dead layer is revived.

    If no screening run had a dead layer, there is no intervention and nothing can be decided. The
    arms in DECIDING decide. The others are described.
    """
    if found is None or not found.trained:
        why = NO_TRAINING if found else "no screening run had a layer dead over the part"
        return unmeasured(REVIVAL, why)
    raised = found.arm("raised")
    effects = [
        paired(
            f"copies of a run that learnt, revived against {WORDS[name]}",
            np.subtract(raised.by_source, found.arm(name).by_source),
            POINTS,
        )
        for name in DECIDING
    ]
    closest = min(found.comparisons, key=lambda each: each.sooner)
    learnt_dead = sum(arm.learnt_dead for arm in found.arms)
    copies = sum(arm.copies for arm in found.arms)
    return row_by_tests(
        REVIVAL,
        effects,
        _least(found),
        value=f"{raised.learnt[-1]} of {raised.copies} revived copies had no dead layer and had "
        f"the part right at the end; in at least {closest.sooner} of "
        f"{formatting.count(closest.pairs, 'pair')} the revived copy reached this sooner, "
        "whatever was done to the other copy",
        control=f"{_of_controls(found)}; {learnt_dead} of all {copies} copies ever had the part "
        "right with a dead layer",
        details=_details(found),
        runs=len(found.sources),
    )


def _least(found: Intervention) -> Least:
    """The clearest outcome of the tests over the sources.

    It names no number of full runs that would be enough, since the sources are screening runs.
    """
    return replace(least_of_pairs(len(found.sources)), full=0)


def _details(found: Intervention) -> str:
    """A sentence on the sources of the copies, and how long the copies train."""
    iterations = formatting.count(found.iterations[-1] - found.iterations[0], "further iteration")
    return (
        f"Here {formatting.count(len(found.sources), 'screening run')} had copies over the "
        f"{found.sources[0].part}, which went on for {iterations}."
    )


def _of_controls(found: Intervention) -> str:
    """The numbers of copies of the control arms that learnt the part, as text."""
    return ", ".join(
        f"{WORDS[each.other]} {found.arm(each.other).learnt[-1]} of {found.arm(each.other).copies}"
        for each in found.comparisons
    )


def claim_imposed(found: Intervention | None) -> Claim:
    """The claim that a run does not learn a part again after a layer is made dead over it.

    If no screening run had learnt the part, there is no intervention and nothing can be decided. In
    `found`, "lowered" is the treated arm, and the sources had learnt the part.
    """
    if found is None or not found.trained:
        return unmeasured(IMPOSED, NO_TRAINING if found else "no screening run had learnt the part")
    lowered = found.arm("lowered")
    effects = [
        paired(
            "copies of a run that learnt, one half against lowered",
            0.5 - np.array(lowered.by_source),
            POINTS,
        ),
        *(
            paired(
                f"copies of a run that learnt, {WORDS[name]} against lowered",
                np.subtract(found.arm(name).by_source, lowered.by_source),
                POINTS,
            )
            for name in DECIDING
        ),
    ]
    return row_by_tests(
        IMPOSED,
        effects,
        _least(found),
        value=f"{lowered.learnt[-1]} of {lowered.copies} lowered copies had no dead layer and "
        f"had the part right at the end; {lowered.alive_at_end} had no dead layer, right or wrong; "
        f"{lowered.lucky_at_start} had it right by luck when lowered",
        control=_of_controls(found),
        details=_details(found),
        runs=len(found.sources),
    )
