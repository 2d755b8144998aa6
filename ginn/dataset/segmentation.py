"""Separate dark from light by Otsu's method, and divide a black and white picture into parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ginn.dataset.dataset import Part

# The largest number of regions of a colour that are parts of their own. All others form one part.
MOST_REGIONS = 8
# A region that covers at least this share of the picture can be a part of its own.
LEAST_SHARE = 0.002
# The names of places, by the third of the height (rows) and of the width (columns).
PLACES = (
    ("top left", "top", "top right"),
    ("left", "middle", "right"),
    ("bottom left", "bottom", "bottom right"),
)
AROUND, SPECKS = "surrounding", "specks"


def otsu_threshold(levels: NDArray[np.uint8]) -> int:
    """The grey level that best separates dark (<= level) from light, by Otsu's method.

    N. Otsu, A threshold selection method from gray-level histograms, IEEE Transactions on Systems,
    Man, and Cybernetics 9(1), 62-66, 1979. The variance between the classes (eq. 18) is largest at
    this level. If several levels are equally good, as in a picture of two grey levels, the middle
    one of them is returned.
    """
    histogram = np.bincount(levels.ravel(), minlength=256)
    total, level_sum = levels.size, int(levels.sum(dtype=np.int64))
    dark = np.cumsum(histogram)
    dark_sum = np.cumsum(histogram * np.arange(256))
    between = np.zeros(256)
    split = (dark > 0) & (dark < total)
    difference = level_sum * dark[split] / total - dark_sum[split]
    between[split] = difference**2 / (dark[split] * (total - dark[split]))
    # All levels within a gap of the histogram separate the same pixels: their variances are equal.
    best = np.flatnonzero(between == between.max())
    return int(best[len(best) // 2])


def regions(labels: NDArray[np.bool_]) -> tuple[Part, ...]:
    """Connected regions (4-neighbours) as parts that tile the domain, largest first.

    The largest regions of a colour are parts of their own, named by their place. All other regions
    of the colour are one part. There are at most 2 (MOST_REGIONS + 1) parts.
    """
    parts = [*_regions_of(labels, True), *_regions_of(labels, False)]
    parts.sort(key=lambda part: -int(part.mask.sum()))
    return _numbered(parts)


def _regions_of(labels: NDArray[np.bool_], white: bool) -> list[Part]:
    """The parts of one colour: its largest regions, then the part of all others."""
    # Regions are numbered from 1, in the order of their first pixels, row by row.
    region, _ = ndimage.label(labels == white)
    sizes = np.bincount(region.ravel())[1:]
    largest = np.argsort(-sizes, kind="stable")
    named = largest[: MOST_REGIONS + 1]
    named = named[sizes[named] >= LEAST_SHARE * labels.size][:MOST_REGIONS]
    if len(largest) == len(named) + 1:
        named = largest  # one region alone is not "specks"
    colour = "white" if white else "black"
    parts = []
    for each in named:
        mask = region == each + 1
        parts.append(Part(f"{_place(mask)} {colour}", white, mask))
    if len(largest) > len(named):
        mask = np.isin(region, largest[len(named) :] + 1)
        parts.append(Part(f"{colour} {SPECKS}", white, mask))
    return parts


def _place(mask: NDArray[np.bool_]) -> str:
    """The name of a region's place: AROUND if it touches all four sides, or by its centroid."""
    if mask[0].any() and mask[-1].any() and mask[:, 0].any() and mask[:, -1].any():
        return AROUND
    rows, columns = np.nonzero(mask)
    down, across = (int(3 * (each.mean() + 0.5) / len(mask)) for each in (rows, columns))
    return PLACES[down][across]


def _numbered(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts, with a number added to each name that an earlier part has."""
    seen: dict[str, int] = {}
    numbered = []
    for part in parts:
        seen[part.name] = seen.get(part.name, 0) + 1
        again = f" {seen[part.name]}" if seen[part.name] > 1 else ""
        numbered.append(replace(part, name=part.name + again))
    return tuple(numbered)
