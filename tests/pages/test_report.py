"""A report's addresses, and its runs by name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.sample_report import make_report

from ginn.errors import AuthorError
from ginn.pages.view_state import state_of


def test_addresses_of_the_first_report_have_no_folder_of_their_own() -> None:
    report = make_report()
    assert (report.explorer, report.downloads) == ("explore/index.html", "downloads/index.html")


def test_addresses_of_another_report_have_its_folder() -> None:
    report = replace(make_report(), first=False)
    name = report.experiment.id
    assert report.explorer == f"explore/{name}/index.html"
    assert report.downloads == f"downloads/{name}/index.html"


@pytest.mark.parametrize("first", [True, False])
def test_explorer_at_a_state_is_its_explorer_with_the_query(first: bool) -> None:
    report = replace(make_report(), first=first)
    state = state_of(report.last_scene(report.run("good-1")))
    assert report.explorer_at(state) == f"{report.explorer}#{state.to_query()}"


def test_run_goes_by_its_role_or_its_id() -> None:
    report = make_report(frozenset({2}))
    assert report.run("good-1") == report.run("seed-0") == report.facts.experiment.shown_runs[0]
    assert report.run("seed-2").failed


def test_run_with_an_unknown_name_is_refused() -> None:
    with pytest.raises(AuthorError, match="run: found 'good-9', allowed: bad-1, good-1") as caught:
        make_report().run("good-9")
    assert caught.value.key == "run"


def test_shown_run_without_boundaries_is_refused() -> None:
    with pytest.raises(AuthorError, match="allowed: a run with boundaries: good-1"):
        make_report().shown_run("seed-4")


def test_last_scene_has_every_boundary_unless_told() -> None:
    report = make_report()
    run = report.run("good-1")
    scene = report.last_scene(run)
    assert scene.snapshot == len(report.snapshots[run.id]) - 1
    assert scene.neurons == tuple(range(report.boundaries[run.id].neurons))
    assert report.last_scene(run, (3,), "plain").neurons == (3,)


def test_colours_have_a_shade_for_each_hidden_layer() -> None:
    report = make_report()
    assert len(report.colours.layers) == len(report.experiment.widths)
