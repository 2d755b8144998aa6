"""Small multiples: the last output of each of many runs, side by side, the best first, as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from ginn.figures import svg
from ginn.figures.final_outputs import SIDE, FinalOutput
from ginn.figures.svg import Svg
from ginn.figures.theme import INK, PAPER, Colours
from ginn.language.words import Words

GAP = 3.0  # px between two pictures


def multiples_svg(
    shown: Sequence[FinalOutput],
    columns: int,
    what: str,
    colours: Colours,
    words: Words,
    width: float,
) -> Svg:
    """The pictures in rows of `columns`, `width` px wide, with frames around failed runs.

    `what` names them, such as "screening runs".
    """
    rows = math.ceil(len(shown) / columns)
    step = width / columns
    height = rows * step
    empty = [np.ones((SIDE, SIDE))] * (rows * columns - len(shown))
    sheet = np.stack([*(each.output for each in shown), *empty])  # (rows * columns, SIDE, SIDE)
    sheet = sheet.reshape(rows, columns, SIDE, SIDE).swapaxes(1, 2)
    picture = sheet.reshape(rows * SIDE, columns * SIDE)
    bars = _bars(columns, rows, step, len(shown))
    body = [
        svg.backdrop("full-black", width, height),
        svg.embedded_picture(picture, "full-white", width, height),
        "".join(_rectangle("paper", *bar, {"fill": PAPER.light}) for bar in bars),
    ]
    frame = {"stroke": INK.light, "stroke-width": f"{GAP:g}"}
    for index, each in enumerate(shown):
        if each.failed:
            x, y = (index % columns) * step + GAP / 2, (index // columns) * step + GAP / 2
            body.append(_rectangle("failed", x, y, step - GAP, step - GAP, frame))
    title = words.say(f"chart.{what.replace(' ', '-')}-title")
    description = multiples_description(shown, what, words)
    return svg.document(width, height, title, description, colours, body)


def _rectangle(
    kind: str, x: float, y: float, width: float, height: float, colour: Mapping[str, str]
) -> str:
    """A rectangle of a class, placed to a hundredth of a pixel."""
    sides = {"x": x, "y": y, "width": width, "height": height}
    written = {name: f"{value:.2f}" for name, value in sides.items()}
    return svg.element("rect", {"class": kind, **written, **colour})


def _bars(
    columns: int, rows: int, step: float, count: int
) -> Iterable[tuple[float, float, float, float]]:
    """The left, top, width and height of each gap, and of the area without pictures."""
    width, height = columns * step, rows * step
    for i in range(columns + 1):
        yield i * step - GAP / 2, 0.0, GAP, height
    for i in range(rows + 1):
        yield 0.0, i * step - GAP / 2, width, GAP
    last = count - (rows - 1) * columns
    if last < columns:
        yield last * step, (rows - 1) * step, (columns - last) * step, step


def multiples_description(shown: Sequence[FinalOutput], what: str, words: Words) -> str:
    """The text alternative of the pictures."""
    failed = [words.count(each.seed) for each in shown if each.failed]
    outcome = words.say("chart.no-seed-failed")
    if failed:
        numbers = words.listing(failed)
        outcome = words.say("chart.seeds-failed", count=len(failed), numbers=numbers)
    share = words.percent(shown[0].right)
    key = f"chart.{what.replace(' ', '-')}-text"
    return words.say(key, count=len(shown), share=share, failed=outcome)
