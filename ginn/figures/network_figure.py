"""Network views as SVG: the exact boundaries of a network at one snapshot, over a background."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ginn.analysis.outcomes import RunFacts, logits_at
from ginn.dataset.dataset import Dataset
from ginn.figures import regions, svg
from ginn.figures.names import run_at, run_title
from ginn.figures.selection import WHOLE, Background, Detail
from ginn.figures.svg import Svg, element
from ginn.figures.theme import ERROR, Colours, Shades
from ginn.geometry.boundaries import Boundaries
from ginn.language.words import Words
from ginn.network.forward import probability
from ginn.network.run import Float64, RecordedRun, layer_slices

# Widths of lines, as fractions of the picture's side.
LINE, OUTPUT_LINE = 0.0032, 0.006


@dataclass(frozen=True)
class Scene:
    """One network at one snapshot, with the neurons, the background and the detail to show.

    `neurons` are numbered layer by layer, the output last. `background` is "output" (the
    probability of white), "target" (the picture to learn), "error" (where these two differ),
    "regions" (the linear regions, a colour each) or "plain".
    """

    run: RunFacts
    snapshots: RecordedRun
    boundaries: Boundaries
    dataset: Dataset
    snapshot: int
    neurons: tuple[int, ...]
    background: Background = "output"
    detail: Detail = WHOLE

    @property
    def iteration(self) -> int:
        """The iteration at which the snapshot was taken."""
        return int(self.snapshots.iterations[self.snapshot])

    def layers(self, colours: Colours) -> Iterator[tuple[str, Shades, list[int]]]:
        """The class ("layer-1", ..., "output"), the colour and the shown neurons of each layer."""
        slices = layer_slices(self.boundaries.widths)
        for (kind, shades), layer in zip(colours.lines().items(), slices, strict=True):
            yield kind, shades, [n for n in range(layer.start, layer.stop) if n in self.neurons]


def scene_svg(scene: Scene, colours: Colours, words: Words, weight: float = 1.0) -> Svg:
    """The SVG of a scene: its background, and over it the exact boundaries, layer by layer.

    The drawing's unit is a pixel of the dataset. The file shows the scene's detail. Lines in a
    detail are as thick as in the whole picture. The output is drawn like a neuron, with a thicker
    line. `weight` scales the widths of all lines, because a figure image that is shown small needs
    thicker lines.
    """
    pixels = scene.dataset.pixels
    groups = _background(scene)
    for kind, _, neurons in scene.layers(colours):
        paths = [path for neuron in neurons if (path := _boundary(scene, neuron))]
        line = OUTPUT_LINE if kind == "output" else LINE
        width = weight * pixels * line / scene.detail.zoom
        if paths:
            attributes = {"stroke-width": f"{width:.4g}", "stroke-linejoin": "round"}
            content = "\n".join(["", *paths, ""])
            groups.append(element("g", colours.paint(kind) | attributes, content))
    left, top = (pixels * each for each in scene.detail.corner)
    return svg.document(
        pixels,
        pixels,
        run_at(scene.run, scene.iteration, words),
        scene_description(scene, words),
        colours,
        groups,
        window=(left, top, pixels / scene.detail.zoom, pixels / scene.detail.zoom),
    )


def _boundary(scene: Scene, neuron: int) -> str:
    """One neuron's boundary as a path, or "" if it does not cross the domain."""
    data = "".join(
        svg.path_data((polyline.vertices * scene.dataset.pixels).tolist(), 2, polyline.closed)
        for polyline in scene.boundaries.polylines(scene.snapshot, neuron)
    )
    return element("path", {"d": data}) if data else ""


def _background(scene: Scene) -> list[str]:
    """The elements of the plain rectangle and of the picture over it.

    The picture has less contrast so that lines stand out. If no neuron is drawn, it keeps its full
    contrast. The target is not smoothed, because each of its pixels is an example of the dataset.
    The output is smoothed.
    """
    pixels = scene.dataset.pixels
    if scene.background == "plain":
        return [svg.backdrop("paper", pixels, pixels)]
    if scene.background == "error":
        return _error(scene)
    if scene.background == "regions":
        return _regions(scene)
    black, white = ("black", "white") if scene.neurons else ("full-black", "full-white")
    pixelated = scene.background == "target"
    picture = svg.embedded_picture(whiteness(scene), white, pixels, pixels, pixelated)
    return [svg.backdrop(black, pixels, pixels), picture]


def _error(scene: Scene) -> list[str]:
    """The elements of the error: a colour whose opacity is the error, over a plain rectangle.

    The picture is a mask, so that the colour follows the theme. It is not smoothed, since blended
    pixels at an outline would look like agreement.
    """
    pixels = scene.dataset.pixels
    wrong = np.abs(_output(scene) - scene.dataset.labels)
    picture = svg.embedded_picture(wrong, "mask", pixels, pixels, pixelated=True)
    mask = element("mask", {"id": "wrong"}, picture)
    coloured: dict[str, str | float] = {"class": "error", "width": pixels, "height": pixels}
    coloured |= {"fill": ERROR.light, "mask": "url(#wrong)"}
    return [svg.backdrop("paper", pixels, pixels), mask, element("rect", coloured)]


def _regions(scene: Scene) -> list[str]:
    """The elements of the linear regions in the shown detail: one picture for each theme."""
    pixels = scene.dataset.pixels
    left, top = (pixels * each for each in scene.detail.corner)
    side = pixels / scene.detail.zoom
    numbers = regions.region_numbers(scene.snapshots, scene.snapshot, scene.detail)
    indices = regions.colour_indices(numbers)
    placed: dict[str, str | float] = {"x": left, "y": top, "width": side, "height": side}
    return [
        svg.embedded_png(
            svg.colours_png(indices, regions.palette(dark)), {"class": kind, **placed}, True
        )
        for kind, dark in (("on-light", False), ("on-dark", True))
    ]


def _output(scene: Scene) -> Float64:
    """The probability of white at each pixel (n, n)."""
    return probability(logits_at(scene.snapshots, scene.snapshot, scene.dataset))


def whiteness(scene: Scene) -> Float64:
    """The whiteness of each pixel of the background, (n, n) in [0, 1].

    For the error, it is one minus the error. The plain background and the regions are white.
    """
    if scene.background == "output":
        return _output(scene)
    if scene.background == "error":
        return 1 - np.abs(_output(scene) - scene.dataset.labels)
    return np.where(scene.dataset.labels | (scene.background != "target"), 1.0, 0.0)


def scene_description(scene: Scene, words: Words) -> str:
    """The text alternative of a scene."""
    snapshots, snapshot = scene.snapshots, scene.snapshot
    if scene.background == "target" and not scene.neurons:
        white = words.percent(float(scene.dataset.labels.mean()))
        return words.say("picture.to-learn", pixels=str(scene.dataset.pixels), white=white)
    return words.say(
        "picture.network",
        run=run_title(scene.run, words),
        seed=str(scene.run.seed),
        iteration=words.iteration(scene.iteration),
        boundaries=_shown_boundaries(scene, words),
        behind=_behind(scene, words),
        enlarged=_enlargement(scene.detail, words),
        loss=words.significant(float(snapshots.loss[snapshot])),
        accuracy=words.percent(float(snapshots.accuracy[snapshot])),
    )


def _behind(scene: Scene, words: Words) -> str:
    """The words for the background; linear regions are counted over the whole picture."""
    count = int(scene.boundaries.regions[scene.snapshot])
    return words.say(f"picture.behind-{scene.background}", count=count)


def _enlargement(detail: Detail, words: Words) -> str:
    """A clause that names the shown detail and its enlargement; "" for the whole picture."""
    if detail.zoom == 1:
        return ""
    if detail.parts:
        place = words.say("picture.parts", names=words.listing(detail.parts))
    elif (detail.x, detail.y) == (0.5, 0.5):
        place = words.say("picture.middle")
    else:
        place = words.say("picture.point", x=words.decimal(detail.x), y=words.decimal(detail.y))
    return words.say("picture.enlarged", times=words.significant(detail.zoom), place=place)


def _shown_boundaries(scene: Scene, words: Words) -> str:
    """A clause on the shown boundaries of each layer, and how many of them cross the domain."""
    *hidden, output = layer_slices(scene.boundaries.widths)
    crossing = {n for n in scene.neurons if scene.boundaries.polylines(scene.snapshot, n)}
    parts = []
    for number, layer in enumerate(hidden, 1):
        members = set(range(layer.start, layer.stop))
        if members.intersection(scene.neurons):
            visible = len(members & crossing)
            parts.append(words.say("picture.boundaries", count=visible, layer=number))
    if output.start in scene.neurons:
        nowhere = "" if output.start in crossing else "-nowhere"
        parts.append(words.say(f"picture.output-boundary{nowhere}"))
    return words.listing(parts) or words.say("picture.no-boundaries")
