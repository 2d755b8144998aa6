"""View states: the state of an explorer as a value, and as the query after "#" in its address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from ginn.figures.network_figure import Scene
from ginn.figures.selection import WHOLE, Background, Detail
from ginn.network.run import layer_slices, place_of


@dataclass(frozen=True)
class ViewState:
    """A state of the explorer. Fields at their defaults are left out of the query.

    The fields are rows of the table in `templates/viewer/store.js`. `neurons` are the shown
    neurons, numbered layer by layer in a network of these `widths`, the output last. `beside` is
    the id of a second run. `trail` is the number of earlier snapshots that stay visible. `speed`
    is in snapshots a second. `point` (domain units) is the point whose output is shown. `about` is
    the neuron whose kinks are listed.
    """

    run: str
    snapshot: int
    widths: tuple[int, ...]
    neurons: tuple[int, ...]
    background: Background
    detail: Detail = WHOLE
    beside: str = ""
    trail: int = 0
    speed: int = 0
    point: tuple[float, float] | None = None
    about: int | None = None

    def to_query(self) -> str:
        """The state as text in the form that the explorer reads."""
        terms: dict[str, str | int] = {"run": self.run}
        if self.beside:
            terms["beside"] = self.beside
        terms |= {
            "step": self.snapshot,
            "show": _selection(self.neurons, self.widths),
            "behind": self.background,
        }
        if self.trail:
            terms["trail"] = self.trail
        if self.detail.zoom > 1:
            x, y, zoom, _ = self.detail
            terms |= {"zoom": f"{zoom:.12g}", "x": f"{x:.5g}", "y": f"{y:.5g}"}
        if self.speed:
            terms["speed"] = self.speed
        if self.point:
            terms["point"] = "{:.5f},{:.5f}".format(*self.point)
        if self.about is not None:
            layer, unit = place_of(self.widths, self.about)
            terms["about"] = f"{layer}.{unit}"
        return urlencode(terms, safe=",")


def _selection(neurons: Sequence[int], widths: tuple[int, ...]) -> str:
    """The explorer's text for neurons: "2" is a whole layer, "2.7" a neuron, "out" the output."""
    *hidden, output = layer_slices(widths)
    terms = []
    for number, layer in enumerate(hidden, 1):
        units = [n - layer.start + 1 for n in neurons if layer.start <= n < layer.stop]
        whole = len(units) == layer.stop - layer.start
        terms += [f"{number}"] if whole else [f"{number}.{unit}" for unit in units]
    if output.start in neurons:
        terms.append("out")
    return ",".join(terms) or "none"


def state_of(scene: Scene) -> ViewState:
    """The state in which an explorer shows this scene."""
    return ViewState(
        scene.run.id,
        scene.snapshot,
        scene.boundaries.widths,
        scene.neurons,
        scene.background,
        scene.detail,
    )


def shared_state(states: Sequence[ViewState | None]) -> ViewState | None:
    """The state that shows all of these states at once, or None if there is none.

    For a single state, it is the state itself. For two states that differ only in the run, it shows
    two runs side by side. For a state without neurons, it is None: such a picture hardly changes
    during training, so a viewer in its place is not useful.
    """
    first, *others = states or [None]
    if first is None or not first.neurons:
        return None
    if not others:
        return first
    second = others[0]
    alike = second is not None and replace(second, run=first.run) == first
    if second is None or len(others) > 1 or second.run == first.run or not alike:
        return None
    return replace(first, beside=second.run)
