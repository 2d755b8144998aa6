"""The views of runs that the explorer does not have: beginnings, two copies, larger networks."""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Literal

from ginn.analysis.facts import BeginningsExample, SizesExample, TwinsExample
from ginn.analysis.outcomes import outcome
from ginn.analysis.part_history import part_history
from ginn.analysis.pictured import PicturedRun, network_name
from ginn.config.validation import Allowed
from ginn.errors import AuthorError, quoted
from ginn.figures import network_figure
from ginn.figures.network_figure import Scene
from ginn.figures.selection import select_detail
from ginn.figures.theme import colours_of
from ginn.network.run import run_id
from ginn.pages.figure_image import FigureImage
from ginn.pages.parameters import About
from ginn.pages.report import Report

# How much thicker lines are in these small images, and in those of networks, which are larger.
WEIGHT, WEIGHT_OF_NETWORKS = 2.2, 1.5
# The snapshots of a copy that are shown without scripts, as shares of its pictured snapshots.
STILLS = (0.0, 1 / 3, 2 / 3, 1.0)
Moment = Annotated[
    Literal["first", "last"],
    Allowed('"first" or "last"'),
    About("The snapshot: at the beginning, or at the end of the screening."),
]


Answer = Annotated[
    str,
    About(
        "The name of another figure of the article with the same runs: each image leads to the "
        "image of its run there."
    ),
]


def beginning_images(
    report: Report, step: Moment = "first", answer: Answer = ""
) -> Iterator[FigureImage]:
    """An image of each of the eight runs, marked with a letter.

    The image of a run at its end says if the run failed, and has an anchor. The images of a figure
    whose `answer` is this figure lead to these anchors.

    Raises AuthorError if this build has no such runs.
    """
    found: BeginningsExample = _example(report, "beginnings")
    for letter, seed in zip(string.ascii_uppercase, found.seeds, strict=False):
        pictured = report.pictured[run_id(seed)]
        snapshot = 0 if step == "first" else len(pictured.run) - 1
        scene = _scene(report, pictured, snapshot)
        ended = step == "last"
        failed = ended and seed == found.failed
        label = report.words.say("picture.failed-letter", letter=letter) if failed else letter
        image = _image(report, scene, f"{run_id(seed)}-{step}", label)
        anchor = letter.lower()
        leads = f"figure-{answer}-{anchor}" if answer else ""
        yield replace(image, anchor=anchor if ended else "", leads=leads)


def twin_images(report: Report) -> Iterator[FigureImage]:
    """The images of both copies, the revived one first. Without scripts, `STILLS` are shown.

    Raises AuthorError if this build has no such copies.
    """
    found: TwinsExample = _example(report, "twins")
    words = report.words
    for kind, name in (("revived", found.raised), ("untouched", found.untouched)):
        pictured = report.pictured[name]
        scene = _scene(report, pictured, 0)
        right = part_history(pictured.run, report.dataset, found.part).right.tolist()
        last = len(pictured.run) - 1
        stills = {round(share * last) for share in STILLS}
        for snapshot, iteration in enumerate(pictured.run.iterations.tolist()):
            after = words.say("chart.iterations", count=iteration - found.begun)
            share = words.percent(right[snapshot])
            label = words.say(f"picture.{kind}", after=after, right=share)
            shown = replace(scene, snapshot=snapshot)
            image = _image(report, shown, f"{kind}-{iteration}", label)
            yield replace(image, replayed=kind, still=snapshot in stills)


def size_images(report: Report) -> Iterator[FigureImage]:
    """The image of the median run of each network at its end, around the part they differ in.

    Raises AuthorError if no variant of this build was trained in full.
    """
    found: SizesExample = _example(report, "sizes")
    words = report.words
    detail = select_detail(found.part, 0, report.dataset)
    for each in found.networks:
        pictured = report.pictured[network_name(each.id)]
        scene = replace(_scene(report, pictured, len(pictured.run) - 1), detail=detail)
        title = each.title or words.say("picture.plain-network")
        right = words.percent(each.right)
        label = words.say("picture.part-right", title=title, right=right, part=found.part)
        colours = colours_of(report.site, len(pictured.run.widths))
        draw = partial(network_figure.scene_svg, scene, colours, words, WEIGHT_OF_NETWORKS)
        yield replace(_image(report, scene, f"network-{each.id}", label), draw=draw)


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


def _example(report: Report, view: str) -> Any:
    """The example that a view shows. Raises AuthorError if this build does not have it."""
    if found := getattr(report.facts.examples, view):
        return found
    raise AuthorError(
        quoted(view),
        "a view that this build has pictures of",
        f"test it first: {{% if facts.examples.{view} %}}",
        key="view",
    )
