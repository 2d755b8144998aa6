"""Runs that pages picture at a few snapshots: eight beginnings, and two copies of a failed run.

The explorer does not have these runs. Their boundaries are traced at the pictured snapshots alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from ginn.analysis.claims.revival import InterventionRun
from ginn.analysis.facts import BeginningsExample, Examples, TwinsExample
from ginn.analysis.interventions import intervention_name
from ginn.analysis.outcomes import ScreeningFacts
from ginn.analysis.part_history import part_history
from ginn.dataset.dataset import Dataset
from ginn.geometry.boundaries import (
    Boundaries,
    boundaries_as_arrays,
    boundaries_from_arrays,
    trace,
)
from ginn.network.run import (
    RecordedRun,
    last_state,
    run_as_arrays,
    run_from_arrays,
    run_id,
)

Runs = Mapping[str, RecordedRun]
# The number of beginnings, one of which fails.
BEGINNINGS = 8
# The pictured snapshots of a copy, as shares of its recorded snapshots.
FRAMES = (0.0, 1 / 3, 2 / 3, 1.0)


@dataclass(frozen=True)
class PicturedRun:
    """A run at a few snapshots, with its boundaries there."""

    run: RecordedRun
    boundaries: Boundaries


def find_beginnings(screening: ScreeningFacts) -> BeginningsExample | None:
    """Neighbouring seeds of screening runs of which exactly one failed; None without such seeds.

    The failed seed is the first one that failed. The number of seeds that come before it depends
    on the seed's number, so that readers cannot guess the failed seed from its place.
    """
    if not screening.failed_seeds:
        return None
    failed = screening.failed_seeds[0]
    others = [seed for seed in range(screening.seeds) if seed not in screening.failed_seeds]
    if len(others) < BEGINNINGS - 1:
        return None
    before = [seed for seed in others if seed < failed]
    first = max(len(before) - failed % BEGINNINGS, 0)
    first = min(first, len(others) - (BEGINNINGS - 1))
    chosen = sorted([failed, *others[first : first + BEGINNINGS - 1]])
    return BeginningsExample(tuple(chosen), failed, chosen.index(failed) + 1)


def find_twins(
    planned: Mapping[str, Sequence[InterventionRun]], runs: Runs, dataset: Dataset
) -> TwinsExample | None:
    """The first revived copy that learnt the part while its untouched twin did not, or None.

    Twins are copies of one run and saw the same minibatches. `runs` has the intervention runs.
    """
    copies = planned.get("raised", ())
    names = {
        (copy.source.seed, copy.stream, copy.arm): intervention_name("raised", number)
        for number, copy in enumerate(copies)
    }
    for copy in copies:
        if copy.arm != "raised":
            continue
        source = copy.source
        pair = (
            names[source.seed, copy.stream, "raised"],
            names[source.seed, copy.stream, "untouched"],
        )
        if any(runs[name].ended for name in pair):
            continue
        raised, untouched = (
            part_history(last_state(runs[name]), dataset, source.part) for name in pair
        )
        if raised.learnt_alive[-1] and not untouched.learnt[-1]:
            iterations = runs[pair[0]].iterations
            return TwinsExample(
                seed=source.seed,
                part=source.part,
                layer=source.layer + 1,
                raised=pair[0],
                untouched=pair[1],
                begun=int(iterations[0]),
                iterations=int(iterations[-1] - iterations[0]),
                raised_right=float(raised.right[-1]),
                untouched_right=float(untouched.right[-1]),
            )
    return None


def pictured_runs(examples: Examples, screening: Runs, copies: Runs) -> dict[str, PicturedRun]:
    """The pictured runs by name: screening runs by their ids, and the two copies."""
    runs: dict[str, RecordedRun] = {}
    if examples.beginnings:
        names = [run_id(seed) for seed in examples.beginnings.seeds]
        runs |= {name: at_snapshots(screening[name], (0, -1)) for name in names}
    if examples.twins:
        for name in (examples.twins.raised, examples.twins.untouched):
            last = len(copies[name]) - 1
            frames = dict.fromkeys(round(share * last) for share in FRAMES)
            runs[name] = at_snapshots(copies[name], tuple(frames))
    return {name: PicturedRun(run, trace(run)) for name, run in runs.items()}


def at_snapshots(run: RecordedRun, snapshots: tuple[int, ...]) -> RecordedRun:
    """The run with these of its snapshots alone, by place; negative places count from the end."""
    chosen = list(snapshots)
    return replace(
        run,
        iterations=run.iterations[chosen],
        weights=tuple(weight[chosen] for weight in run.weights),
        biases=tuple(bias[chosen] for bias in run.biases),
        loss=run.loss[chosen],
        accuracy=run.accuracy[chosen],
        learning_rate=run.learning_rate[chosen],
    )


def pictured_as_arrays(pictured: Mapping[str, PicturedRun]) -> dict[str, NDArray[Any]]:
    """Pictured runs as named arrays, for a file; `pictured_from_arrays` is the inverse."""
    return {
        f"{name}/{kind}/{field}": array
        for name, each in pictured.items()
        for kind, arrays in (
            ("run", run_as_arrays(each.run)),
            ("boundaries", boundaries_as_arrays(each.boundaries)),
        )
        for field, array in arrays.items()
    }


def pictured_from_arrays(arrays: Mapping[str, NDArray[Any]]) -> dict[str, PicturedRun]:
    """The pictured runs that `pictured_as_arrays` stored as these arrays."""
    found: dict[str, dict[str, dict[str, NDArray[Any]]]] = {}
    for path, array in arrays.items():
        name, kind, field = path.split("/")
        found.setdefault(name, {"run": {}, "boundaries": {}})[kind][field] = array
    return {
        name: PicturedRun(run_from_arrays(each["run"]), boundaries_from_arrays(each["boundaries"]))
        for name, each in found.items()
    }
