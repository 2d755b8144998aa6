"""Minibatches: even draws of pixels, from a stream for each seed."""

from __future__ import annotations

import math

import pytest
import torch
from support.datasets import disc

from ginn.dataset.dataset import Dataset
from ginn.network.minibatches import Minibatches


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return disc()


def test_minibatches_of_two_seeds_differ(dataset: Dataset) -> None:
    inputs, _ = Minibatches(dataset, 64, [0, 1]).draw(3)
    assert not torch.equal(inputs[:, 0], inputs[:, 1])


def test_minibatches_are_pixels_with_their_labels_drawn_evenly(
    dataset: Dataset,
) -> None:
    inputs, labels = Minibatches(dataset, 128, [4]).draw(400)
    column, row = (inputs[:, 0, :2] * 32).floor().long().unbind(1)
    expected = torch.from_numpy(dataset.labels)[row, column]
    assert torch.equal(labels[:, 0] > 0, expected)
    counts = torch.bincount((row * 32 + column).ravel(), minlength=1024).double()
    # 50 draws a pixel on average; a chi-square with 1,023 degrees of freedom, six sigma wide.
    chi_square = float(((counts - 50) ** 2 / 50).sum())
    assert abs(chi_square - 1023) < 6 * math.sqrt(2 * 1023)


def test_minibatches_drawn_in_pieces_are_the_same(dataset: Dataset) -> None:
    whole, _ = Minibatches(dataset, 100, [4, 5]).draw(30)
    source = Minibatches(dataset, 100, [4, 5])
    pieces = torch.cat([source.draw(count)[0] for count in (1, 17, 12)])
    assert torch.equal(whole, pieces)
