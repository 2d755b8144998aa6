"""Small multiples: how each of many runs paints the picture, side by side, the best first."""

from __future__ import annotations

import base64
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ginn import formatting
from ginn.analysis.outcomes import logits_at
from ginn.dataset.dataset import Dataset
from ginn.figures.network_figure import INK, PAPER, Colours, opacity_png, svg_document
from ginn.network.forward import probability
from ginn.network.run import Float64, RecordedRun

# Samples a side of each small picture, and the space between two, in px.
SIDE = 44
GAP = 3.0


@dataclass(frozen=True)
class Multiple:
    """A run's last output: the probability of white on SIDE x SIDE places, (SIDE, SIDE)."""

    seed: int
    failed: bool
    right: float
    output: Float64


def multiples(
    runs: Iterable[RecordedRun], failed_seeds: Collection[int], dataset: Dataset
) -> tuple[Multiple, ...]:
    """The last output of each run, by the share of places it gets right; failed runs come last."""
    cell = ((np.arange(SIDE) + 0.5) / SIDE * dataset.pixels).astype(np.int64)
    small = Dataset(dataset.labels[np.ix_(cell, cell)], ())
    made = []
    for run in runs:
        logit = logits_at(run, -1, small)
        right = float(((logit > 0) == small.labels).mean())
        made.append(Multiple(run.seed, run.seed in failed_seeds, right, probability(logit)))
    return tuple(sorted(made, key=lambda each: (each.failed, -each.right, each.seed)))


def multiples_as_arrays(
    shown: Mapping[str, Sequence[Multiple]],
) -> dict[str, NDArray[Any]]:
    """Several lists as named arrays, for a file; `multiples_from_arrays` is the way back."""
    return {
        f"{what}/{field.name}": np.array([getattr(each, field.name) for each in group])
        for what, group in shown.items()
        for field in fields(Multiple)
    }


def multiples_from_arrays(arrays: Mapping[str, NDArray[Any]]) -> dict[str, tuple[Multiple, ...]]:
    """The lists that `multiples_as_arrays` took apart."""
    names = dict.fromkeys(name.rpartition("/")[0] for name in arrays)
    return {
        what: tuple(
            Multiple(int(seed), bool(failed), float(right), output)
            for seed, failed, right, output in zip(
                *(arrays[f"{what}/{field.name}"] for field in fields(Multiple)), strict=True
            )
        )
        for what in names
    }


def multiples_svg(
    shown: Sequence[Multiple], columns: int, what: str, colours: Colours, width: float
) -> str:
    """The pictures in rows of `columns`, `width` px wide; failed ones are framed.

    `what` calls them in words, such as "screening runs". Raises ValueError where there are none.
    """
    if not shown:
        raise ValueError(f"found no {what} to show, expected one or more")
    rows = math.ceil(len(shown) / columns)
    step = width / columns
    height = rows * step
    empty = [np.ones((SIDE, SIDE))] * (rows * columns - len(shown))
    sheet = np.stack([*(each.output for each in shown), *empty])  # (rows * columns, SIDE, SIDE)
    sheet = sheet.reshape(rows, columns, SIDE, SIDE).swapaxes(1, 2)
    picture = opacity_png(sheet.reshape(rows * SIDE, columns * SIDE))
    data = base64.b64encode(picture).decode("ascii")
    size = f'width="{width:g}" height="{height:g}"'
    body = [
        f'<rect class="full-black" {size} fill="{INK.light}"/>',
        f'<image class="full-white" {size} href="data:image/png;base64,{data}"/>',
        _grid(columns, rows, step, len(shown)),
    ]
    for index, each in enumerate(shown):
        if each.failed:
            x, y = (index % columns) * step + GAP / 2, (index // columns) * step + GAP / 2
            body.append(
                f'<rect class="failed" x="{x:.2f}" y="{y:.2f}" width="{step - GAP:.2f}" '
                f'height="{step - GAP:.2f}" stroke="{INK.light}" stroke-width="{GAP:g}"/>'
            )
    description = multiples_description(shown, what)
    return svg_document(width, height, f"All {what}", description, colours, "\n".join(body))


def _grid(columns: int, rows: int, step: float, count: int) -> str:
    """Gaps between the pictures, and paper over the places that none stands in."""
    return "".join(
        f'<rect class="paper" x="{x:.2f}" y="{y:.2f}" width="{w:.2f}" height="{h:.2f}" '
        f'fill="{PAPER.light}"/>'
        for x, y, w, h in _bars(columns, rows, step, count)
    )


def _bars(
    columns: int, rows: int, step: float, count: int
) -> Iterable[tuple[float, float, float, float]]:
    """Left, top, width and height of each bar of paper."""
    width, height = columns * step, rows * step
    for i in range(columns + 1):
        yield i * step - GAP / 2, 0.0, GAP, height
    for i in range(rows + 1):
        yield 0.0, i * step - GAP / 2, width, GAP
    left = count - (rows - 1) * columns
    if left < columns:
        yield left * step, (rows - 1) * step, (columns - left) * step, step


def multiples_description(shown: Sequence[Multiple], what: str) -> str:
    """What the pictures show, in words."""
    failed = [str(each.seed) for each in shown if each.failed]
    word = "Seed" if len(failed) == 1 else "Seeds"
    told = f"{word} {formatting.listing(failed)} failed." if failed else "None failed."
    return (
        f"{formatting.count(len(shown))} {what}, each as a small picture of what the network says. "
        f"The best gets {formatting.percent(shown[0].right)} right. {told}"
    )
