"""The arguments of figures: neurons, a snapshot, a background, a detail of the domain.

Each function turns an author's words into values. It raises AuthorError for words that have no
meaning in this report. The key of the error is the argument's name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np

from ginn.config.models import is_point
from ginn.dataset.dataset import Dataset
from ginn.elementary import logarithm
from ginn.errors import AuthorError, quoted
from ginn.network.run import RecordedRun, layer_slices

Background = Literal["output", "target", "error", "regions", "plain"]

# The largest enlargement, the same as in the viewer (`MOST_ZOOM` in store.js).
MOST_ZOOM = 64
# The enlargement of a point's detail if the author gives none.
POINT_ZOOM = 4.0
# The side of a part's detail, as a multiple of the part's larger side.
PART_MARGIN = 1.4


class Detail(NamedTuple):
    """The square of the domain that is shown: its middle (domain units), and the enlargement.

    `parts` are the parts of the picture that it is about, for the text alternative.
    """

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0
    parts: tuple[str, ...] = ()

    @property
    def corner(self) -> tuple[float, float]:
        """The upper left corner (domain units)."""
        return self.x - 0.5 / self.zoom, self.y - 0.5 / self.zoom


WHOLE = Detail()


def select_background(name: object) -> Background:
    """The background that an article names."""
    backgrounds: tuple[Background, ...] = get_args(Background)
    for background in backgrounds:
        if name == background:
            return background
    raise AuthorError(quoted(name), ", ".join(backgrounds), key="background")


def select_detail(
    at: str | Sequence[str] | Sequence[float], zoom: float, dataset: Dataset
) -> Detail:
    """The detail that an article asks for; it never leaves the domain.

    `at` is the name of a part of the picture, a list of such names, or a point [x, y] in domain
    units. "" means the whole picture. `zoom` is the enlargement. With 0, parts are shown with a
    margin around them, and a point is enlarged `POINT_ZOOM` times.
    """
    if isinstance(zoom, bool) or not (zoom == 0 or 1 <= zoom <= MOST_ZOOM):
        raise AuthorError(quoted(zoom), f"a number from 1 to {MOST_ZOOM}", key="zoom")
    if is_point(list(at)):
        x, y = (float(each) for each in at)
        return _inside(x, y, zoom or POINT_ZOOM)
    names = [each for each in ([at] if isinstance(at, str) else at) if each != ""]
    if not names:
        return _inside(0.5, 0.5, zoom or 1)
    parts = {part.name: part.mask for part in dataset.parts}
    for name in names:
        if name not in parts:
            allowed = f"a point [x, y], or parts: {', '.join(parts)}"
            raise AuthorError(quoted(name), allowed, key="at")
    mask = np.any([parts[str(name)] for name in names], axis=0)
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    (top, bottom), (left, right) = ((each[0], each[-1] + 1) for each in (rows, columns))
    side = max(bottom - top, right - left) / dataset.pixels * PART_MARGIN
    x, y = (left + right) / 2 / dataset.pixels, (top + bottom) / 2 / dataset.pixels
    enlarged = zoom or min(max(1 / side, 1), MOST_ZOOM)
    return _inside(float(x), float(y), enlarged, tuple(str(name) for name in names))


def _inside(x: float, y: float, zoom: float, parts: tuple[str, ...] = ()) -> Detail:
    """The detail in the domain whose middle is nearest to (x, y).

    Its numbers have as many digits as in an address of the explorer, which shows the same detail.
    """
    zoom = round(zoom, 2)
    half = 0.5 / zoom
    x, y = (min(max(round(each, 5), half), 1 - half) for each in (x, y))
    return Detail(x, y, zoom, parts)


def select_neurons(text: str, widths: tuple[int, ...]) -> tuple[int, ...]:
    """The neurons that an article names, numbered layer by layer with the output last.

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
        raise AuthorError(quoted(item), allowed, key="neurons")
    layer = int(match[1])
    if not 1 <= layer <= len(widths):
        raise AuthorError(quoted(item), f"layers 1 to {len(widths)}", key="neurons")
    members = range(slices[layer - 1].start, slices[layer - 1].stop)
    if match[2] is None:
        return set(members)
    if not 1 <= int(match[2]) <= len(members):
        allowed = f"neurons 1 to {len(members)} of layer {layer}"
        raise AuthorError(quoted(item), allowed, key="neurons")
    return {members[int(match[2]) - 1]}


def select_snapshot(step: str | int, snapshots: RecordedRun) -> int:
    """The snapshot that an article names.

    `step` has four forms. "first" and "last" mean the run's first and last snapshots. An iteration
    means the last snapshot at or before it. "loss 25%" means the first snapshot at which the
    logarithm of the loss has gone 25% of the way from its first to its lowest value. Equal steps in
    this percentage divide the loss by equal factors, whatever the run's length and schedule.
    """
    last = len(snapshots) - 1
    if step in ("first", "last"):
        return 0 if step == "first" else last
    if isinstance(step, int) and not isinstance(step, bool) and step >= 0:
        return int(np.searchsorted(snapshots.iterations, step, side="right")) - 1
    match = re.fullmatch(r"loss (\d+)%", str(step))
    if match is None or int(match[1]) > 100:
        allowed = '"first", "last", an iteration from 0 on, or "loss 0%" to "loss 100%"'
        raise AuthorError(quoted(step), allowed, key="step")
    # A loss can be zero only by rounding. It counts as the smallest normal number.
    logarithms = logarithm(np.maximum(snapshots.loss, np.finfo(np.float64).tiny))
    fall = logarithms[0] - np.minimum.accumulate(logarithms)
    return int(np.argmax(fall >= fall[-1] * (int(match[1]) / 100)))
