"""The view of neurons whose weights a reader changes: its arguments, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from support.sample_report import make_report

from ginn.errors import AuthorError
from ginn.pages.figure_image import FigureImage
from ginn.pages.figure_views import VIEWS


def images(**arguments: Any) -> tuple[FigureImage, ...]:
    return VIEWS["by_hand"].of(make_report(), arguments)


@pytest.mark.parametrize("neurons", [1, 2, 3])
def test_by_hand_view_has_the_neurons_that_are_asked_for(neurons: int) -> None:
    (image,) = images(neurons=neurons)
    assert image.controls
    assert len(image.controls.neurons) == neurons
    assert image.alternative.count("has the sum") == neurons
    assert image.state is None


def test_by_hand_view_begins_with_the_weights_that_are_given() -> None:
    (image,) = images(weights=[[1, -0.25, 0]])
    assert "the sum 1.00 x − 0.25 y + 0.00" in image.alternative.replace("\xa0", " ")


@pytest.mark.parametrize(
    "arguments",
    [
        {"neurons": 4},
        {"neurons": True},
        {"weights": [[1, 0]]},
        {"weights": [[1.5, 0, 0]]},
        {"weights": "A"},
        {"neurons": 2, "weights": [[1, 0, 0]]},
    ],
)
def test_by_hand_view_with_what_is_no_neuron_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(AuthorError) as caught:
        images(**arguments)
    assert caught.value.key in ("neurons", "weights")
