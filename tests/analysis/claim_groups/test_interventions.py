"""The findings of interventions, on copies whose outcome is known."""

from __future__ import annotations

from dataclasses import replace

from support.datasets import halves
from support.measured import four_runs, with_dead_layer
from support.runs import run_of
from support.sample_report import bottle

from ginn.analysis.claim_groups.interventions import findings, intervention_series
from ginn.analysis.claims.revival import IMPOSED_ARMS, Source, copies_of, intervention_runs
from ginn.analysis.claims.revival_results import Arm, Intervention
from ginn.analysis.findings import NOTHING
from ginn.analysis.interventions import intervention_name
from ginn.network.run import RecordedRun


def test_findings_without_a_plan_are_nothing() -> None:
    assert findings({}, {}, bottle()) == NOTHING


def test_findings_without_copies_are_not_decidable() -> None:
    found = findings({"raised": (), "lowered": ()}, {}, bottle())
    assert found.evidence.interventions is None
    assert [row.verdict for row in found.rows] == ["not decidable here"] * 2


def test_findings_read_the_runs_in_the_order_of_the_copies() -> None:
    """Every raised copy is made to learn and no other, so the verdict is known."""
    dataset = bottle()
    dead = with_dead_layer(four_runs()[0], 1)
    sources = [replace(dead, seed=77 + number) for number in range(6)]
    copies = intervention_runs(sources, dataset, "diamond")
    white = next(part for part in dataset.parts if part.name == "diamond").white

    def end(arm: str) -> RecordedRun:
        run = four_runs()[0] if arm == "raised" else dead
        bias = run.biases[-1].copy()
        bias[:] = 1000 if (arm == "raised") == white else -1000
        return replace(run, biases=(*run.biases[:-1], bias))

    trained = {
        intervention_name(kind, number): end(copy.arm)
        for kind, each in copies.items()
        for number, copy in enumerate(each)
    }
    assert findings(copies, trained, dataset).rows[0].verdict == "holds"
    none_learns = dict.fromkeys(trained, end("none"))
    assert findings(copies, none_learns, dataset).rows[0].verdict != "holds"


def test_intervention_series_ends_with_the_counts_of_the_claims() -> None:
    """A part that is right in spite of a dead layer counts neither in the chart nor in its box."""
    dead = [([[0.0, 0.0]] * 2, [-1.0, -1.0]), ([[0.0, 0.0]], [1.0])]
    planned = {"lowered": copies_of([Source(s, "left", 0, 1.0) for s in range(4)], 1, IMPOSED_ARMS)}
    runs = {
        intervention_name("lowered", n): run_of(dead, dead) for n in range(4 * len(IMPOSED_ARMS))
    }
    found = findings({"raised": (), **planned}, runs, halves(left_white=True))
    series = found.evidence.interventions
    assert series
    assert series.lowered
    ends = {arm.name: arm.learnt[-1] for arm in series.lowered.arms}
    claim = next(row for row in found.rows if row.name == "Making a layer dead")
    assert claim.value.startswith(f"{ends['lowered']} of 4 lowered copies")
    assert f"untouched {ends['untouched']} of 4" in claim.control


def test_intervention_series_counts_iterations_from_the_change_on() -> None:
    arm = Arm("raised", 4, (0, 2, 3), 3, 0, 0)
    told = Intervention((), (10_000, 10_500, 60_000), 4, (arm,), ())
    drawn = intervention_series({"raised": told, "lowered": None})
    assert drawn
    assert drawn.lowered is None
    assert drawn.raised
    assert drawn.raised.iterations == (0, 500, 50_000)
    assert drawn.raised.arms[0].learnt == (0, 2, 3)
    assert intervention_series({"raised": None, "lowered": None}) is None
