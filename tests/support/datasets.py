"""Small datasets for tests."""

from __future__ import annotations

import numpy as np

from ginn.dataset.dataset import Dataset, Part


def halves(pixels: int = 20, left_white: bool = False) -> Dataset:
    """A picture with two halves of different colours, `left` and `right`."""
    left = np.zeros((pixels, pixels), dtype=np.bool_)
    left[:, : pixels // 2] = True
    labels = left if left_white else ~left
    return Dataset(labels, (Part("left", left_white, left), Part("right", not left_white, ~left)))


def disc(pixels: int = 32) -> Dataset:
    """A white disc on black ground."""
    centre = (np.arange(pixels) + 0.5) / pixels - 0.5
    labels = centre[:, None] ** 2 + centre[None, :] ** 2 < 0.1
    return Dataset(labels, (Part("disc", True, labels), Part("ground", False, ~labels)))
