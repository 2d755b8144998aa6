"""Runs that pages picture and the explorer does not have.

They are eight screening runs, two copies of a failed run, and the median run of each network. Their
boundaries are traced at the pictured snapshots alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from ginn.analysis.claims.revival import InterventionRun
from ginn.analysis.facts import (
    BeginningsExample,
    Examples,
    NetworkExample,
    SizesExample,
    TwinsExample,
    VariantFacts,
)
from ginn.analysis.interventions import intervention_name
from ginn.analysis.outcomes import FAILED_BELOW, RunFacts, ScreeningFacts
from ginn.analysis.part_history import part_history
from ginn.config.models import Experiment
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
from ginn.network.starts import StartedRun

Runs = Mapping[str, RecordedRun]
# The number of screening runs in the example of beginnings, one of which failed.
BEGINNINGS = 8
# The number of pictured snapshots of a copy after its first one. Their iterations, counted from the
# change, grow with the square of their number, since most happens soon after the change.
STEPS = 36


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


def replay_starts(examples: Examples, starts: Mapping[str, StartedRun]) -> dict[str, StartedRun]:
    """The networks that the two pictured copies start from, by name; none without such copies."""
    twins = examples.twins
    return {name: starts[name] for name in (twins.raised, twins.untouched)} if twins else {}


def replay_snapshots(recorded: Sequence[int]) -> tuple[int, ...]:
    """The pictured iterations of a copy; `recorded` are those of all copies, rising."""
    first, last = recorded[0], recorded[-1]
    steps = (first + round((last - first) * (step / STEPS) ** 2) for step in range(STEPS + 1))
    return tuple(dict.fromkeys(steps))


def compared_sizes(
    experiment: Experiment,
    outcomes: Mapping[str, RunFacts],
    first_seeds: Collection[int],
    variants: Sequence[VariantFacts],
) -> SizesExample | None:
    """The median run of each network on the part that the experiment's own network misses most.

    None for an experiment without a variant that was trained in full, or without parts.
    """
    plain = [run for run in outcomes.values() if run.seed in first_seeds]
    trained = [variant for variant in variants if variant.runs]
    if not trained or not plain or not plain[0].part_accuracy:
        return None
    part = min(plain[0].part_accuracy, key=lambda name: median_run(plain, name).part_accuracy[name])
    networks = [(experiment.id, "", plain), *((each.id, each.title, each.runs) for each in trained)]
    return SizesExample(part, tuple(_network(part, *network) for network in networks))


def median_run(runs: Sequence[RunFacts], part: str) -> RunFacts:
    """The run in the middle by the share of a part that it gets right, as NetworkExample says.

    Of runs that get as much of the part right, the more accurate one counts as better.
    """
    ranked = sorted(runs, key=lambda run: (run.part_accuracy[part], run.accuracy, -run.seed))
    return ranked[len(ranked) // 2]


def _network(part: str, name: str, title: str, runs: Sequence[RunFacts]) -> NetworkExample:
    chosen = median_run(runs, part)
    half_right = sum(run.part_accuracy[part] >= FAILED_BELOW for run in runs)
    right = chosen.part_accuracy[part]
    return NetworkExample(name, title, chosen.seed, right, len(runs), half_right)


def network_name(network: str) -> str:
    """The name of the pictured run of the network with this id."""
    return f"network-{network}"


def pictured_network(
    experiment: Experiment, full_runs: Runs, sizes: SizesExample | None
) -> dict[str, PicturedRun]:
    """The median run of an experiment or a variant at its end, by name; none if it has none."""
    found = [each for each in sizes.networks if each.id == experiment.id] if sizes else []
    runs = {network_name(each.id): full_runs[run_id(each.seed)] for each in found}
    return {name: _pictured(last_state(run)) for name, run in runs.items()}


def pictured_runs(examples: Examples, screening: Runs, copies: Runs) -> dict[str, PicturedRun]:
    """The pictured runs by name: those of screening by id, and the two copies at all snapshots."""
    runs: dict[str, RecordedRun] = dict(copies)
    if examples.beginnings:
        names = [run_id(seed) for seed in examples.beginnings.seeds]
        runs |= {name: at_snapshots(screening[name], (0, -1)) for name in names}
    return {name: _pictured(run) for name, run in runs.items()}


def _pictured(run: RecordedRun) -> PicturedRun:
    return PicturedRun(run, trace(run))


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
