"""Linear regions as a picture: the set of neurons that are on decides a region's colour.

Numbers and colours are those of the viewer (`templates/viewer/regions.js`), so that a figure keeps
its colours when the viewer takes the place of its image.

Axes: R rows, C columns.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ginn.elementary import cosine_of_half_turns
from ginn.figures.selection import Detail
from ginn.network.forward import pre_activations
from ginn.network.run import RecordedRun

Numbers = NDArray[np.uint32]
# Pixels along a side of the picture, whatever the detail.
SIDE = 400
COLOURS = 256
GOLDEN_ANGLE = 137.508  # degrees between the hues of successive colours


def region_numbers(run: RecordedRun, snapshot: int, detail: Detail, side: int = SIDE) -> Numbers:
    """The number of the linear region at the middle of each pixel (R, C) of a detail.

    It is the exclusive or of the numbers of all hidden neurons that are on.
    """
    middles = (np.arange(side) + 0.5) / side / detail.zoom
    left, top = detail.corner
    x, y = np.meshgrid(left + middles, top + middles)
    points = np.stack([x.ravel(), y.ravel()], axis=-1)
    *hidden, _ = pre_activations(*run.at(snapshot), points)
    on = np.concatenate(hidden, axis=-1) > 0  # (R * C, neurons)
    numbers = np.where(on, neuron_numbers(on.shape[1]), np.uint32(0))
    combined: Numbers = np.bitwise_xor.reduce(numbers, axis=1)
    return combined.reshape(side, side)


def neuron_numbers(count: int) -> Numbers:
    """The numbers (count,) of the first neurons: a hash of each neuron's index."""
    bits = np.arange(1, count + 1, dtype=np.uint32) * np.uint32(0x9E3779B1)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        bits = (bits ^ (bits >> np.uint32(shift))) * np.uint32(factor)
    return bits ^ (bits >> np.uint32(16))


def colour_indices(numbers: Numbers) -> NDArray[np.uint8]:
    """The index of each region's colour in the palette."""
    return (numbers >> np.uint32(24)).astype(np.uint8)


def palette(dark: bool) -> NDArray[np.uint8]:
    """The soft colours (COLOURS, 3) of regions on a light or on a dark page."""
    index = np.arange(COLOURS)
    lightness = (0.16 if dark else 0.8) + 0.045 * (index % 4)
    degrees = (index * GOLDEN_ANGLE % 360)[:, None] - np.array([0.0, 120.0, 240.0])
    cosine = cosine_of_half_turns(1.0 - np.abs(1.0 - np.abs(degrees) / 180))
    colours = lightness[:, None] + (0.1 if dark else 0.12) * cosine
    found: NDArray[np.uint8] = np.rint(255 * colours.clip(0, 1)).astype(np.uint8)
    return found
