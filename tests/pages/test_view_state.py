"""View states: their text holds every field, and two states are merged into one."""

from __future__ import annotations

import functools
from dataclasses import replace
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sample_report import make_report

from ginn.figures.selection import Detail
from ginn.pages.report import Report
from ginn.pages.view_state import ViewState, shared_state, state_of

STATE = ViewState("a", 3, (16, 16, 16), (1, 48), "output")


def other(**changes: object) -> ViewState:
    return replace(STATE, **changes)  # type: ignore[arg-type]


@functools.cache
def shared_report() -> Report:
    """One report for all examples of a property, since it takes long to make."""
    return make_report()


@given(st.sets(st.integers(0, 48)), st.integers(0, 5))
def test_to_query_any_neurons_names_exactly_them(neurons: set[int], snapshot: int) -> None:
    report = shared_report()
    run = report.facts.experiment.shown_runs[0]
    query = state_of(report.scene(run, snapshot, tuple(sorted(neurons)), "target")).to_query()
    terms = {name: values[0] for name, values in parse_qs(query).items()}
    shown: set[int] = set()
    for term in terms.pop("show").split(","):
        if term == "out":
            shown.add(48)
        elif term != "none":
            layer, _, unit = term.partition(".")
            first = 16 * (int(layer) - 1)
            shown |= {first + int(unit) - 1} if unit else set(range(first, first + 16))
    assert shown == neurons
    assert terms == {"run": run.id, "step": str(snapshot), "behind": "target"}


@pytest.mark.parametrize(
    ("changes", "query"),
    [
        ({}, "run=a&step=3&show=1.2,out&behind=output"),
        ({"beside": "b"}, "run=a&beside=b&step=3&show=1.2,out&behind=output"),
        ({"trail": 20}, "run=a&step=3&show=1.2,out&behind=output&trail=20"),
        (
            {"detail": Detail(0.25, 1 / 3, 2.5, "the cap"), "speed": 30},
            "run=a&step=3&show=1.2,out&behind=output&zoom=2.5&x=0.25&y=0.33333&speed=30",
        ),
        ({"point": (0.5, 2 / 3)}, "run=a&step=3&show=1.2,out&behind=output&point=0.50000,0.66667"),
        ({"about": 33, "neurons": ()}, "run=a&step=3&show=none&behind=output&about=3.2"),
    ],
)
def test_to_query_writes_what_differs_in_the_order_of_the_table(
    changes: dict[str, object], query: str
) -> None:
    assert other(**changes).to_query() == query


def test_shared_state_of_one_is_itself() -> None:
    assert shared_state([STATE]) is STATE


def test_shared_state_of_two_runs_has_them_side_by_side() -> None:
    assert shared_state([STATE, other(run="b")]) == other(beside="b")


@pytest.mark.parametrize(
    "states",
    [
        [],
        [None],
        [STATE, None],
        [None, STATE],
        [STATE, STATE],
        [STATE, other(snapshot=4)],
        [STATE, other(run="b", snapshot=4)],
        [STATE, other(run="b", detail=Detail(zoom=2))],
        [STATE, other(run="b"), other(run="c")],
        [other(neurons=())],
        [other(neurons=()), other(run="b", neurons=())],
    ],
)
def test_shared_state_where_one_cannot_show_all_is_none(states: list[ViewState | None]) -> None:
    assert shared_state(states) is None
