"""The views of runs that the explorer does not have: eight beginnings, and two copies of a run."""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Annotated, Literal

from ginn.analysis.outcomes import outcome
from ginn.analysis.pictured import PicturedRun
from ginn.config.validation import Allowed
from ginn.errors import AuthorError, quoted
from ginn.figures import network_figure
from ginn.figures.network_figure import Scene
from ginn.network.run import run_id
from ginn.pages.figure_image import FigureImage
from ginn.pages.parameters import About
from ginn.pages.report import Report

WEIGHT = 2.2  # How much thicker lines are in these small images.
Moment = Annotated[
    Literal["first", "last"],
    Allowed('"first" or "last"'),
    About("The snapshot: at the beginning, or at the end of the screening."),
]


def beginning_images(report: Report, step: Moment = "first") -> Iterator[FigureImage]:
    """An image of each of the eight runs, marked with a letter.

    Raises AuthorError if this build has no such runs.
    """
    found = report.facts.examples.beginnings
    if found is None:
        raise _absent("beginnings")
    for letter, seed in zip(string.ascii_uppercase, found.seeds, strict=False):
        pictured = report.pictured[run_id(seed)]
        snapshot = 0 if step == "first" else len(pictured.run) - 1
        scene = _scene(report, pictured, snapshot)
        yield _image(report, scene, f"{run_id(seed)}-{step}", letter)


def twin_images(report: Report) -> Iterator[FigureImage]:
    """An image of each copy at each pictured snapshot; the revived copy comes first.

    Raises AuthorError if this build has no such copies.
    """
    found = report.facts.examples.twins
    if found is None:
        raise _absent("twins")
    words = report.words
    for kind, name in (("revived", found.raised), ("untouched", found.untouched)):
        pictured = report.pictured[name]
        scene = _scene(report, pictured, 0)
        for snapshot, iteration in enumerate(pictured.run.iterations.tolist()):
            after = words.say("chart.iterations", count=iteration - found.begun)
            label = words.say(f"picture.{kind}", after=after)
            yield _image(report, replace(scene, snapshot=snapshot), f"{kind}-{iteration}", label)


def _scene(report: Report, pictured: PicturedRun, snapshot: int) -> Scene:
    """A run at one of its pictured snapshots, with every boundary."""
    return Scene(
        outcome(pictured.run, report.dataset),
        pictured.run,
        pictured.boundaries,
        report.dataset,
        snapshot,
        tuple(range(pictured.boundaries.neurons)),
    )


def _image(report: Report, scene: Scene, name: str, label: str) -> FigureImage:
    """The image of a scene, with its label."""
    description = network_figure.scene_description(scene, report.words)
    draw = partial(network_figure.scene_svg, scene, report.colours, report.words, WEIGHT)
    return FigureImage(name, f"{label}: {description}", draw, label=label)


def _absent(view: str) -> AuthorError:
    return AuthorError(
        quoted(view),
        "a view that this build has pictures of",
        f"test it first: {{% if facts.examples.{view} %}}",
        key="view",
    )
