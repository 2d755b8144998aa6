"""The results of the interventions: how many copies learnt the part, how soon, and two claims.

A copy has learnt the part when, at the end, it gets at least half of it right and no layer is dead
over all of it. While a layer is dead over a part, the output is constant there, and sometimes right
by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ginn import formatting
from ginn.analysis.claim import SIGNIFICANT, Claim, Verdict, all_of, unmeasured
from ginn.analysis.claims.revival import InterventionRun, Source
from ginn.analysis.part_history import PartHistory, part_history
from ginn.analysis.statistics import Interval, proportion_interval, sign_test_p_value
from ginn.dataset.dataset import Dataset
from ginn.network.run import RecordedRun

# The controls that were chosen before any copy was trained. They decide. The other two controls
# were added later, `lowered` after the first results were known.
DECIDING = ("untouched", "random")
NO_TRAINING = "the screening runs are as long as the full runs, so no copy was trained"
# The names of the arms in a claim's sentences.
WORDS = {
    "untouched": "untouched",
    "lowered": "lowered instead",
    "random": "pushed at random",
    "elsewhere": "another layer raised",
}


@dataclass(frozen=True)
class Arm:
    """The results of the copies of one arm.

    The fields count copies:

    - `learnt_alive`: at the end, at least half of the part is right and no layer is dead over all
      of it. This number decides.
    - `learnt`: at least half of the part is right, with or without a dead layer; one number for
      each recorded iteration.
    - `alive_at_end`: no layer is dead at the end.
    - `lucky_at_start`: directly after the change, the part is right in spite of a dead layer.
    - `learnt_dead`: at any recorded iteration, the part is right in spite of a dead layer. It is 0
      if a dead layer prevents learning.
    """

    name: str
    copies: int
    learnt: tuple[int, ...]
    learnt_alive: int
    alive_at_end: int
    lucky_at_start: int
    learnt_dead: int

    @property
    def interval(self) -> Interval:
        """The 95% interval of the share that is in `learnt_alive`.

        It covers other orders of minibatches for the same sources. It does not cover other sources.
        """
        return proportion_interval(self.learnt_alive, self.copies)


@dataclass(frozen=True)
class Comparison:
    """The treated arm against another, in pairs of copies of one source and one stream.

    In `better` of `pairs` pairs, only the treated copy has learnt the part with no layer dead at
    the end. In `worse` pairs, only the other copy has. In `sooner` pairs, the treated copy reached
    this state at an earlier recorded iteration and kept it to the end. `p_value` is that of the
    exact sign test over better and worse, and about 1 if there is no effect. It covers other orders
    of minibatches for the same sources, but not other sources.
    """

    other: str
    better: int
    worse: int
    sooner: int
    pairs: int
    p_value: float


@dataclass(frozen=True)
class Intervention:
    """One intervention: its sources, arms and comparisons. Each comparison is one test."""

    sources: tuple[Source, ...]
    iterations: tuple[int, ...]
    streams: int
    arms: tuple[Arm, ...]
    comparisons: tuple[Comparison, ...]

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
    own = {
        name: [h for copy, h in zip(copies, histories, strict=True) if copy.arm == name]
        for name in names
    }
    since = {copy: h.learnt_alive_since for copy, h in zip(copies, histories, strict=True)}
    return Intervention(
        sources=tuple(dict.fromkeys(copy.source for copy in copies)),
        iterations=iterations,
        streams=len({copy.stream for copy in copies}),
        arms=tuple(_arm(name, own[name], len(iterations)) for name in names),
        comparisons=tuple(_comparison(treated, name, since) for name in names if name != treated),
    )


def _arm(name: str, histories: Sequence[PartHistory], snapshots: int) -> Arm:
    """The counts of one arm's copies."""
    learnt = np.stack(
        [np.pad(h.learnt, (0, snapshots - len(h.learnt)), mode="edge") for h in histories]
    )
    return Arm(
        name=name,
        copies=len(histories),
        learnt=tuple(learnt.sum(axis=0).tolist()),
        learnt_alive=sum(bool(h.learnt_alive[-1]) for h in histories),
        alive_at_end=sum(not h.has_dead_layer[-1] for h in histories),
        lucky_at_start=sum(bool(h.learnt[0] & h.has_dead_layer[0]) for h in histories),
        learnt_dead=sum(bool((h.learnt & h.has_dead_layer).any()) for h in histories),
    )


def _comparison(treated: str, other: str, since: dict[InterventionRun, float]) -> Comparison:
    """The comparison of the treated arm with another.

    `since` is the iteration from which each copy has learnt the part, or infinity.
    """
    pairs = [
        (iteration, since[InterventionRun(copy.source, other, copy.stream)])
        for copy, iteration in since.items()
        if copy.arm == treated
    ]
    own, others = np.array(pairs).T
    better = int((np.isfinite(own) & np.isinf(others)).sum())
    worse = int((np.isinf(own) & np.isfinite(others)).sum())
    return Comparison(
        other=other,
        better=better,
        worse=worse,
        sooner=int((own < others).sum()),
        pairs=len(pairs),
        p_value=sign_test_p_value(better, worse),
    )


def claim_revival(found: Intervention | None) -> Claim:
    """The row of claim 7, the test: a run learns the part once its dead layer is revived.

    If no screening run had a dead layer, there is no intervention and nothing can be decided. The
    claim holds if the raised copies learn more often than the untouched copies and than those of
    the arm "random", corrected for the number of all tests. The other arms are reported and do not
    decide.
    """
    name = "Reviving a dead layer"
    statement = "A run with a layer dead over a part learns it once that layer's biases are raised."
    if found is None:
        return unmeasured(name, statement, "no screening run had a layer dead over the part")
    if not found.trained:
        return unmeasured(name, statement, NO_TRAINING)
    tests = len(found.comparisons)
    verdict = all_of(
        [
            _decided(each.better, each.worse, each.p_value * tests)
            for each in found.comparisons
            if each.other in DECIDING
        ]
    )
    raised = next(arm for arm in found.arms if arm.name == "raised")
    sooner = min(found.comparisons, key=lambda each: each.sooner)
    dead, every = (
        sum(getattr(arm, name) for arm in found.arms) for name in ("learnt_dead", "copies")
    )
    return Claim(
        name=name,
        statement=statement,
        definition=f"{_copies(found, 'with a layer dead over the')} In a revived copy, the dead "
        "layer's biases are raised just so far that the layer is on at every pixel of the part. "
        "A copy counts if it has no dead layer at the end and gets at least half of the part "
        f"right. Without an effect, as many copies count in each arm. {tests} exact sign tests of "
        "pairs of copies that see the same pixels. They are about these runs, and the comparisons "
        f"with {' and '.join(WORDS[each] for each in DECIDING)} decide.",
        value=f"{raised.learnt_alive} of {raised.copies} revived copies had no dead layer and had "
        f"the part right at the end; in at least {sooner.sooner} of "
        f"{formatting.count(sooner.pairs, 'pair')} the revived copy reached this sooner, "
        "whatever was done to the other copy",
        control=f"{_beside(found)}; {dead} of all {every} copies ever had the part right with a "
        "dead layer",
        runs=len(found.sources),
        verdict=verdict,
    )


def _copies(found: Intervention, which: str) -> str:
    """A definition's first sentence: the sources of the copies, and how long the copies train.

    `which` is followed by the name of the part.
    """
    iterations = formatting.count(found.iterations[-1] - found.iterations[0], "further iteration")
    return (
        f"Copies of {formatting.count(len(found.sources), 'screening run')} {which} "
        f"{found.sources[0].part} go on for "
        f"{iterations}, in {formatting.count(len(found.arms), 'arm')} with "
        f"{formatting.count(found.streams, 'order of pixels', 'orders of pixels')} each."
    )


def _beside(found: Intervention) -> str:
    """The results of the control arms as text, with the p-value of each against the treated arm."""
    arms = {arm.name: arm for arm in found.arms}
    return ", ".join(
        f"{WORDS[each.other]} {arms[each.other].learnt_alive} of {arms[each.other].copies} "
        f"({formatting.p_value(each.p_value)})"
        for each in found.comparisons
    )


def _decided(better: int, worse: int, p_value: float) -> Verdict:
    """The verdict of one comparison, at the level SIGNIFICANT."""
    if p_value > SIGNIFICANT:
        return "not decidable here"
    return "holds" if better > worse else "does not hold"


def claim_imposed(found: Intervention | None) -> Claim:
    """The row of claim 7, the converse: a dead layer is sufficient for failure.

    If no screening run had learnt the part, there is no intervention and nothing can be decided. In
    `found`, "lowered" is the treated arm, and the sources had learnt the part. The verdict uses the
    95% interval of the share of lowered copies that learn again with no layer dead. The claim does
    not hold if the interval is above one half. It holds if the interval is below one half, and the
    lowered copies learn less often than those of each other arm, corrected for the number of tests.
    """
    name = "Making a layer dead"
    statement = "A run in which a layer is made dead over a learnt part does not learn it again."
    if found is None:
        return unmeasured(name, statement, "no screening run had learnt the part")
    if not found.trained:
        return unmeasured(name, statement, NO_TRAINING)
    tests = len(found.comparisons)
    lowered = next(arm for arm in found.arms if arm.name == "lowered")
    fewer = [c.worse > c.better and c.p_value * tests <= SIGNIFICANT for c in found.comparisons]
    verdict: Verdict = "not decidable here"
    if lowered.interval.low > 0.5:
        verdict = "does not hold"
    elif lowered.interval.high < 0.5 and fewer and all(fewer):
        verdict = "holds"
    return Claim(
        name=name,
        statement=statement,
        definition=f"{_copies(found, 'that had learnt the')} In a lowered copy, a layer's biases "
        "are lowered until the layer is off at every pixel of the part. A copy counts if it has no "
        "dead layer at the end and gets at least half of the part right: with a dead layer, the "
        "output is constant over the part, and may be right by luck. The claim does not hold if "
        "more than half of the lowered copies count, by the 95% interval. It holds if fewer than "
        "half count, and fewer than in each other arm. Without an effect, as many copies count in "
        f"each arm. {tests} exact sign tests over pairs of copies that see the same pixels.",
        value=f"{lowered.learnt_alive} of {lowered.copies} lowered copies had no dead layer and "
        f"had the part right at the end; {lowered.alive_at_end} had no dead layer, right or wrong; "
        f"{lowered.lucky_at_start} had it right by luck when lowered",
        control=_beside(found),
        runs=len(found.sources),
        verdict=verdict,
    )
