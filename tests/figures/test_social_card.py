"""Social cards and icons, compared with the boundaries and the picture that they show."""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFont
from support.sample_report import make_report

from ginn.figures import social_card
from ginn.figures.selection import WHOLE, Detail
from ginn.network.run import layer_slices


def test_scene_picture_shows_the_boundaries_where_they_are() -> None:
    report = make_report()
    run = report.facts.experiment.shown_runs[0]
    neurons = tuple(range(report.boundaries[run.id].neurons))
    snapshot = len(report.snapshots[run.id]) - 1
    side = 400
    for layer, shades in zip(
        layer_slices(report.boundaries[run.id].widths),
        [*report.colours.layers, report.colours.output],
        strict=True,
    ):
        chosen = tuple(n for n in neurons if layer.start <= n < layer.stop)
        scene = report.scene(run, snapshot, chosen)
        bare = np.asarray(
            social_card.scene_picture(report.scene(run, snapshot, ()), report.colours, side)
        )
        drawn = np.asarray(social_card.scene_picture(scene, report.colours, side))
        inked = np.abs(drawn.astype(int) - bare).sum(axis=2) > 0  # (side, side)
        expected = [int(shades.light[i : i + 2], 16) for i in (1, 3, 5)]
        for neuron in chosen:
            for polyline in report.boundaries[run.id].polylines(snapshot, neuron):
                ends = polyline.vertices
                ends = np.concatenate([ends, ends[:1]]) if polyline.closed else ends
                middle = ends[:-1] + np.diff(ends, axis=0) / 2
                column, row = np.clip(middle * side, 0, side - 1).astype(int).T
                assert inked[row, column].all()
        darkest = drawn[inked].astype(int)
        assert (np.abs(darkest - expected).sum(axis=1) < 8).any()
        # Lines are thin: most of the picture stays as it was.
        assert inked.mean() < 0.4


def test_scene_picture_detail_is_as_in_the_whole() -> None:
    report = make_report()
    run = report.facts.experiment.shown_runs[0]
    neurons = tuple(range(report.boundaries[run.id].neurons))
    snapshot, detail = len(report.snapshots[run.id]) - 1, Detail(0.625, 0.375, 4)

    def picture(shown: tuple[int, ...], detail: Detail, side: int) -> NDArray[np.int64]:
        scene = replace(report.scene(run, snapshot, shown), detail=detail)
        return np.asarray(social_card.scene_picture(scene, report.colours, side)).astype(np.int64)

    bare = picture((), detail, 400)
    whole = picture((), WHOLE, 1600)
    assert np.abs(bare - whole[400:800, 800:1200]).max() <= 12
    assert np.abs(bare - whole[800:1200, 800:1200]).max() > 12
    inked = np.abs(picture(neurons, detail, 400) - bare).sum(axis=2) > 0
    crossings = 0
    for neuron in neurons:
        for polyline in report.boundaries[run.id].polylines(snapshot, neuron):
            ends = np.concatenate([polyline.vertices] + [polyline.vertices[:1]] * polyline.closed)
            middle = (ends[:-1] + np.diff(ends, axis=0) / 2 - detail.corner) * detail.zoom
            within = ((middle >= 0) & (middle < 1)).all(axis=1)
            column, row = (middle[within] * 400).astype(int).T
            assert inked[row, column].all()
            crossings += within.sum()
    assert crossings


def test_fitted_title_of_any_length_is_wrapped_within_its_room() -> None:
    for words in (1, 5, 30, 300):
        size, lines = social_card.fitted("extraordinary " * words, 458, ImageFont.load_default)
        assert size in social_card.TITLE_SIZES
        assert 1 <= len(lines) <= social_card.MOST_LINES
        shown = re.sub("\u2026$", "", " ".join(lines)).split()
        assert shown == ["extraordinary"] * len(shown)
        assert (lines[-1][-1] == "\u2026") == (len(shown) < words)


@pytest.mark.parametrize(
    "title",
    [
        "Donaudampfschifffahrtsgesellschaftskapitaen",
        "short " + "W" * 90,
        "W" * 500,
        "https://example.org/a/very/long/address/that/nobody/breaks?and=more",
    ],
)
def test_fitted_title_with_a_long_word_stays_within_its_room(title: str) -> None:
    size, lines = social_card.fitted(title, 458, ImageFont.load_default)
    assert len(lines) <= social_card.MOST_LINES
    font = ImageFont.load_default(size)
    assert all(font.getlength(line) <= 458 for line in lines)
    shown = "".join(lines).replace("\u2026", "")
    assert title.replace(" ", "").startswith(shown.replace(" ", ""))


@pytest.mark.parametrize(
    ("title", "drawable"),
    [
        ("Lines of a network: \u201cÄpfel, Œuvre, ¿qué?\u201d \u2013 5 × 7", True),
        ("e\u0301le\u0300ve", True),  # composed before it is drawn
        ("Как сеть рисует: Ελληνικά, Tiếng Việt", True),
        ("\u30cd\u30c3\u30c8", False),
        ("\u05e8\u05e9\u05ea", False),
        ("A network \U0001f600", False),
    ],
)
def test_card_has_no_boxes_in_place_of_letters(title: str, drawable: bool) -> None:
    report = make_report()
    run = report.facts.experiment.shown_runs[0]
    scene = report.last_scene(run)
    card = social_card.social_card(scene, title, title, report.colours)
    pixels = np.asarray(Image.open(io.BytesIO(card)).convert("L")).astype(int)
    # Without letters, the left margin is empty and the network is in the middle.
    margin = (social_card.WIDTH - social_card.HEIGHT) // 2
    assert (pixels[:, : margin - 3].min() > 200) == (not drawable)
    composed = unicodedata.normalize("NFC", title)
    assert (social_card.typeface_for(composed) is not None) == drawable


@pytest.mark.parametrize("side", [180, 192, 512])
def test_icon_any_side_keeps_its_picture_where_launchers_cut_nothing_off(side: int) -> None:
    labels = make_report().dataset.labels
    with Image.open(io.BytesIO(social_card.icon(labels, side))) as image:
        dark = np.argwhere(np.asarray(image.convert("L")) < 128)
    distance = np.hypot(*(dark + 0.5 - side / 2).T)
    assert len(dark) > 0.1 * side**2
    assert distance.max() <= 0.4 * side
