"""One to three neurons whose weights a reader changes: the picture before the first change.

The square has coordinates of its own: x and y run from -1 to 1, from left to right and from top to
bottom. So a neuron with the bias zero has its line through the middle. The weights are the tip of
an arrow from the middle, at right angles to the line: they turn the line, and the bias shifts it.
The script `templates/viewer/by_hand.js` draws the same picture and lets a reader drag it.

The first two neurons, A and B, are of the first layer. The third, C, is of the second layer: its
inputs are the outputs of A and B.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from ginn.figures import svg
from ginn.figures.svg import Svg, element
from ginn.figures.theme import PAPER, Colours, paint
from ginn.geometry.boundaries import Boundaries, trace
from ginn.geometry.region_polygons import region_polygons
from ginn.language.words import Words
from ginn.network.forward import pre_activations
from ginn.network.run import Float64, RecordedRun

NAMES = ("A", "B", "C")
# The first weights by the number of neurons: of each neuron, two weights and the bias.
DEFAULTS = {
    1: ((0.8, -0.5, 0.1),),
    2: ((0.7, 0.4, 0.1), (-0.3, 0.8, 0.1)),
    3: ((0.7, 0.4, 0.2), (-0.3, 0.8, 0.2), (0.8, 0.7, -0.4)),
}
AXES = ("x = 1", "y = 1")
SIDE = 400  # px
# A neuron's grip is the point of its boundary that is nearest to this place.
GRIPS = ((0.4, -0.8), (-0.8, -0.4), (0.7, -0.5))
# A region with a smaller share of the square has no label.
LEAST_LABELLED = 0.03
# A label keeps this distance from an arrow.
CLEAR = 0.17
TEXT = 15  # px
LINE, ARROW, MARK, GRIP = 3, 2, 4, 12  # px


@dataclass(frozen=True)
class Region:
    """A linear region: its vertices (V, 2) from -1 to 1, and whether each neuron is on there."""

    vertices: Float64
    on: tuple[bool, ...]

    @property
    def area(self) -> float:
        """The area as a share of the square."""
        (x, y), (x1, y1) = self.vertices.T, np.roll(self.vertices, -1, axis=0).T
        return float(abs((x * y1 - x1 * y).sum()) / 8)


@dataclass(frozen=True)
class ByHand:
    """One to three neurons: of each, two weights and the bias."""

    weights: tuple[tuple[float, ...], ...]

    @property
    def layers(self) -> tuple[int, ...]:
        """The layer of each neuron, from 1."""
        return (1, 1, 2)[: len(self.weights)]

    def inputs(self, neuron: int) -> tuple[str, ...]:
        """The names of a neuron's two inputs."""
        return NAMES[:2] if self.layers[neuron] == 2 else ("x", "y")

    @cached_property
    def run(self) -> RecordedRun:
        """The network, with one snapshot, on the unit square; its output is zero."""
        first = np.array(self.weights[:2])
        # With u from 0 to 1, x is 2 u - 1.
        layers = [(2 * first[:, :2], first[:, 2] - first[:, :2].sum(axis=1))]
        layers += [(np.array([row[:2]]), np.array([row[2]])) for row in self.weights[2:]]
        layers.append((np.zeros((1, len(layers[-1][1]))), np.zeros(1)))
        nothing = np.zeros(1)
        return RecordedRun(
            seed=0,
            iterations=np.zeros(1, dtype=np.int64),
            weights=tuple(weight[None].astype(np.float32) for weight, _ in layers),
            biases=tuple(bias[None].astype(np.float32) for _, bias in layers),
            loss=nothing,
            accuracy=nothing,
            learning_rate=nothing,
        )

    @cached_property
    def _boundaries(self) -> Boundaries:
        return trace(self.run)

    @cached_property
    def regions(self) -> list[Region]:
        """The linear regions of all neurons."""
        polygons = region_polygons(self.run)
        middles = np.stack([polygon.mean(axis=0) for polygon in polygons])
        *hidden, _ = pre_activations(*self.run.at(0), middles)
        on = np.concatenate(hidden, axis=1) > 0
        pairs = zip(polygons, on.tolist(), strict=True)
        return [Region(2 * polygon - 1, tuple(each)) for polygon, each in pairs]

    def share(self, neuron: int) -> float:
        """The share of the square over which a neuron is on."""
        # Rounding may take the sum above the whole square.
        return min(1.0, sum(region.area for region in self.regions if region.on[neuron]))

    def polylines(self, neuron: int) -> list[Float64]:
        """The boundary of a neuron: polylines of vertices (V, 2) from -1 to 1."""
        return [2 * each.vertices - 1 for each in self._boundaries.polylines(0, neuron)]

    def kinks(self, neuron: int) -> Float64:
        """The places where an earlier neuron bends the boundary of this one, (M, 2)."""
        lines = self._boundaries.polylines(0, neuron)
        bent = [2 * line.vertices[line.causes >= 0] - 1 for line in lines]
        return np.concatenate([np.empty((0, 2)), *bent])

    @property
    def shaded(self) -> tuple[int, ...]:
        """The neurons whose on side is shaded: those of the last layer."""
        return tuple(n for n, layer in enumerate(self.layers) if layer == self.layers[-1])


def state_names(hand: ByHand, words: Words) -> dict[str, str]:
    """The label of a region by the states of the shaded neurons, such as "10" for on and off."""
    if len(hand.shaded) == 2:
        only = {"10": words.say("hand.only", name="A"), "01": words.say("hand.only", name="B")}
        return only | {"11": words.say("hand.both"), "00": words.say("hand.neither")}
    if len(hand.weights) == 1:
        return {"1": words.say("hand.on"), "0": words.say("hand.off")}
    return {
        "1": words.say("hand.name-on", name="C"),
        "0": words.say("hand.name-off", name="C"),
    }


def by_hand_svg(hand: ByHand, colours: Colours, words: Words) -> Svg:
    """The picture: the areas where neurons are on, axes, arrows, lines, kinks, and names."""
    body = [
        f"<style>{_fills(colours)}</style>",
        svg.backdrop("paper", SIDE, SIDE),
        *(_on_side(hand, neuron, colours) for neuron in hand.shaded),
        *_axes(),
        *_labels(hand, words),
        *(part for n in range(len(hand.weights[:2])) for part in _arrow(hand, n, colours)),
        *(part for n in range(len(hand.weights)) for part in _line(hand, n, colours)),
    ]
    title = words.say("hand.title", count=len(hand.weights))
    return svg.document(SIDE, SIDE, title, description(hand, words), colours, body)


def description(hand: ByHand, words: Words) -> str:
    """The text alternative: the axes, and of each neuron its sum and where it is on."""
    return words.say("hand.square") + " " + " ".join(_described(hand, words))


def _described(hand: ByHand, words: Words) -> Iterator[str]:
    for neuron in range(len(hand.weights)):
        name = words.say("hand.neuron", name=NAMES[neuron])
        total, share = sum_in_words(hand, neuron, words), words.percent(hand.share(neuron), 0)
        yield words.say("hand.described", neuron=name, sum=total, share=share)
        if hand.layers[neuron] == 2:
            yield words.say("hand.bends", count=len(hand.kinks(neuron)))


@dataclass(frozen=True)
class NeuronControls:
    """A neuron as a page shows it: its name, and for each term of its sum an input and a number.

    `inputs` has "" for the bias. `numbers` are `values` with a sign, as text.
    """

    name: str
    layer: int
    inputs: tuple[str, ...]
    values: tuple[float, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Controls:
    """What a page shows beside the picture, and in JSON what the script draws with."""

    neurons: tuple[NeuronControls, ...]
    live: str


def controls_of(hand: ByHand, words: Words) -> Controls:
    """The controls of the neurons."""
    inputs = [(*hand.inputs(neuron), "") for neuron in range(len(hand.weights))]
    rows = zip(NAMES, hand.layers, inputs, hand.weights, strict=False)
    neurons = tuple(
        NeuronControls(name, layer, each, values, _signed(values, words))
        for name, layer, each, values in rows
    )
    live = {
        "weights": hand.weights,
        "names": NAMES[: len(hand.weights)] if len(hand.weights) > 1 else [""],
        "grips": GRIPS[: len(hand.weights)],
        "axes": AXES,
        "states": state_names(hand, words),
        "spoken": words.say("hand.spoken", value="{value}", share="{share}"),
    }
    return Controls(neurons, json.dumps(live, ensure_ascii=False))


def sum_in_words(hand: ByHand, neuron: int, words: Words) -> str:
    """A neuron's sum as text: "0.80 x − 0.50 y + 0.10"."""
    numbers = _signed(hand.weights[neuron], words)
    inputs = (*hand.inputs(neuron), "")
    return " ".join(f"{a} {b}".strip() for a, b in zip(numbers, inputs, strict=True))


def _signed(values: Sequence[float], words: Words) -> tuple[str, ...]:
    """The numbers of a sum: "0.80", "− 0.50", "+ 0.10"."""
    signs = [
        "\N{MINUS SIGN}" if round(value, 2) < 0 else "+" if n else ""
        for n, value in enumerate(values)
    ]
    numbers = [words.decimal(abs(value)) for value in values]
    spaces = ["", *["\N{NO-BREAK SPACE}"] * (len(values) - 1)]
    return tuple(map("".join, zip(signs, spaces, numbers, strict=True)))


def _fills(colours: Colours) -> str:
    """The style of the areas where neurons are on, in both themes."""
    light, dark = (
        "".join(f".on-{kind}{{fill:{shades[theme]}}}" for kind, shades in colours.lines().items())
        for theme in (0, 1)
    )
    return f"{light}@media(prefers-color-scheme:dark){{{dark}}}"


def _on_side(hand: ByHand, neuron: int, colours: Colours) -> str:
    """The area where a neuron is on: one path, so that no seam shows between regions."""
    kind = f"layer-{hand.layers[neuron]}"
    data = "".join(_path(r.vertices, closed=True) for r in hand.regions if r.on[neuron])
    fill = {"class": f"on-{kind}", "fill": colours.lines()[kind].light, "fill-opacity": "0.16"}
    return element("path", fill | {"d": data}) if data else ""


def _axes() -> Iterator[str]:
    """The axes through the middle, with their names and ends."""
    middle = SIDE / 2
    for points in (((0, middle), (SIDE, middle)), ((middle, 0), (middle, SIDE))):
        yield element("path", {**paint("rule"), "d": svg.path_data(points)})
    yield _text(SIDE - 6, middle - 6, AXES[0], "end")
    yield _text(middle + 6, SIDE - 8, AXES[1], "start")


def _text(x: float, y: float, words: str, anchor: str = "middle", kind: str = "muted") -> str:
    attributes = {"x": svg.tenths(x), "y": svg.tenths(y), "font-size": str(TEXT)}
    return element("text", paint(kind) | attributes | {"text-anchor": anchor}, escape(words))


def _labels(hand: ByHand, words: Words) -> Iterator[str]:
    """The label of the largest region of each state."""
    names = state_names(hand, words)
    largest: dict[str, Region] = {}
    for region in sorted(hand.regions, key=lambda each: each.area):
        largest["".join(str(int(region.on[n])) for n in hand.shaded)] = region
    for state, region in largest.items():
        if region.area >= LEAST_LABELLED:
            place = _centroid(region.vertices)
            for weights in hand.weights[:2]:
                place = _beside(place, weights[:2])
            x, y = _placed(place)
            yield _text(x, y + TEXT / 3, names[state], kind="ink")


def _centroid(vertices: Float64) -> Float64:
    """The centroid of a polygon's area."""
    after = np.roll(vertices, -1, axis=0)
    cross = vertices[:, 0] * after[:, 1] - after[:, 0] * vertices[:, 1]
    found: Float64 = ((vertices + after) * cross[:, None]).sum(axis=0) / (3 * cross.sum())
    return found


def _beside(place: Float64, arrow: Sequence[float]) -> Float64:
    """The place of a label, moved away from an arrow that it would lie on."""
    x, y = arrow
    size = float(np.sqrt(x * x + y * y))
    if size == 0:
        return place
    along, aside = (place[0] * x + place[1] * y) / size, (place[1] * x - place[0] * y) / size
    if not -CLEAR <= along <= size + CLEAR or abs(aside) > CLEAR:
        return place
    move = (-CLEAR if aside < 0 else CLEAR) - aside
    moved: Float64 = place + move * np.array([-y, x]) / size
    return moved


def _arrow(hand: ByHand, neuron: int, colours: Colours) -> Iterator[str]:
    """The arrow from the middle to the place of two weights, with a name if there are several."""
    middle, tip = _placed((0, 0)), _placed(hand.weights[neuron][:2])
    length = float(np.sqrt(((tip - middle) ** 2).sum()))
    if length < 2:
        return
    ahead = (tip - middle) / length
    side = np.array([-ahead[1], ahead[0]])
    head = [tip - 12 * ahead + 7 * side, tip, tip - 12 * ahead - 7 * side]
    data = "".join(svg.path_data(np.array(each).tolist()) for each in ([middle, tip], head))
    yield element("path", colours.paint("layer-1") | {"stroke-width": str(ARROW), "d": data})
    if len(hand.weights) > 1:
        x, y = tip + 14 * ahead
        yield _text(x, y + TEXT / 3, NAMES[neuron], kind="ink")


def _line(hand: ByHand, neuron: int, colours: Colours) -> Iterator[str]:
    """A neuron's boundary with its kinks, and its grip with its name if there are several."""
    layer = colours.paint(f"layer-{hand.layers[neuron]}")
    polylines = hand.polylines(neuron)
    if not polylines:
        return
    data = "".join(map(_path, polylines))
    ends = {"stroke-width": str(LINE), "stroke-linejoin": "round", "stroke-linecap": "round"}
    yield element("path", layer | ends | {"d": data})
    filled = {"class": f"paper {layer['class']}", "fill": PAPER.light, "stroke": layer["stroke"]}
    for x, y in _placed(hand.kinks(neuron)):
        corner = {"x": svg.tenths(x - MARK), "y": svg.tenths(y - MARK)}
        sides = {"width": str(2 * MARK), "height": str(2 * MARK), "stroke-width": "2"}
        yield element("rect", filled | corner | sides)
    x, y = _placed(_nearest(polylines, GRIPS[neuron]))
    several = len(hand.weights) > 1
    circle = {"cx": svg.tenths(x), "cy": svg.tenths(y), "r": str(GRIP if several else GRIP / 2)}
    yield element("circle", filled | circle | {"stroke-width": "2"})
    if several:
        yield _text(x, y + TEXT / 3, NAMES[neuron], kind="ink")


def _nearest(polylines: Sequence[Float64], place: Sequence[float]) -> Float64:
    """The point (2,) of some polylines that is nearest to a place."""
    target, found = np.array(place), []
    for line in polylines:
        start, step = line[:-1], np.diff(line, axis=0)
        length = (step**2).sum(axis=1)
        along = ((target - start) * step).sum(axis=1) / np.where(length > 0, length, 1)
        found.append(start + along.clip(0, 1)[:, None] * step)
    points = np.concatenate(found)
    nearest: Float64 = points[((points - target) ** 2).sum(axis=1).argmin()]
    return nearest


def _placed(points: ArrayLike) -> Float64:
    """Points (..., 2) of the square in pixels of the picture."""
    placed: Float64 = (np.asarray(points, dtype=np.float64) + 1) * (SIDE / 2)
    return placed


def _path(vertices: Float64, closed: bool = False) -> str:
    return svg.path_data(_placed(vertices).tolist(), 2, closed)
