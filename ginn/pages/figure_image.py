"""One image of a figure in an article."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ginn.figures.by_hand import Controls
from ginn.figures.network_figure import Scene
from ginn.figures.svg import Svg
from ginn.pages.view_state import ViewState


@dataclass(frozen=True)
class FigureImage:
    """One image of a figure: `draw` makes its SVG, and `draw_narrow` another one for phones.

    `name` is the first part of its files' names. `scene` is what it shows of a network, and `state`
    is the view state with which the explorer shows the same. Both are None for a chart. `language`
    is the language of `alternative`, if it differs from that of the page's own words. `controls`
    are the controls of a figure whose weights a reader can change. Images of the same `replayed`
    name are moments of one thing. A script shows them one after another. Without scripts, those
    that are `still` are shown. The id of an image with an `anchor` is its figure's id, a hyphen
    and the anchor. `leads` is the id of an element of the page to which the image leads.
    """

    name: str
    alternative: str
    draw: Callable[[], Svg]
    draw_narrow: Callable[[], Svg] | None = None
    label: str = ""
    state: ViewState | None = None
    scene: Scene | None = None
    language: str = ""
    controls: Controls | None = None
    replayed: str = ""
    still: bool = True
    anchor: str = ""
    leads: str = ""
