"""Boundaries and snapshots to still pictures: one network at one moment, as a self-contained SVG.

A figure is a file of its own, shown by `<img>`, and not SVG inside the page. So it is lazily
loaded, cached, kept by reader modes and feed readers, and holds its own style under a
Content-Security-Policy that allows the page no inline style. The price is that it does not see the
page's custom properties: `Colours` gives both of them the same shades, for light and for dark.

The picture behind the lines is one colour with the probability of white as its opacity, over a
ground of the other colour: so one embedded PNG serves both themes.
"""

from __future__ import annotations

import base64
import re
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

import numpy as np

from ginn import formatting
from ginn.analysis.outcomes import RunFacts, logits_at
from ginn.config.models import Site, is_point
from ginn.dataset.dataset import Dataset
from ginn.errors import AuthorError, quoted
from ginn.geometry.boundaries import Boundaries
from ginn.network.forward import probability
from ginn.network.run import Float64, RecordedRun, layer_slices

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

# The least contrast of a line with any ground it may lie on (WCAG 2.2, success criterion 1.4.11).
LINE_CONTRAST = 3.0

# What may lie behind the lines, and how a text for those who do not see it calls that.
BACKGROUNDS = {
    "output": "the network's output",
    "target": "the picture to learn",
    "plain": "plain ground",
}

# How much a detail may be enlarged, as in the viewer (`MOST_ZOOM` in state.js); a point's detail
# where nothing is said; and the side of a part's detail, over that of the part.
MOST_ZOOM = 64
POINT_ZOOM = 4.0
PART_ROOM = 1.4

# Opacities the background may have: more could not be told apart once toned.
LEVELS = 16


class FigureError(AuthorError):
    """A figure was asked for something that this build does not hold."""

    def __init__(self, key: str, found: object, allowed: str) -> None:
        """`key` is the figure's argument; `found` what it was given; `allowed` what it takes."""
        super().__init__(quoted(found), allowed, key=key)


class Shades(NamedTuple):
    """One colour, `#rrggbb`, as it is on a light and on a dark page."""

    light: str
    dark: str


# The page, its text, and the toned-down black and white of the picture behind the lines.
PAPER = Shades("#ffffff", "#15171b")
INK = Shades("#1b1e23", "#e6e8eb")
MUTED = Shades("#5a626d", "#a3abb6")
RULE = Shades("#d5d9de", "#3a4049")
FAILED = Shades("#8a2da5", "#dd9df2")
PICTURE_BLACK = Shades("#c6cbd2", "#0c0d10")
PICTURE_WHITE = Shades("#ffffff", "#4b4c4e")


@dataclass(frozen=True)
class Colours:
    """Every colour that pages and figures share; hidden layers first to last."""

    layers: tuple[Shades, ...]
    output: Shades

    def properties(self) -> dict[str, Shades]:
        """The same colours by the names of the style sheet's custom properties."""
        named = {
            "paper": PAPER,
            "ink": INK,
            "muted": MUTED,
            "rule": RULE,
            "failed": FAILED,
            "picture-black": PICTURE_BLACK,
            "picture-white": PICTURE_WHITE,
        }
        named |= {f"layer-{i}": shades for i, shades in enumerate(self.layers, 1)}
        return named | {"output": self.output}


def colours_of(site: Site, depth: int) -> Colours:
    """The site's colours for a network of `depth` hidden layers, made legible in both themes."""
    used = [site.layer_colours[i % len(site.layer_colours)] for i in range(depth)]
    return Colours(tuple(map(_legible, used)), _legible(site.output_colour))


def _legible(colour: str) -> Shades:
    """`colour` moved towards black or white until it stands out from every ground of a theme."""
    grounds = zip(PAPER, PICTURE_BLACK, PICTURE_WHITE, strict=True)
    light, dark = (
        next(
            shade
            for shade in (_mix(colour, end, share) for share in np.linspace(0, 1, 51))
            if min(contrast(shade, ground) for ground in theme) >= LINE_CONTRAST
        )
        for theme, end in zip(grounds, ("#000000", "#ffffff"), strict=True)
    )
    return Shades(light, dark)


def _rgb(colour: str) -> Float64:
    """`#rrggbb` as (3,) in [0, 255]."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64)


def _mix(colour: str, other: str, share: float) -> str:
    red, green, blue = np.rint(_rgb(colour) * (1 - share) + _rgb(other) * share).astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    channels = np.array([_rgb(one), _rgb(other)]) / 255  # (2, 3)
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    low, high = sorted(linear @ np.array([0.2126, 0.7152, 0.0722]))
    return float((high + 0.05) / (low + 0.05))


def svg_document(
    width: float,
    height: float,
    title: str,
    description: str,
    colours: Colours,
    body: str,
    window: tuple[float, float, float, float] | None = None,
) -> str:
    """An SVG file `width` x `height` with a title and description for those who do not see it.

    `window` (left, top, width, height) is what it shows of the body's plane, by default all.
    """
    view_box = " ".join(f"{each:g}" for each in window or (0, 0, width, height))
    light, dark = (
        "".join(f".{rule.replace('?', shades[theme])}" for rule, shades in _rules(colours))
        for theme in (0, 1)
    )
    # White over the ground at this opacity gives the toned-down white of the dark theme.
    depth = 1 - _distance(PICTURE_WHITE.dark, "#ffffff") / _distance(PICTURE_BLACK.dark, "#ffffff")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="{view_box}" role="img" aria-labelledby="title description" '
        f"font-family='{FONT}' fill=\"none\">\n"
        f'<title id="title">{escape(title)}</title>\n'
        f'<desc id="description">{escape(description)}</desc>\n'
        f"<style>{light}"
        f"@media(prefers-color-scheme:dark){{{dark}.white{{opacity:{depth:.3f}}}"
        f".full-white{{opacity:0.8}}}}</style>\n"
        f"{body}\n</svg>\n"
    )


def _rules(colours: Colours) -> list[tuple[str, Shades]]:
    """The style of each class that figures and charts use, with "?" for its colour."""
    return [
        ("paper{fill:?}", PAPER),
        ("ink{fill:?}", INK),
        ("muted{fill:?}", MUTED),
        ("rule{stroke:?}", RULE),
        ("black{fill:?}", PICTURE_BLACK),
        ("run{stroke:?}", INK),
        ("control{stroke:?}", MUTED),
        ("failed{stroke:?}", FAILED),
        ("failed-text{fill:?}", FAILED),
        *((f"layer-{i}{{stroke:?}}", shades) for i, shades in enumerate(colours.layers, 1)),
        ("output{stroke:?}", colours.output),
    ]


def _distance(one: str, other: str) -> float:
    return float(np.abs(_rgb(one) - _rgb(other)).sum())


class Detail(NamedTuple):
    """The square of the domain that is shown: its middle (domain units), and the enlargement.

    `around` names what lies there, for those who do not see it.
    """

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0
    around: str = ""

    @property
    def corner(self) -> tuple[float, float]:
        """Its upper left corner (domain units)."""
        return self.x - 0.5 / self.zoom, self.y - 0.5 / self.zoom


WHOLE = Detail()


@dataclass(frozen=True)
class Stage:
    """One network at one snapshot, and what to show of it.

    `neurons` are numbered as in `network`, the output among them. `background` is "output" (the
    probability of white), "target" (the picture to learn) or "plain".
    """

    run: RunFacts
    snapshots: RecordedRun
    boundaries: Boundaries
    dataset: Dataset
    snapshot: int
    neurons: tuple[int, ...]
    background: str = "output"
    detail: Detail = WHOLE

    @property
    def iteration(self) -> int:
        """The iteration at which the snapshot was taken."""
        return int(self.snapshots.iterations[self.snapshot])


def stage_svg(stage: Stage, colours: Colours, weight: float = 1.0) -> str:
    """A picture behind, and over it the exact boundaries of the stage's neurons, layer by layer.

    The plane is the domain in pixels, and the viewBox the stage's detail of it, in which lines are
    as heavy as in the whole. The output is a neuron like the others, drawn heavier.
    `weight` scales the lines: a still that is shown small needs heavier ones. The picture is toned
    down so that lines stand out from it; where no neuron is drawn it keeps its full contrast.

    Raises FigureError for a background that there is not.
    """
    pixels, slices = stage.dataset.pixels, layer_slices(stage.boundaries.widths)
    groups = [_background(stage)]
    names = [*(f"layer-{i}" for i in range(1, len(slices))), "output"]
    shades = [*colours.layers, colours.output]
    for name, layer, shade in zip(names, slices, shades, strict=True):
        chosen = [n for n in range(layer.start, layer.stop) if n in stage.neurons]
        paths = [path for n in chosen if (path := _line(stage, n))]
        width = weight * pixels * (0.006 if name == "output" else 0.0032) / stage.detail.zoom
        if paths:
            groups.append(
                f'<g class="{name}" stroke="{shade.light}" stroke-width="{width:.4g}" '
                f'stroke-linejoin="round">\n' + "\n".join(paths) + "\n</g>"
            )
    title = f"{stage.run.title} at {formatting.iteration(stage.iteration)}"
    left, top = (pixels * each for each in stage.detail.corner)
    window = (left, top, pixels / stage.detail.zoom, pixels / stage.detail.zoom)
    body = "\n".join(groups)
    return svg_document(pixels, pixels, title, stage_description(stage), colours, body, window)


def _line(stage: Stage, neuron: int) -> str:
    """One neuron's boundary as a path in pixels, or "" where it does not cross the domain."""
    pieces = []
    for polyline in stage.boundaries.polylines(stage.snapshot, neuron):
        vertices = (polyline.vertices * stage.dataset.pixels).tolist()
        points = " ".join(f"{x:.2f},{y:.2f}" for x, y in vertices)
        pieces.append(f"M{points}{'Z' if polyline.closed else ''}")
    return f'<path d="{"".join(pieces)}"/>' if pieces else ""


def _background(stage: Stage) -> str:
    """The ground, and the picture over it as an embedded PNG, white with an opacity.

    The target is shown pixel by pixel, because each is a data item; the output is smooth.
    """
    pixels = stage.dataset.pixels
    if stage.background not in BACKGROUNDS:
        raise FigureError("background", stage.background, ", ".join(BACKGROUNDS))
    if stage.background == "plain":
        return f'<rect class="paper" width="{pixels}" height="{pixels}" fill="{PAPER.light}"/>'
    ground, fill = ("black", PICTURE_BLACK) if stage.neurons else ("full-black", INK)
    white = "white" if stage.neurons else "full-white"
    rendering = ' image-rendering="pixelated"' if stage.background == "target" else ""
    data = base64.b64encode(opacity_png(whiteness(stage))).decode("ascii")
    return (
        f'<rect class="{ground}" width="{pixels}" height="{pixels}" fill="{fill.light}"/>\n'
        f'<image class="{white}" width="{pixels}" height="{pixels}"{rendering} '
        f'href="data:image/png;base64,{data}"/>'
    )


def whiteness(stage: Stage) -> Float64:
    """How white each pixel of the background is, (n, n) in [0, 1]."""
    if stage.background == "output":
        return probability(logits_at(stage.snapshots, stage.snapshot, stage.dataset))
    return np.where(stage.dataset.labels | (stage.background == "plain"), 1.0, 0.0)


def opacity_png(opacity: Float64) -> bytes:
    """A white PNG whose opacity is (rows, columns) in [0, 1], to one of `LEVELS` steps.

    Four bits a pixel, with a palette of one white in many opacities (PNG, third edition: 11.2.1
    IHDR, 11.2.2 PLTE, 11.3.1.1 tRNS).
    """
    rows, columns = opacity.shape
    levels = np.rint(opacity * (LEVELS - 1)).astype(np.uint8)
    even = np.pad(levels, ((0, 0), (0, columns % 2)))  # two pixels a byte
    packed = (even[:, ::2] << 4) | even[:, 1::2]
    scanlines = np.pad(packed, ((0, 0), (1, 0)))  # filter type 0 before each
    alpha = np.rint(np.linspace(0, 255, LEVELS)).astype(np.uint8)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", columns, rows, 4, 3, 0, 0, 0)),
        (b"PLTE", b"\xff\xff\xff" * LEVELS),
        (b"tRNS", alpha.tobytes()),
        (b"IDAT", zlib.compress(scanlines.tobytes(), 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def stage_description(stage: Stage) -> str:
    """What a stage shows, in words, for those who do not see it."""
    run, snapshots = stage.run, stage.snapshots
    if stage.background == "target" and not stage.neurons:
        white = formatting.percent(float(stage.dataset.labels.mean()))
        pixels = stage.dataset.pixels
        return f"The picture to learn: {pixels} by {pixels} pixels, {white} of them white."
    return (
        f"{run.title} (seed {run.seed}) at {formatting.iteration(stage.iteration)}: "
        f"{_drawn(stage)} over {BACKGROUNDS[stage.background]}{_enlarged(stage.detail)}. "
        f"Loss {formatting.significant(float(snapshots.loss[stage.snapshot]))}, "
        f"accuracy {formatting.percent(float(snapshots.accuracy[stage.snapshot]))}."
    )


def _enlarged(detail: Detail) -> str:
    """Which detail is shown, and how much larger, in words."""
    if detail.zoom == 1:
        return ""
    around = detail.around or f"the point ({detail.x:.2f}, {detail.y:.2f})"
    return f", enlarged {formatting.significant(detail.zoom)} times around {around}"


def _drawn(stage: Stage) -> str:
    """Which boundaries a stage shows, layer by layer, and how many of them cross the domain."""
    *hidden, output = layer_slices(stage.boundaries.widths)
    crossing = {n for n in stage.neurons if stage.boundaries.polylines(stage.snapshot, n)}
    parts = []
    for number, layer in enumerate(hidden, 1):
        members = set(range(layer.start, layer.stop))
        if members.intersection(stage.neurons):
            visible = formatting.count(len(members & crossing), "boundary", "boundaries")
            parts.append(f"{visible} of layer {number}")
    if output.start in stage.neurons:
        nowhere = "" if output.start in crossing else " (nowhere in the picture)"
        parts.append(f"the output's decision boundary{nowhere}")
    return formatting.listing(parts) or "no boundaries"


def select_detail(
    at: str | Sequence[str] | Sequence[float], zoom: float, dataset: Dataset
) -> Detail:
    """The detail that an article asks for.

    `at` is the name of a part of the picture or a list of such names, or a point [x, y] in domain
    units; "" is the whole. `zoom` is the enlargement; 0 shows the parts with some room around
    them, or a point `POINT_ZOOM` times as large. The detail never leaves the domain.

    Raises FigureError for a part that the picture lacks, and for an enlargement out of bounds.
    """
    if isinstance(zoom, bool) or not (zoom == 0 or 1 <= zoom <= MOST_ZOOM):
        raise FigureError("zoom", zoom, f"a number from 1 to {MOST_ZOOM}")
    if is_point(list(at)):
        x, y = (float(each) for each in at)
        return _inside(x, y, zoom or POINT_ZOOM, "")
    names = [each for each in ([at] if isinstance(at, str) else at) if each != ""]
    if not names:
        return _inside(0.5, 0.5, zoom or 1, "the middle")
    parts = {part.name: part.mask for part in dataset.parts}
    for name in names:
        if name not in parts:
            raise FigureError("at", name, f"a point [x, y], or parts: {', '.join(parts)}")
    mask = np.any([parts[str(name)] for name in names], axis=0)
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    (top, bottom), (left, right) = ((each[0], each[-1] + 1) for each in (rows, columns))
    side = max(bottom - top, right - left) / dataset.pixels * PART_ROOM
    x, y = (left + right) / 2 / dataset.pixels, (top + bottom) / 2 / dataset.pixels
    around = f"the {formatting.listing([str(name) for name in names])}"
    return _inside(float(x), float(y), zoom or min(max(1 / side, 1), MOST_ZOOM), around)


def _inside(x: float, y: float, zoom: float, around: str) -> Detail:
    """The detail nearest to this middle that does not leave the domain, as the explorer has it."""
    zoom = round(zoom, 2)
    half = 0.5 / zoom
    x, y = (min(max(round(each, 5), half), 1 - half) for each in (x, y))
    return Detail(x, y, zoom, around)


def select_neurons(text: str, widths: tuple[int, ...]) -> tuple[int, ...]:
    """The neurons that an article names, in the numbering of `network`.

    `text` is "none", or a list with commas of: "all" (every hidden neuron), "output", "layer 2",
    "layer 2 neuron 7". Layers and neurons count from 1.

    >>> select_neurons("layer 2, layer 1 neuron 3, output", (4, 2))
    (2, 4, 5, 6)
    """
    chosen: set[int] = set()
    for item in text.split(","):
        chosen |= _neurons_of(item.strip(), widths)
    return tuple(sorted(chosen))


def _neurons_of(item: str, widths: tuple[int, ...]) -> set[int]:
    """The neurons of one item of a list."""
    slices = layer_slices(widths)
    output = slices[-1].start
    named = {
        "none": range(0),
        "all": range(output),
        "output": range(output, output + 1),
    }
    if item in named:
        return set(named[item])
    match = re.fullmatch(r"layer (\d+)(?: neuron (\d+))?", item)
    if match is None:
        allowed = f"{', '.join(named)}, layer 2, layer 2 neuron 7, or a list of these with commas"
        raise FigureError("neurons", item, allowed)
    layer = int(match[1])
    if not 1 <= layer <= len(widths):
        raise FigureError("neurons", item, f"layers 1 to {len(widths)}")
    members = range(slices[layer - 1].start, slices[layer - 1].stop)
    if match[2] is None:
        return set(members)
    if not 1 <= int(match[2]) <= len(members):
        raise FigureError("neurons", item, f"neurons 1 to {len(members)} of layer {layer}")
    return {members[int(match[2]) - 1]}


def select_snapshot(step: str | int, snapshots: RecordedRun) -> int:
    """The snapshot that an article names.

    `step` is "first"; "last"; an iteration, for the last snapshot at or before it; or such as
    "loss 25%", for the first snapshot at which the loss has come that much of its way, by its
    logarithm, from the first to the lowest. Steps of equal loss show equal amounts of learning,
    whatever the run's length and schedule.
    """
    last = len(snapshots) - 1
    if step in ("first", "last"):
        return 0 if step == "first" else last
    if isinstance(step, int) and not isinstance(step, bool) and step >= 0:
        return int(np.searchsorted(snapshots.iterations, step, side="right")) - 1
    match = re.fullmatch(r"loss (\d+)%", str(step))
    if match is None or int(match[1]) > 100:
        allowed = '"first", "last", an iteration from 0 on, or "loss 0%" to "loss 100%"'
        raise FigureError("step", step, allowed)
    # A loss of zero, which only rounding can give, counts as the smallest normal number.
    logarithm = np.log(np.maximum(snapshots.loss, np.finfo(np.float64).tiny))
    fall = logarithm[0] - np.minimum.accumulate(logarithm)
    return int(np.argmax(fall >= fall[-1] * (int(match[1]) / 100)))
