"""What became of the intervention's copies: who learnt, how soon, and the claims that follow.

A copy has learnt the part when, at the end, it gets at least half of it right and no layer is
silent over all of it: what a silent layer leaves is one constant, which is right now and then.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ginn import formatting
from ginn.analysis.claim import SIGNIFICANT, Claim, Verdict, all_of
from ginn.analysis.claims.dead_layers import Hearing, hearing
from ginn.analysis.claims.revival import Patient, Trial
from ginn.analysis.statistics import Interval, proportion_interval, sign_flip_p_value
from ginn.dataset.dataset import Dataset
from ginn.network.run import RecordedRun

# The controls that were named before any trial was run; they decide. The other two were added to
# say more of how it works, `lowered` after a first reading of the results.
DECIDING = ("untouched", "random")
# What a claim calls the arms that stand beside the treated one.
WORDS = {
    "untouched": "untouched",
    "lowered": "lowered instead",
    "random": "pushed at random",
    "elsewhere": "another layer raised",
}


@dataclass(frozen=True)
class Arm:
    """How the trials of one arm came out.

    `learnt` of `trials` got at least half of the part right at the end, and `learnt_alive` of them
    with no layer silent over all of it: these decide. `by_patient` are the counts of `learnt` for
    each patient, `by_iteration` for each recorded iteration. `open_at_start` counts the trials that
    were not shut once the change had been made, `open_at_end` those that were not at the end.
    `lucky_at_start` are those that, shut, had the part right once the change had been made, and
    `learnt_shut` those that ever had it right, at a recorded iteration, while shut: none if silence
    is what keeps a run from learning.
    """

    name: str
    trials: int
    learnt: int
    learnt_alive: int
    by_patient: tuple[int, ...]
    by_iteration: tuple[int, ...]
    open_at_start: int
    open_at_end: int
    lucky_at_start: int
    learnt_shut: int

    @property
    def interval(self) -> Interval:
        """The 95% interval of the share that is open and has learnt, for these patients and further
        minibatches."""
        return proportion_interval(self.learnt_alive, self.trials)


@dataclass(frozen=True)
class Comparison:
    """The treated arm against another: twins, that is one patient and one stream, are the pairs.

    Of `pairs`, `better` are those in which only the treated twin has learnt, open, and `worse`
    those in which only the other has; `sooner` and `later` those in which the treated twin came to
    that for good at an earlier or later recorded iteration. `p_value` is the exact sign test's over
    better and worse and `p_value_sooner` that over sooner and later, for these patients and further
    minibatches; `p_value_of_patients` is the sign-flip test's over the patients' means of better
    less worse, for further patients: it cannot go below 2^(1 - patients). All are about 1 under no
    effect.
    """

    other: str
    better: int
    worse: int
    sooner: int
    later: int
    pairs: int
    p_value: float
    p_value_sooner: float
    p_value_of_patients: float


@dataclass(frozen=True)
class Intervention:
    """The whole trial: its patients, arms and comparisons (as many tests as comparisons)."""

    patients: tuple[Patient, ...]
    iterations: tuple[int, ...]
    streams: int
    arms: tuple[Arm, ...]
    comparisons: tuple[Comparison, ...]


def read(
    each: Sequence[Trial], trained: Sequence[RecordedRun], dataset: Dataset, treated: str = "raised"
) -> Intervention:
    """What became of the trials; `trained` are their runs, in the same order.

    The arm `treated` is compared with each other one. A run that ended early counts with its last
    finite state.
    """
    screened = [hearing(run, dataset, t.patient.part) for t, run in zip(each, trained, strict=True)]
    patients = tuple(dict.fromkeys(trial.patient for trial in each))
    names = tuple(dict.fromkeys(trial.arm for trial in each))
    iterations = max((h.iterations for h in screened), key=len)
    return Intervention(
        patients=patients,
        iterations=iterations,
        streams=len({trial.stream for trial in each}),
        arms=tuple(_arm(name, patients, each, screened, len(iterations)) for name in names),
        comparisons=tuple(
            _comparison(treated, name, patients, each, screened)
            for name in names
            if name != treated
        ),
    )


def _arm(
    name: str,
    patients: tuple[Patient, ...],
    each: Sequence[Trial],
    screened: Sequence[Hearing],
    snapshots: int,
) -> Arm:
    """The trials of one arm, counted."""
    own = [(t, h) for t, h in zip(each, screened, strict=True) if t.arm == name]
    learnt = np.stack(
        [np.pad(h.learnt, (0, snapshots - len(h.learnt)), mode="edge") for _, h in own]
    )
    return Arm(
        name=name,
        trials=len(own),
        learnt=int(learnt[:, -1].sum()),
        learnt_alive=sum(bool(h.learnt_alive[-1]) for _, h in own),
        by_patient=tuple(
            sum(bool(h.learnt[-1]) for t, h in own if t.patient == p) for p in patients
        ),
        by_iteration=tuple(learnt.sum(axis=0).tolist()),
        open_at_start=sum(not h.shut[0] for _, h in own),
        open_at_end=sum(not h.shut[-1] for _, h in own),
        lucky_at_start=sum(bool(h.learnt[0] & h.shut[0]) for _, h in own),
        learnt_shut=sum(bool((h.learnt & h.shut).any()) for _, h in own),
    )


def _comparison(
    treated: str,
    other: str,
    patients: tuple[Patient, ...],
    each: Sequence[Trial],
    screened: Sequence[Hearing],
) -> Comparison:
    """Twins of the treated arm and another, compared."""
    since = {
        (t.patient, t.stream, t.arm): h.learnt_since for t, h in zip(each, screened, strict=True)
    }
    streams = sorted({trial.stream for trial in each})
    own, others = (
        np.array([[since[p, s, arm] for s in streams] for p in patients])
        for arm in (treated, other)
    )
    differences = np.isfinite(own).astype(np.float64) - np.isfinite(others)
    better, worse = int((differences > 0).sum()), int((differences < 0).sum())
    sooner, later = int((own < others).sum()), int((own > others).sum())
    return Comparison(
        other=other,
        better=better,
        worse=worse,
        sooner=sooner,
        later=later,
        pairs=differences.size,
        p_value=sign_test_p_value(better, worse),
        p_value_sooner=sign_test_p_value(sooner, later),
        p_value_of_patients=sign_flip_p_value(differences.mean(axis=1)),
    )


def sign_test_p_value(better: int, worse: int) -> float:
    """The exact sign test (McNemar 1947, Psychometrika 12: 153, exact): a fair coin's two tails."""
    tosses = better + worse
    tail = sum(math.comb(tosses, k) for k in range(max(better, worse), tosses + 1))
    return float(min(1.0, 2 * tail / 2**tosses))


def claim_waking(told: Intervention | None) -> Claim:
    """Claim 7, the test: a run learns once its silent layer is woken.

    Without an intervention, since no screening was shut off from a part, nothing can be decided.

    It holds if the raised twins learn more often than the untouched ones and than those nudged at
    random, over the number of all tests; the other arms stand beside.
    """
    name = "Waking the silent layer"
    statement = "A run shut off from a part learns it once the silent layer's biases are raised."
    if told is None:
        return _untested(name, statement, "no trial was shut off from the part")
    tests = len(told.comparisons)
    verdict = all_of(
        [
            _decided(each.better, each.worse, each.p_value * tests)
            for each in told.comparisons
            if each.other in DECIDING
        ]
    )
    raised = next(arm for arm in told.arms if arm.name == "raised")
    sooner = min(told.comparisons, key=lambda each: each.sooner)
    shut, every = (
        sum(getattr(arm, name) for arm in told.arms) for name in ("learnt_shut", "trials")
    )
    return Claim(
        name=name,
        statement=statement,
        definition=f"{_copies(told, 'shut trials')} Woken ones start with the silent layer's "
        "biases raised just so far that it is on at every pixel of the part. Counted are copies "
        "that at the end are open and get at least half of the part right; as many in each arm "
        f"under no effect. {tests} exact sign tests over twins, which see the same pixels, for "
        f"these runs; {' and '.join(WORDS[each] for each in DECIDING)} decide.",
        value=f"{raised.learnt_alive} of {raised.trials} woken copies were open and had the part "
        f"right at the end; they came to it sooner in at least {sooner.sooner} of {sooner.pairs} "
        "pairs, whatever was done to the twin",
        control=f"{_beside(told)}; {shut} of all {every} copies ever had the part right while shut",
        runs=len(told.patients),
        verdict=verdict,
    )


def _copies(told: Intervention, of: str) -> str:
    """Where the copies come from and how long they go on, as a definition's first sentence."""
    iterations = formatting.count(told.iterations[-1] - told.iterations[0], "further iteration")
    return (
        f"Copies of {formatting.count(len(told.patients))} {of} go on for {iterations}, in "
        f"{formatting.count(len(told.arms), 'arm')} with {told.streams} orders of pixels each."
    )


def _beside(told: Intervention) -> str:
    """How the other arms fared, with the p-value of each against the treated one."""
    arms = {arm.name: arm for arm in told.arms}
    return ", ".join(
        f"{WORDS[each.other]} {arms[each.other].learnt_alive} of {arms[each.other].trials} "
        f"({formatting.p_value(each.p_value)})"
        for each in told.comparisons
    )


def _decided(better: int, worse: int, p_value: float) -> Verdict:
    """One comparison's verdict, at SIGNIFICANT."""
    if p_value > SIGNIFICANT:
        return "not decidable here"
    return "holds" if better > worse else "does not hold"


def claim_silencing(told: Intervention | None) -> Claim:
    """Claim 7, the other way about: silence is all that it takes to fail.

    Without an intervention, since no screening had learnt the part, nothing can be decided.

    `told` is read with "lowered" as the treated arm, from runs that had learnt the part. By the 95%
    interval of those that are open and have learnt again, it does not hold if that is more than
    half of the silenced. It holds if it is less than half, and less often than in the other arms,
    over the number of tests.
    """
    name = "Imposing silence"
    statement = "A run that is silenced over a part it had learnt does not learn it again."
    if told is None:
        return _untested(name, statement, "no trial had learnt the part")
    tests = len(told.comparisons)
    silenced = next(arm for arm in told.arms if arm.name == "lowered")
    fewer = [c.worse > c.better and c.p_value * tests <= SIGNIFICANT for c in told.comparisons]
    verdict: Verdict = "not decidable here"
    if silenced.interval.low > 0.5:
        verdict = "does not hold"
    elif silenced.interval.high < 0.5 and fewer and all(fewer):
        verdict = "holds"
    return Claim(
        name=name,
        statement=statement,
        definition=f"{_copies(told, 'trials that had learnt the part')} Silenced ones start with a "
        "layer's biases lowered until it is off at every pixel of the part. Counted are copies "
        "that at the end are open and get at least half of the part right: a silent layer leaves "
        "one constant over the part, which may be right by luck. It does not hold if more than "
        "half of the silenced learn again, by the 95% interval; it holds if fewer than half do, "
        "and fewer than in either other arm, where as many do under no effect. "
        f"{tests} exact sign tests over twins, which see the same pixels.",
        value=f"{silenced.learnt_alive} of {silenced.trials} silenced copies were open again and "
        f"had the part right at the end; {silenced.open_at_end} were open at all; "
        f"{silenced.lucky_at_start} had it right by luck when silenced",
        control=_beside(told),
        runs=len(told.patients),
        verdict=verdict,
    )


def _untested(name: str, statement: str, why: str) -> Claim:
    """A claim about runs that this build does not have."""
    return Claim(name, statement, f"Not measured: {why}.", "none", "none", 0, "not decidable here")
