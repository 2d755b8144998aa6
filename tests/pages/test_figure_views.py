"""Views: the images that an author's arguments give, their labels and states, and refusals."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.sample_evidence import sample_evidence
from support.sample_report import SEEDS, make_report

from ginn.analysis.evidence import Evidence
from ginn.errors import AuthorError
from ginn.figures.selection import WHOLE
from ginn.pages.figure_views import EVIDENCE, NARROW, STRIP_WEIGHT, VIEWS, WIDE, FigureImage
from ginn.pages.report import Report

REPORT = make_report(frozenset({2}))


def images(view: str, report: Report = REPORT, **arguments: Any) -> tuple[FigureImage, ...]:
    return VIEWS[view].of(report, arguments)


def with_evidence(evidence: Evidence) -> Report:
    return replace(REPORT, facts=replace(REPORT.facts, evidence=evidence))


def snapshots(found: tuple[FigureImage, ...]) -> list[int]:
    return [image.scene.snapshot for image in found if image.scene]


def lines(image: FigureImage) -> float:
    """The width of the first layer's lines."""
    return float(image.draw().text.partition('stroke-width="')[2].partition('"')[0])


@pytest.mark.parametrize("name", VIEWS)
def test_view_parameters_are_those_that_its_function_gives_a_default(name: str) -> None:
    view = VIEWS[name]
    signature = inspect.signature(view.images).parameters
    empty = inspect.Parameter.empty
    defaults = {key for key, each in signature.items() if each.default is not empty}
    assert set(view.parameters) == defaults


@pytest.mark.parametrize(
    ("view", "allowed"),
    [("network", "run .*, step .*, neurons .*, background .*, at .*, zoom"), ("loss", "no more")],
)
def test_view_unknown_argument_is_refused(view: str, allowed: str) -> None:
    with pytest.raises(AuthorError, match=f"found 'colour', allowed: {allowed}"):
        images(view, colour="x")


def test_network_images_defaults_are_one_of_the_best_run_at_its_end() -> None:
    (image,) = images("network")
    assert image.scene
    whole = replace(image.scene, detail=WHOLE)
    assert whole == REPORT.last_scene(REPORT.run("good-1"))
    assert image.scene.detail[:3] == WHOLE[:3]
    assert image.label == ""
    assert image.name == f"seed-0-{image.scene.iteration}"
    assert image.state is not None
    assert image.state.run == "seed-0"
    assert image.draw_narrow is None


def test_network_images_lists_give_every_combination_labelled_by_what_varies() -> None:
    found = images("network", run=["good-1", "bad-1"], step=["first", "last"], neurons="layer 1")
    last = REPORT.snapshots["seed-0"].iterations[-1]
    assert [image.label for image in found] == [
        "Good run 1, iteration 0",
        f"Good run 1, iteration {last:,}",
        "Bad run, iteration 0",
        f"Bad run, iteration {last:,}",
    ]
    (first, second) = images("network", neurons=["layer 1", "output"])
    assert (first.label, second.label) == ("Layer 1", "Output")


def test_network_images_many_in_a_row_have_heavier_lines() -> None:
    rows = [images("network", run=["good-1"] * count) for count in (1, 2, 3, 4)]
    widths = [lines(row[0]) for row in rows]
    assert np.array(widths) / widths[0] == pytest.approx([1, 1.25, 1.6, 2.2], rel=1e-2)


def test_network_images_detail_is_in_scene_and_state() -> None:
    (image,) = images("network", at=[0.25, 0.5], zoom=4)
    assert image.scene
    assert image.state
    assert image.scene.detail[:3] == (0.25, 0.5, 4)
    assert image.state.detail == image.scene.detail


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({"run": "good-9"}, "run"),
        ({"run": "seed-4"}, "run"),
        ({"step": "later"}, "step"),
        ({"neurons": "layer 9"}, "neurons"),
        ({"background": "x"}, "background"),
        ({"at": "cork"}, "at"),
        ({"zoom": 100}, "zoom"),
    ],
)
@pytest.mark.parametrize("view", ["network", "strip"])
def test_network_and_strip_unknown_value_is_refused_by_its_key(
    view: str, arguments: dict[str, Any], key: str
) -> None:
    if view == "strip" and "step" in arguments:
        arguments = {"step": ["first", arguments["step"]]}
    with pytest.raises(AuthorError) as caught:
        images(view, **arguments)
    assert caught.value.key == key


def test_strip_images_frames_are_evenly_spaced_by_snapshots() -> None:
    count = len(REPORT.snapshots["seed-0"])
    found = images("strip", frames=3)
    assert snapshots(found) == [0, round((count - 1) / 2), count - 1]
    iterations = REPORT.snapshots["seed-0"].iterations
    assert [image.label for image in found] == [f"{iterations[i]:,}" for i in snapshots(found)]


def test_strip_images_more_frames_than_snapshots_are_one_frame_each() -> None:
    assert snapshots(images("strip", frames=40)) == list(range(len(REPORT.snapshots["seed-0"])))


def test_strip_images_steps_are_those_asked_for() -> None:
    iterations = REPORT.snapshots["seed-0"].iterations.tolist()
    assert snapshots(images("strip", step=[0, iterations[2], "last"])) == [
        0,
        2,
        len(iterations) - 1,
    ]


def test_strip_images_start_seen_is_where_a_boundary_first_crosses() -> None:
    boundaries = REPORT.boundaries["seed-0"]
    crossing = {
        neuron: [
            bool(boundaries.polylines(k, neuron)) for k in range(len(REPORT.snapshots["seed-0"]))
        ]
        for neuron in range(48)
    }
    # A neuron whose boundary does not cross the picture at first, but does later.
    late = next(n for n, seen in crossing.items() if not seen[0] and any(seen))
    words = f"layer {late // 16 + 1} neuron {late % 16 + 1}"
    found = images("strip", start="seen", neurons=words, frames=2)
    assert snapshots(found)[0] == crossing[late].index(True)


def test_strip_images_have_the_heaviest_lines() -> None:
    (whole,) = images("network")
    assert lines(images("strip")[-1]) == pytest.approx(STRIP_WEIGHT * lines(whole), rel=1e-2)


@pytest.mark.parametrize(
    ("arguments", "key", "allowed"),
    [
        ({"step": "last"}, "step", "a list of two or more"),
        ({"step": ["last"]}, "step", "a list of two or more"),
        ({"frames": 1}, "frames", "a whole number from 2 on"),
        ({"frames": True}, "frames", "a whole number from 2 on"),
        ({"neurons": ["output"]}, "neurons", "write one strip for each"),
        ({"run": ["good-1"]}, "run", "write one strip for each"),
    ],
)
def test_strip_images_what_is_no_strip_is_refused(
    arguments: dict[str, Any], key: str, allowed: str
) -> None:
    with pytest.raises(AuthorError, match=allowed) as caught:
        images("strip", **arguments)
    assert caught.value.key == key


@pytest.mark.parametrize("view", ["loss", "accuracy"])
def test_training_views_are_drawn_for_columns_and_for_phones(view: str) -> None:
    (image,) = images(view)
    assert image.name == view
    assert image.state is None
    assert image.draw_narrow
    assert (image.draw().width, image.draw_narrow().width) == (WIDE, NARROW)


@pytest.mark.parametrize("name", EVIDENCE)
def test_evidence_view_with_its_series_is_drawn(name: str) -> None:
    (image,) = images(name, with_evidence(sample_evidence()))
    series = getattr(sample_evidence(), name)
    assert image.alternative == EVIDENCE[name].describe(series, REPORT.facts.experiment)
    assert image.draw_narrow
    assert image.draw_narrow().width == NARROW


@pytest.mark.parametrize("name", EVIDENCE)
def test_evidence_view_without_its_series_is_refused_with_how_to_ask(name: str) -> None:
    without = with_evidence(replace(sample_evidence(), **{name: None}))
    hint = rf"view: found '{name}'.*if facts\.evidence\.{name} "
    with pytest.raises(AuthorError, match=hint):
        images(name, without)


def test_evidence_has_a_chart_for_every_series() -> None:
    assert set(EVIDENCE) == set(Evidence.__dataclass_fields__)


@pytest.mark.parametrize("view", ["screening_runs", "full_runs"])
def test_multiples_view_shows_every_run(view: str) -> None:
    (image,) = images(view)
    assert image.name == view.replace("_", "-")
    assert image.alternative.startswith(f"{len(SEEDS)} ")
    assert image.draw_narrow
    assert (image.draw().width, image.draw_narrow().width) == (WIDE, NARROW)


def test_multiples_view_without_outputs_is_refused() -> None:
    with pytest.raises(AuthorError, match="what this build has pictures of"):
        images("full_runs", replace(REPORT, outputs={}))
